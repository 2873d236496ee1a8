"""``pelican ANY_CONTENT -s pelicanconf.py -o ANY_OUTPUT`` builds any folder of columns."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.sites import article, assert_same, column, folder_bytes


def pelican(content: Path, output: Path, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Pelican by the repository's settings."""
    arguments = [str(content), "-s", str(ROOT / "pelicanconf.py"), "-o", str(output)]
    command = [sys.executable, "-m", "pelican", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def columns_and_articles(folder: Path) -> Path:
    content = folder / "别处 的稿件"
    for name, text in {
        "jcdj/_column.md": column("基层党建"),
        "jcdj/a.md": article("别处的标题", body="轻装上阵。"),
        "jcdj/平凉.md": "Title: 另一篇\nDate: 2020-06-17 08:00\n\n露天。\n",
    }.items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, encoding="utf-8")
    return content


def test_any_folder_of_columns(tmp_path: Path) -> None:
    content, output = columns_and_articles(tmp_path), tmp_path / "out"
    done = pelican(content, output)
    assert done.returncode == 0, done.stderr
    assert "提醒：FOOTER_LINKS 第 1 项的链接“关于本站”指向 about.html" in done.stderr
    assert "错误" not in done.stderr
    files = folder_bytes(output)
    assert "jcdj/2020/06/a.html" in files
    assert "轻装上阵" in files["jcdj/2020/06/a.html"].decode()
    assert len([name for name in files if name.startswith("jcdj/2020/06/")]) == 2
    assert "另一篇" in files["jcdj/index.html"].decode()


def test_from_another_folder_the_same(tmp_path: Path) -> None:
    content = columns_and_articles(tmp_path)
    for given, output, folder in ((content, "one", ROOT), (Path(content.name), "two", tmp_path)):
        done = pelican(given, tmp_path / output, folder)
        assert done.returncode == 0, done.stderr
    assert_same(folder_bytes(tmp_path / "two"), folder_bytes(tmp_path / "one"))


def test_a_mistake_is_a_sentence_and_a_status(tmp_path: Path) -> None:
    content = columns_and_articles(tmp_path)
    (content / "jcdj" / "b.md").write_text("---\ntitle: 乙\ndat: 2020-01-01\n---\n文\n", "utf-8")
    done = pelican(content, tmp_path / "out")
    assert done.returncode == 1
    assert "jcdj/b.md:3" in done.stderr
    assert "date" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert (tmp_path / "out" / "jcdj" / "2020" / "06" / "a.html").exists()
