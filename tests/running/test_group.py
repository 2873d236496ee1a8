"""Several sites at once: each in its own process, one's fault nobody else's, what they share."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from dangjian.common.locks import acquire
from dangjian.group.plan import Group, GroupError, read_group
from dangjian.group.run import last_run, run_group
from dangjian.group.shared import SharedColumn, _adapted, mirror
from dangjian.group.task import SiteResult, SiteTask, run_site
from dangjian.schema.frontmatter import parse_source
from dangjian.schema.reading import read_entry
from tests.commands import run as run_command, run_as_process
from tests.publishing import PUBLISHCONF
from tests.sites import Site, article, column

ORIGIN: dict[str, str | bytes] = {
    "content/tongbao/_column.md": column("通报"),
    "content/tongbao/a.md": article(
        "省里的通报",
        "2026-11-20 08:00",
        "见[附件](fujian.pdf)和[另一篇](b.md)。",
        aliases=["/old/a.html"],
        flags=["头条"],
    ),
    "content/tongbao/b.md": article("另一篇", "2026-11-21 08:00"),
    "content/tongbao/caogao.md": article("草稿", "2026-11-21 09:00", status="draft"),
    "content/tongbao/fujian.pdf": b"%PDF-1.4 x",
    "content/yaowen/_column.md": column("要闻"),
    "content/yaowen/c.md": article("省里的要闻", "2026-11-19 08:00"),
}


def own(name: str) -> dict[str, str | bytes]:
    return {
        "content/yw/_column.md": column("要闻"),
        "content/yw/own.md": article(f"{name}的要闻", "2026-11-18 08:00"),
    }


def lay_out(folder: Path, sites: Mapping[str, Mapping[str, str | bytes]]) -> dict[str, Site]:
    made = {}
    for name, files in sites.items():
        url = f"https://{name}.example.gov.cn"
        site = Site(folder / "sites" / name, files, {"SITENAME": f"{name}网", "SITEURL": url})
        site.write("pelicanconf.py", site.settings_text() + 'CACHE_PATH = "cache"\n')
        site.write("publishconf.py", PUBLISHCONF)
        made[name] = site
    return made


def write_group(folder: Path, names: list[str], more: str = "") -> Group:
    lines = ['name = "示例站群"', more]
    for name in names:
        host = f"{name}.example.gov.cn"
        lines += ["[[site]]", f'folder = "sites/{name}"', f'host = "{host}"', 'owner = "信息处"']
    file = folder / "group.toml"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return read_group(file)


def run(group: Group, action: Any, **more: Any) -> dict[str, SiteResult]:
    return run_group(group, action, lambda _site, _result: None, **more)


SHARED = """url = "https://qun.example.gov.cn"
output = "all"
[shared]
site = "sites/sheng"
column = "tongbao"
"""


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Site], Group]:
    folder = tmp_path_factory.mktemp("group")
    sites = lay_out(folder, {"jia": own("甲"), "sheng": ORIGIN, "yi": own("乙")})
    return folder, sites, write_group(folder, ["jia", "sheng", "yi"], SHARED)


def test_a_group_from_first_publish_to_withdrawal(
    three: tuple[Path, dict[str, Site], Group],
) -> None:
    folder, sites, group = three
    done = run_as_process(folder, "group", "publish")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "发布了 3 个网站，3 个没有问题" in done.stdout
    jia = sites["jia"]
    page = (jia.folder / "public/tongbao/2026/11/a.html").read_text(encoding="utf-8")
    original = "https://sheng.example.gov.cn/tongbao/2026/11/a.html"
    assert f'<link rel="canonical" href="{original}">' in page
    assert 'href="../../../files/fujian' in page
    assert original not in (jia.folder / "public/sitemap-2026.xml").read_text(encoding="utf-8")
    assert "tongbao" not in (jia.folder / "public/sitemap-2026.xml").read_text(encoding="utf-8")
    assert not (jia.folder / "content/tongbao/caogao.md").exists()
    assert not (jia.folder / "public/old/a.html").exists()
    assert (sites["sheng"].folder / "public/old/a.html").exists()

    feed = feedparser.parse((folder / "all/feeds/all.rss.xml").read_bytes())
    titles = [entry.title for entry in feed.entries]
    assert titles == ["另一篇", "省里的通报", "省里的要闻", "乙的要闻", "甲的要闻"]
    assert feed.entries[1].link == original
    opml = etree.parse(folder / "all/feeds/opml.xml")
    assert opml.xpath("//outline/@xmlUrl") == [
        f"https://{name}.example.gov.cn/feeds/all.rss.xml" for name in ("jia", "sheng", "yi")
    ]
    page = (folder / "all/index.html").read_text(encoding="utf-8")
    assert page.count("省里的通报") == 1

    # Nothing changed: nothing is done, not even to the list.
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("public/**/*")}
    assert [one.summary for one in run(group, "publish").values()] == ["没有变化"] * 3
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("public/**/*")} == before

    # One broken, one edits a shared article, one withdraws it: the others go on.
    sites["yi"].write("publishconf.py", "SITEURL = (")
    copy = jia.content / "tongbao/b.md"
    copy.chmod(0o644)
    copy.write_text(article("改过的"), encoding="utf-8")
    sites["sheng"].delete("content/tongbao/a.md")
    done = run_command(folder, "group", "publish")
    assert done.returncode == 1
    assert "失败 sites/yi" in done.stdout
    assert "publishconf.py:1" in done.stdout
    assert "content/tongbao/b.md 是共享的文章，在本站改动无效，已恢复" in done.stdout
    assert not (jia.folder / "public/tongbao/2026/11/a.html").exists()
    assert not (jia.content / "tongbao/a.md").exists()
    assert (sites["yi"].folder / "public/tongbao/2026/11/a.html").exists()
    assert "甲的要闻" in (folder / "all/index.html").read_text(encoding="utf-8")
    assert "乙的要闻" in (folder / "all/index.html").read_text(encoding="utf-8")
    sites["yi"].write("publishconf.py", PUBLISHCONF)
    assert run(group, "publish")["sites/yi"].state == "done"
    assert not (sites["yi"].folder / "public/tongbao/2026/11/a.html").exists()

    found = json.loads(run_command(folder, "group", "status", "--json").stdout)
    assert {one["state"] for one in found.values()} == {"done"}
    assert all(one["published"] for one in found.values())
    done = run_command(folder, "group", "check", "--only", "sites/jia,sites/none")
    assert (done.returncode, "不在 group.toml 里" in done.stderr) == (1, True)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen")
def test_the_list_shows_what_is_live_elsewhere_and_not_what_was_built(tmp_path: Path) -> None:
    sites = lay_out(tmp_path, {"jia": own("甲")})
    key, stick = tmp_path / "key", tmp_path / "stick"
    stick.mkdir()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    more = f'PUBLISH_TO = "zip:{stick}"\nSIGNING_KEY = "{key}"\n'
    sites["jia"].write("publishconf.py", PUBLISHCONF + more)
    listed = 'url = "https://qun.example.gov.cn"\noutput = "all"'
    write_group(tmp_path, ["jia"], listed)

    def published() -> tuple[int, str]:
        done = run_command(tmp_path, "group", "publish")
        return done.returncode, (tmp_path / "all/index.html").read_text(encoding="utf-8")

    status, page = published()
    assert (status, "甲的要闻" in page) == (0, True)
    stick.rename(tmp_path / "away")
    sites["jia"].edit("content/yw/own.md", "甲的要闻", "改了标题的")
    status, page = published()
    assert (status, "甲的要闻" in page, "改了标题的" in page) == (1, True, False)
    (tmp_path / "away").rename(stick)
    status, page = published()
    assert (status, "甲的要闻" in page, "改了标题的" in page) == (0, False, True)


def test_a_site_does_the_same_alone(tmp_path: Path) -> None:
    """Settings named alike in several folders do not mix, in whichever order they are run."""
    sites = lay_out(tmp_path, {"one": own("一"), "two": own("二")})
    group = write_group(tmp_path, ["one", "two"])
    assert {one.state for one in run(group, "build", workers=2).values()} == {"done"}
    for name, site in sites.items():
        text = (site.folder / "output/index.html").read_text(encoding="utf-8")
        assert f"<title>{name}网" in text
        words = ["--settings", "publishconf.py", "--output", str(tmp_path / name)]
        wanted = run_command(site.folder, "build", *words)
        assert wanted.returncode == 0, wanted.stdout
        assert text == (tmp_path / name / "index.html").read_text(encoding="utf-8")


class Lost(Executor):
    """An executor whose first worker is lost, as a cluster's can be."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        del fn, args, kwargs
        self.count += 1
        future: Future[Any] = Future()
        if self.count == 1:
            future.set_exception(RuntimeError("worker gone"))
        elif self.count == 2:
            future.cancel()
            future.set_running_or_notify_cancel()
        else:
            future.set_result(SiteResult("done", "好"))
        return future


def test_a_lost_worker_is_one_sites_fault(tmp_path: Path) -> None:
    lay_out(tmp_path, {name: {} for name in ("one", "two", "three")})
    group = write_group(tmp_path, ["one", "two", "three"])
    found = run(group, "status", executor=Lost())
    assert [one.state for one in found.values()] == ["failed", "failed", "done"]
    assert "worker gone" in found["sites/one"].summary


def test_a_process_that_dies_or_hangs_is_named(tmp_path: Path) -> None:
    sites = lay_out(tmp_path, {"one": {}})
    folder = str(sites["one"].folder)
    task = SiteTask("build", folder, "publishconf.py")
    sites["one"].write("publishconf.py", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    result = run_site(task)
    assert (result.state, result.summary) == ("failed", "进程中途结束（信号 9）")
    sites["one"].write("publishconf.py", "import time\ntime.sleep(60)")
    result = run_site(SiteTask("build", folder, "publishconf.py", patience=2))
    assert (result.state, "没有结束，已停止" in result.summary) == ("failed", True)
    sites["one"].write("publishconf.py", "print('{}')\nimport sys\nsys.exit(3)")
    assert run_site(task).state == "failed"


SITE = '[[site]]\nfolder = "sites/one"\n'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "一个网站也没有写"),
        ('name = "甲', 1, "读不懂"),
        ("name = “甲”\n" + SITE, 1, "引号要用英文的"),
        ('\nname ＝ "甲"\n' + SITE, 2, "要用英文的 ="),
        ('name = "甲"\nname = "乙"\n' + SITE, 2, "同一项写了两次"),
        ("name = 5\n" + SITE, 1, "name：要写文字"),
        ('nmae = "甲"\n' + SITE, 1, "没有“nmae”这一项，是不是要写 name？"),
        (SITE + 'hots = "a.cn"\n', 3, "是不是要写 host？"),
        (SITE + 'host = "https://a.cn/"\n', 3, "只写域名"),
        (SITE + '[[site]]\nname = "乙"\n', 3, "没有写 folder"),
        (SITE + "[[site]]\n" + 'folder = "sites/none"\n', 4, "不是文件夹"),
        (SITE + SITE, 4, "与第 1 行的网站是同一个"),
        (SITE + 'settings = "x.py"\n', 3, "没有设置文件 x.py"),
        ('output = "all"\n' + SITE, 1, "还要写 url"),
        ('output = "all"\nurl = "a.cn"\n' + SITE, 2, "要以 https:// 或 http:// 开头"),
        ('output = "."\nurl = "http://a.cn"\n' + SITE, 1, "单独的文件夹"),
        ('output = "sites/one/x"\nurl = "http://a.cn"\n' + SITE, 1, "里面"),
        (SITE + '[shared]\nsite = "sites/x"\ncolumn = "a"\n', 4, "要写其中一个：sites/one"),
        (SITE + '[shared]\nsite = "sites/one"\ncolumn = "../a"\n', 5, "要写栏目的文件夹"),
        ('shared = "a"\n' + SITE, 1, "要单独一行写 [shared]"),
    ],
)
def test_a_mistake_in_group_toml_is_reported_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    lay_out(tmp_path, {"one": {}})
    file = tmp_path / "group.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(GroupError) as raised:
        read_group(file)
    assert f"group.toml:{line} " in str(raised.value)
    assert words in str(raised.value)


def test_articles_that_name_what_others_lack_are_not_shared(tmp_path: Path) -> None:
    files = {
        **ORIGIN,
        "content/tongbao/d.md": article("丁", "2026-11-21 08:00", "[要闻](../yaowen/c.md)"),
        "content/tongbao/e.md": article("戊", "2026-11-21 08:00", "[栏目](/yaowen/)"),
    }
    mine = {**own("甲"), "content/tongbao/mine.md": article("自己的", "2026-11-01 08:00")}
    sites = lay_out(tmp_path, {"sheng": files, "jia": mine, "yi": own("乙")})
    shared = '[shared]\nsite = "sites/sheng"\ncolumn = "tongbao"\n'
    found = run(write_group(tmp_path, ["sheng", "jia", "yi"], shared), "build")
    messages = found["sites/sheng"].messages
    assert [line.partition(" ")[0] for line in messages] == [
        "content/tongbao/d.md",
        "content/tongbao/e.md",
    ]
    assert found["sites/jia"].state == "attention"
    assert "content/tongbao 里有本站自己的文件" in found["sites/jia"].messages[0]
    assert (sites["jia"].content / "tongbao").is_dir()
    assert sorted(os.listdir(sites["jia"].content / "tongbao")) == ["mine.md"]
    assert sorted(os.listdir(sites["yi"].content / "tongbao")) == [
        "_column.md", "a.md", "b.md", "fujian.pdf",
    ]  # fmt: skip
    # The column is shared no more: the copies go, what is the site's own stays.
    run(write_group(tmp_path, ["sheng", "jia", "yi"]), "build")
    assert not (sites["yi"].content / "tongbao").exists()
    assert (sites["jia"].content / "tongbao/mine.md").is_file()


HEADS = {
    "last": "---\n标题: 甲\n时间: 2026-11-20\n同时列入:\n  - 要闻\n  - 公告\n---\n\n正文\n",
    "first": "---\n推荐位: 头条\n标题: 甲\n时间: 2026-11-20\n旧地址: [/a,\n  /b]\n---\n\n正文\n",
    "plain": "标题: 甲\n时间: 2026-11-20\n专题: 学习\n\n正文\n",
}
HEADS["crlf"] = "\ufeff" + HEADS["last"].replace("\n", "\r\n")


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_copy_says_the_same_but_for_its_place(head: str, encoding: str) -> None:
    url = "https://sheng.example.gov.cn/a.html"
    made = parse_source(_adapted(HEADS[head].encode(encoding), "a.md", url), "a.md")
    before = parse_source(HEADS[head], "a.md")
    entry, problems = read_entry(made)
    assert not [one for one in problems if one.level == "error"], problems
    assert entry is not None
    assert (entry.title, entry.canonical_url, made.body) == ("甲", url, before.body)
    assert not (entry.also_in or entry.flags or entry.aliases or entry.special)


def test_where_the_origin_cannot_be_seen_the_copies_stay(tmp_path: Path) -> None:
    """As on a machine that does not have its folder."""
    content, records = tmp_path / "content", tmp_path / "records"
    origin = tmp_path / "origin"
    (origin / "tb").mkdir(parents=True)
    (origin / "tb/a.md").write_text(article("甲"), encoding="utf-8")
    shared = SharedColumn(str(origin), "tb", "tb", {"tb/a.md": "https://a.cn/a.html"})
    assert mirror(shared, content, records) == []
    (origin / "tb").rename(origin / "gone")
    assert "看不到" in mirror(shared, content, records)[0]
    assert (content / "tb/a.md").is_file()


def test_two_runs_of_a_group_do_not_meet(tmp_path: Path) -> None:
    lay_out(tmp_path, {"one": {}})
    group = write_group(tmp_path, ["one"])
    with acquire(group.records / "lock", "进程 1"), pytest.raises(GroupError, match="进程 1"):
        run(group, "build", executor=Lost())


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what Dask and tornado warn of is theirs
def test_dask_does_the_sites_of_a_group(tmp_path: Path, dask_executor: Executor) -> None:
    names = ["one", "two", "three"]
    sites = lay_out(tmp_path, {name: own(name) for name in names})
    sites["two"].write("publishconf.py", "import os\nos._exit(9)")
    group = write_group(tmp_path, names)
    found = run(group, "build", executor=dask_executor)
    assert [one.state for one in found.values()] == ["done", "failed", "done"]
    assert (sites["three"].folder / "output/index.html").is_file()
    assert last_run(group).sites["sites/two"].state == "failed"
