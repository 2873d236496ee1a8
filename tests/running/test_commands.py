"""The commands as people run them: what they say, what they leave, and their exit status."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from dangjian.authoring.new_article import Draft, pick_column, pick_type, read_tree, write_draft
from dangjian.common.timezone import SHANGHAI
from dangjian.schema import TYPE_NAMES
from tests.commands import run, run_as_process, run_by_invoke

ROOT = Path(__file__).resolve().parents[2]
TASKS = f"""import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from dangjian.cli import collection
ns = collection(Path(__file__).parent)
"""
SETTINGS = """SITENAME = "测试网"
SITEURL = ""
OWNER = "测试单位"
PLUGINS = ["dangjian"]
PATH = "content"
"""
PUBLISHING = """import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
from pelicanconf import *
SITEURL = "https://dj.example.gov.cn"
OUTPUT_PATH = "public"
"""
COLUMN = "---\n名称: {}\n说明: 稿件\n关键词: 党建\n栏目类型: 工作动态\n次序: {}\n---\n"
ARTICLE = "---\n标题: {}\n时间: 2020-06-16 12:24\n---\n正文。\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of two columns, one below the other, and one article."""
    folder = tmp_path / "site"
    write(folder / "tasks.py", TASKS)
    write(folder / "pelicanconf.py", SETTINGS)
    write(folder / "publishconf.py", PUBLISHING)
    write(folder / "content/pldj/_column.md", COLUMN.format("平凉党建", 10))
    write(folder / "content/pldj/jcdj/_column.md", COLUMN.format("基层党建", 10))
    write(folder / "content/yw/_column.md", COLUMN.format("要闻", 20))
    write(folder / "content/pldj/jcdj/huating.md", ARTICLE.format("四个三"))
    return folder


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_modules_are_compiled_once_and_not_at_every_start(tmp_path: Path) -> None:
    cache = {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    run_as_process(ROOT, "--list", PYTHONDONTWRITEBYTECODE="1", **cache)
    assert not list(tmp_path.rglob("*.pyc"))
    run_as_process(ROOT, "--list", PYTHONDONTWRITEBYTECODE="", **cache)
    assert list(tmp_path.rglob("dangjian/cli/program.*.pyc"))


def test_the_menu_is_chinese_and_without_developers_commands_in_an_offices_site(site: Path) -> None:
    reported = run_by_invoke(site, "--list").stdout
    assert "预览：" in reported
    assert "发布：" in reported
    assert "mypy" not in reported
    assert "mypy" in run(ROOT, "--list").stdout


def test_build_reports_and_pelican_makes_the_same(site: Path) -> None:
    built = run_by_invoke(site, "build", "--report", "report.json")
    assert built.returncode == 0, built.stdout
    report = json.loads((site / "report.json").read_text(encoding="utf-8"))
    assert report["articles"] == 1
    found = [(one["path"], one["level"]) for one in report["problems"]]
    assert found == [("yw/_column.md", "warning")]  # a column without articles
    theirs = site / "theirs"
    subprocess.run(
        [sys.executable, "-m", "pelican", "-q", "-s", "pelicanconf.py", "-o", str(theirs)],
        cwd=site,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert files_of(theirs) == files_of(site / "output")
    quiet = run_as_process(site, "build", "--profile").stdout
    assert "读取 0 篇，排版 0 页；更新 0 个文件" in quiet
    assert "比对" in quiet
    assert "tottime" in quiet
    again = run(site, "build", "--reset", "--report", "report.json")
    assert again.returncode == 0
    report = json.loads((site / "report.json").read_text(encoding="utf-8"))
    assert report["rendered"]
    assert report["written"] == []


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def pages_of(folder: Path) -> list[str]:
    return sorted(path for path in files_of(folder) if path.endswith(".html"))


def test_another_folder_of_articles(site: Path, tmp_path: Path) -> None:
    write(tmp_path / "other/gg/_column.md", COLUMN.format("公告", 10))
    write(tmp_path / "other/gg/one.md", ARTICLE.format("别处的文章"))
    built = run(site, "build", "--content", "../other", "--output", "../elsewhere")
    assert built.returncode == 0, built.stdout
    assert (tmp_path / "elsewhere/gg/2020/06/one.html").is_file()
    assert not (site / "output").exists()


def test_a_wrong_article_is_named_and_the_others_are_built(site: Path) -> None:
    write(site / "content/yw/bad.md", ARTICLE.format("甲").replace("时间", "时辰"))
    built = run(site, "build")
    assert built.returncode == 1
    assert "content/yw/bad.md:3" in built.stdout
    assert (site / "output/pldj/jcdj/2020/06/huating.html").is_file()
    assert not (site / "output/yw/2020/06/bad.html").exists()


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ('SITENAME = "测试网\n', "pelicanconf.py:1"),
        ("SITENAME = 测试网\n", "不认得 测试网"),
        ("import nothing_like_this\n", "pelicanconf.py:1"),
        ('SITENAME = "测试网"\n', 'PLUGINS = ["dangjian"]'),
    ],
)
def test_settings_that_cannot_be_used(site: Path, text: str, reported: str) -> None:
    write(site / "pelicanconf.py", text)
    built = run(site, "build")
    assert built.returncode == 1
    assert reported in built.stdout + built.stderr


def test_no_settings(site: Path) -> None:
    assert "找不到" in run(site, "build", "--settings", "none.py").stderr


def test_check_makes_nothing_and_writes_addresses_when_asked(site: Path) -> None:
    file = site / "content/yw/华亭经验.md"
    write(file, ARTICLE.format("华亭经验"))
    first = run(site, "check")
    assert first.returncode == 0, first.stdout
    assert "content/yw/华亭经验.md  →  16-" in first.stdout
    assert not (site / "output").exists()
    assert file.read_text(encoding="utf-8") == ARTICLE.format("华亭经验")

    run(site, "build")
    before = pages_of(site / "output")
    assert "已写入" in run(site, "check", "--write-addresses").stdout
    slug = first.stdout.split("→")[1].split()[0]
    assert file.read_text(encoding="utf-8") == ARTICLE.format("华亭经验").replace(
        "标题", f"网址名: {slug}\n标题", 1
    )
    run(site, "build")
    assert pages_of(site / "output") == before
    assert "网址如下" not in run(site, "check").stdout


def test_check_ends_with_1_for_a_missing_picture(site: Path) -> None:
    write(site / "content/yw/a.md", ARTICLE.format("甲") + "\n![图](none.jpg)\n")
    checked = run_as_process(site, "check")
    assert checked.returncode == 1
    assert "content/yw/a.md:7" in checked.stdout
    assert "none.jpg" in checked.stdout


def test_new_writes_an_article_that_builds(site: Path) -> None:
    made = run(site, "new", "--column", "1.1", "--title", "轻装：上阵 #1", "--slug", "qingzhuang")
    assert made.returncode == 0, made.stderr
    file = site / "content/pldj/jcdj/qingzhuang.md"
    assert str(file) in made.stdout
    assert run(site, "check").returncode == 0
    assert "草稿 1 篇，没有公开" in run(site, "build").stdout
    assert not list((site / "output/pldj").rglob("qingzhuang.html"))
    written = re.sub(r"^状态: 草稿.*\n", "", file.read_text("utf-8"), flags=re.MULTILINE)
    write(file, written + "正文。\n")
    assert run(site, "build").returncode == 0
    page = next((site / "output/pldj/jcdj").rglob("qingzhuang.html")).read_text(encoding="utf-8")
    assert "轻装：上阵 #1" in page
    (written,) = re.findall(r"^编号: (\d{14}-qingzhuang)$", file.read_text("utf-8"), re.MULTILINE)
    assert f":{written}" in (site / "output/feeds/all.rss.xml").read_text(encoding="utf-8")

    before = file.read_bytes()
    again = run(site, "new", "--column", "基层党建", "--title", "另一篇", "--slug", "qingzhuang")
    assert again.returncode == 1
    assert "已经有了" in again.stderr
    assert file.read_bytes() == before


def test_new_of_every_type_is_understood(site: Path) -> None:
    """Where a type needs more (a gallery its pictures), that is all that is wrong."""
    for name, chinese in TYPE_NAMES.items():
        column = pick_column(read_tree(site / "content"), "要闻")
        draft = Draft("标题", column, f"new-{name}", pick_type(chinese))
        write_draft(site / "content", draft, datetime(2020, 6, 16, 12, 24, tzinfo=SHANGHAI))
    reported = run(site, "check").stdout
    assert "没有“" not in reported
    wrong = {line.partition(":")[0] for line in reported.splitlines() if "错误：" in line}
    for name in ("news", "document", "notice", "special", "page"):
        assert f"content/yw/new-{name}.md" not in wrong


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["--column", "没有的栏目", "--title", "甲"], "没有“没有的栏目”这个栏目"),
        (["--column", "yw", "--title", "甲", "--slug", "../x"], "不能用"),
        (["--column", "yw", "--title", "甲", "--type", "散文"], "没有“散文”这种类型"),
        (["--column", "yw"], "没有终端可以提问"),
    ],
)
def test_new_refuses_with_a_sentence(site: Path, words: list[str], reported: str) -> None:
    before = files_of(site / "content")
    refused = run(site, "new", *words)
    assert refused.returncode == 1
    assert reported in refused.stderr
    assert files_of(site / "content") == before


def test_new_opens_the_file_in_the_editor(site: Path) -> None:
    editor = site / "editor.py"
    write(editor, "import sys\nopen(sys.argv[1], 'a', encoding='utf-8').write('从编辑器来')\n")
    command = f'"{sys.executable}" "{editor}"'.replace("\\", "/")
    words = ["--column", "yw", "--title", "甲", "--slug", "jia"]
    made = run_as_process(site, "new", *words, EDITOR=command)
    assert made.returncode == 0
    assert "从编辑器来" in (site / "content/yw/jia.md").read_text(encoding="utf-8")


def test_publish_leaves_out_what_has_errors_and_rollback_takes_back(site: Path) -> None:
    assert run(site, "publish").returncode == 0
    first = files_of(site / "public")
    assert "四个三" in first["pldj/jcdj/2020/06/huating.html"].decode()

    write(site / "content/yw/bad.md", ARTICLE.format("甲").replace("时间", "时辰"))
    strict = run(site, "publish", "--strict")
    assert strict.returncode == 1
    assert "没有发布，线上网站未动" in strict.stderr
    left_out = run(site, "publish")
    assert left_out.returncode == 3
    assert "有错误，改好以前线上没有：yw/bad.md" in left_out.stdout
    assert files_of(site / "public") == first

    write(site / "content/yw/bad.md", ARTICLE.format("乙"))
    listed = run(site, "publish", "--dry-run")
    assert "新增：《乙》" in listed.stdout
    assert files_of(site / "public") == first
    done = run(site, "publish")
    assert done.returncode == 0
    assert re.search(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  新增：《乙》$", done.stdout, re.MULTILINE)
    assert "python3 tasks.py rollback" in done.stdout
    assert files_of(site / "public") != first
    assert run_as_process(site, "rollback").returncode == 0
    assert files_of(site / "public") == first
    timer = run(site, "publish")
    assert (timer.returncode, files_of(site / "public")) == (0, first)
    assert "publish --again" in timer.stdout
    reported = run(site, "history").stdout
    assert ("新增：乙" in reported, "退回" in reported) == (True, True)
    lines = run_as_process(site, "history", "--json", "--limit", "1").stdout.splitlines()
    assert [json.loads(line)["what"] for line in lines] == ["退回"]


def test_publish_on_a_terminal_of_ascii_and_with_no_number(site: Path) -> None:
    assert run_as_process(site, "publish", PYTHONIOENCODING="ascii:strict").returncode == 0
    assert (site / "public/index.html").exists()
    for number in ("x", "-1", "1e3", "9" * 10):
        refused = run(site, "publish", "--keep", number)
        assert (refused.returncode, "要写一个整数" in refused.stderr) == (1, True)
    refused = run(site, "publish", "--apply", str(site))
    assert (refused.returncode, "打不开" in refused.stderr) == (1, True)


def test_a_damaged_record_is_reported(site: Path) -> None:
    assert run(site, "publish").returncode == 0
    (record,) = site.glob(".dangjian/releases/*/history.jsonl")
    whole = record.read_bytes()
    record.write_bytes(b'{"time":5}\n\xff\n' + whole + b'{"time":"2026')
    read = run(site, "history")
    assert [f"第 {number} 行" in read.stderr for number in (1, 2, 3, 4)] == [
        True,
        True,
        False,
        True,
    ]
    assert read.stdout.count("发布") == 1
    record.unlink()
    record.mkdir()
    (record.parent / "others.bak").mkdir()
    read = run(site, "history")
    assert (read.returncode, "读不出来" in read.stderr) == (1, True)
    refused = run(site, "rollback", "--to", "others.bak")  # no release by its name
    assert "没有保留名为 others.bak 的版本" in refused.stderr


def test_publish_needs_the_real_address(site: Path) -> None:
    write(site / "publishconf.py", PUBLISHING.replace("https://dj.example.gov.cn", ""))
    refused = run(site, "publish")
    assert refused.returncode == 1
    assert "publishconf.py:5" in refused.stdout
    assert not (site / "public").exists()


def test_publish_never_into_the_articles(site: Path) -> None:
    before = files_of(site / "content")
    refused = run(site, "publish", "--output", ".")
    assert refused.returncode == 1
    assert "不能发布到那里" in refused.stderr
    assert files_of(site / "content") == before


def test_clean_leaves_articles_and_the_live_site(site: Path) -> None:
    for word in ("build", "publish"):
        assert (done := run(site, word)).returncode == 0, done
    kept = files_of(site / "content"), files_of(site / "public")
    done = run_as_process(site, "clean", "--output")
    assert done.returncode == 0, done
    assert not (site / "cache").exists(), done
    assert not (site / "output").exists(), done
    assert (files_of(site / "content"), files_of(site / "public")) == kept


def test_a_fault_of_the_theme_is_a_sentence(site: Path) -> None:
    write(site / "own/article.html", "{% if %}")
    write(site / "pelicanconf.py", SETTINGS + 'THEME_TEMPLATES_OVERRIDES = ["own"]\n')
    built = run(site, "build")
    assert built.returncode == 1
    assert "article.html:1" in built.stderr


def test_search_finds_what_was_built(site: Path) -> None:
    write(site / "content/about.md", "---\ntitle: 关于本站\ntype: page\n---\n\n本站由某部主办。\n")
    run(site, "build")
    found = run_as_process(site, "search", "四个三", "--json")
    assert found.returncode == 0, found.stderr
    answer = json.loads(found.stdout)
    assert answer["total"] == 1
    assert answer["results"][0]["url"] == "pldj/jcdj/2020/06/huating.html"
    undated = json.loads(run(site, "search", "标题:关于本站", "--json").stdout)["results"]
    assert [result["date"] for result in undated] == [""]
    assert "1970" not in run(site, "search", "标题:关于本站").stdout
