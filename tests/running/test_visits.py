"""Visits counted from access logs: by the command, from files as nginx leaves them."""

import bz2
import csv
import gzip
import io
import json
import lzma
from datetime import date
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from dangjian.statistics.access_log import parse_line
from dangjian.statistics.plot import draw_visits
from dangjian.statistics.tables import as_csv, as_dict
from dangjian.statistics.visits import PageName, Visits, count_visits
from tests.commands import run, run_as_process
from tests.sites import Site, article, column

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
BAIDU = "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"
READER = "203.0.113.7"


def line(
    target: str,
    status: int = 200,
    browser: str = FIREFOX,
    when: str = "28/Nov/2026:10:00:00 +0800",
    method: str = "GET",
) -> str:
    request = f"{method} {target} HTTP/1.1"
    return f'{READER} - - [{when}] "{request}" {status} 5316 "https://a/" "{browser}"\n'


NAMES = {
    "yw/index.html": PageName("要闻", ("yw/index.html",), True),
    "yw/xj/index.html": PageName("要闻/先进", ("yw/index.html", "yw/xj/index.html"), True),
    "yw/xj/2026/11/a.html": PageName("甲", ("yw/index.html", "yw/xj/index.html")),
    "yw/2026/11/中.html": PageName("=乙", ("yw/index.html",)),
    "about.html": PageName("关于"),
}


def counted(tmp_path: Path, *lines: str, root: str = "/") -> Visits:
    log = tmp_path / "access.log"
    log.write_text("".join(lines), encoding="utf-8")
    return count_visits([log], NAMES, root)


@pytest.mark.parametrize(
    ("target", "status", "method", "address"),
    [
        ("/yw/xj/2026/11/a.html", 200, "GET", "yw/xj/2026/11/a.html"),
        ("/yw/xj/2026/11/a.html?from=timeline#x", 304, "GET", "yw/xj/2026/11/a.html"),
        ("/yw/2026/11/%E4%B8%AD.html", 200, "GET", "yw/2026/11/中.html"),
        ("/yw/2026/11/\\xE4\\xB8\\xAD.html", 200, "GET", "yw/2026/11/中.html"),
        ("/yw/xj/2026/11/a.html", 200, "HEAD", ""),
        ("/yw/xj/2026/11/a.html", 206, "GET", ""),
        ("/yw/xj/2026/11/a.html", 301, "GET", ""),
        ("/yw/xj/2026/11/a.html", 404, "GET", ""),
        ("/static/site.css", 200, "GET", ""),
    ],
)
def test_a_visit_is_a_page_that_was_shown(
    tmp_path: Path, target: str, status: int, method: str, address: str
) -> None:
    found = counted(tmp_path, line(target, status, method=method))
    assert dict(found.articles) == ({address: 1} if address else {})
    assert found.total == bool(address)


def test_columns_have_their_lists_and_the_articles_below(tmp_path: Path) -> None:
    lines = [line(f"/yw/{rest}") for rest in ("", "index.html", "page/3.html", "xj/", "none.html")]
    lines += [line("/"), line("/about.html"), *[line("/yw/xj/2026/11/a.html")] * 3]
    found = counted(tmp_path, *lines)
    shown = {one.name: (one.lists, one.articles) for one in found.columns.values()}
    assert shown == {"要闻": (3, 3), "要闻/先进": (1, 3)}
    assert (found.home, dict(found.others), found.total) == (1, {"yw/none.html": 1}, 10)


@pytest.mark.parametrize(
    ("browser", "robot"),
    [
        (FIREFOX, False),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1)", False),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605 MicroMessenger/8.0.50", False),
        ("Mozilla/5.0 (Linux; Android 14; CUBOT NOTE 21) Chrome/130 Mobile", True),
        (BAIDU, True),
        ("Mozilla/5.0 (Windows NT 6.1) 360Spider", True),
        ("Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)", True),
        ("Mozilla/5.0 (X11) HeadlessChrome/130", True),
        ("curl/8.5.0", True),
        ("-", True),
        ("", True),
    ],
)
def test_programs_are_counted_apart(tmp_path: Path, browser: str, robot: bool) -> None:
    found = counted(tmp_path, line("/about.html", browser=browser))
    assert (found.total, found.robots) == ((0, 1) if robot else (1, 0))


def test_days_are_those_of_china(tmp_path: Path) -> None:
    lines = [
        line("/", when=when)
        for when in ("28/Nov/2026:15:59:59 +0000", "28/Nov/2026:16:00:00 +0000")
    ]
    found = counted(tmp_path, *lines)
    assert dict(found.days) == {date(2026, 11, 28): 1, date(2026, 11, 29): 1}
    log = [tmp_path / "access.log"]
    late = count_visits(log, NAMES, since=date(2026, 11, 29))
    early = count_visits(log, NAMES, until=date(2026, 11, 28))
    assert (list(late.days), list(early.days)) == ([date(2026, 11, 29)], [date(2026, 11, 28)])


def test_a_site_in_a_folder_counts_what_is_below_it(tmp_path: Path) -> None:
    lines = [line("/dangjian/about.html"), line("/about.html"), line("/dangjian/")]
    found = counted(tmp_path, *lines, root="/dangjian/")
    assert (dict(found.articles), found.home, found.total) == ({"about.html": 1}, 1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-28 10:00:00 GET /a.html 200",
        '{"time":"2026-11-28","request":"GET / HTTP/1.1"}',
        '203.0.113.7 - - [32/Nov/2026:10:00:00 +0800] "GET / HTTP/1.1" 200 5 "-" "x"',
        '203.0.113.7 - - [31/Dec/9999:23:00:00 -2300] "GET / HTTP/1.1" 200 5 "-" "x"',
        '203.0.113.7 - - [01/Jan/0001:00:00:00 +2300] "GET / HTTP/1.1" 200 5 "-" "x"',
        '203.0.113.7 - - [01/Jan/1994:00:00:00 +0800] "GET / HTTP/1.1" 200 5 "-" "x"',
    ],
)
def test_another_format_is_reported_with_its_line(tmp_path: Path, text: str) -> None:
    assert parse_line(text.encode()) is None
    found = counted(tmp_path, line("/"), f"{text}\n", line("/"))
    wrong = {str(tmp_path / "access.log"): (1, 2)} if text else {}
    assert (found.unread, found.total) == (wrong, 2)


def test_what_is_no_request_and_what_names_hold_disturbs_nothing(tmp_path: Path) -> None:
    hostile = [
        f'{READER} - - [28/Nov/2026:10:00:00 +0800] "\\x16\\x03\\x01" 400 150 "-" "-"\n',
        f'{READER} - a [b] [28/Nov/2026:10:00:00 +0800] "GET / HTTP/1.1" 200 5 "-" "F\\x22 ox" x\n',
        f'{READER} - - [28/Nov/2026:10:00:00 +0800] "GET /\\x22a\\"b HTTP/1.1" 404 5 "-" "Fox"\n',
    ]
    found = counted(tmp_path, *hostile)
    assert (found.home, dict(found.missing), found.unread) == (1, {'/\\x22a\\"b': 1}, {})


def test_rotated_files_are_read_and_a_damaged_one_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = "".join(line("/", browser=f"{FIREFOX} {n * 7919:x}") for n in range(4000)).encode()
    packed = gzip.compress(whole)
    (tmp_path / "log.2.gz").write_bytes(packed)
    (tmp_path / "log.3.gz").write_bytes(packed[: len(packed) // 2])
    found = count_visits([tmp_path / "log.2.gz"], NAMES)
    assert (found.home, found.notices) == (4000, [])
    found = count_visits([tmp_path / "log.3.gz", tmp_path / "none"], NAMES)
    assert 0 < found.home < 4000
    assert ["log.3.gz" in found.notices[0], "none" in found.notices[1]] == [True, True]


@pytest.mark.parametrize("module", [bz2, lzma])
def test_files_compressed_otherwise_are_named(tmp_path: Path, module: ModuleType) -> None:
    (tmp_path / "access.log.1").write_bytes(module.compress(line("/").encode()))
    found = count_visits([tmp_path / "access.log.1"], NAMES)
    assert (found.lines, "请先解压" in found.notices[0]) == (0, True)


def test_a_whole_address_as_proxies_ask_for_it(tmp_path: Path) -> None:
    assert counted(tmp_path, line("http://dj.example.gov.cn/?a=http://x/")).home == 1


def test_nothing_of_a_reader_is_in_what_is_made(tmp_path: Path) -> None:
    found = counted(tmp_path, *[line(f"/{name}") for name in NAMES], line("/nothing", 404))
    table = list(csv.reader(io.StringIO(as_csv(found, NAMES).decode("utf-8-sig"))))
    assert table[0] == ["次数", "标题", "栏目", "网址"]
    assert ["1", "'=乙", "要闻", "yw/2026/11/中.html"] in table
    made = json.dumps(as_dict(found, NAMES)) + as_csv(found, NAMES).decode()
    made += draw_visits("图", dict(found.days), [("a", [("b", 1)])])
    assert "203.0.113" not in made
    assert "Firefox" not in made


@pytest.mark.parametrize("days", [{}, {date(2026, 11, 1): 1}, {date(2026, 1, 1): 9, date.max: 0}])
def test_the_plot_is_a_picture_at_any_length(days: dict[date, int]) -> None:
    if date.max in days:
        days = {date(2026, 1, 1): 9, date(2026, 12, 31): 10**7}
    tree = ET.fromstring(draw_visits("<&\x0b", days, [("栏目", [("<甲>", 5), ("乙", 0)])]))  # noqa: S314
    heights = [
        float(bar.get("height", "")) for bar in tree.iter("{http://www.w3.org/2000/svg}rect")
    ]
    assert all(0 <= height < 3000 for height in heights)


def test_the_command(tmp_path: Path) -> None:
    files = {
        "content/yw/_column.md": column("要闻"),
        "content/yw/a.md": article("甲的标题", "2026-11-20 10:00"),
    }
    site = Site(tmp_path / "site", files)
    site.write("pelicanconf.py", site.settings_text())
    logs = [tmp_path / "access.log", tmp_path / "access.log.1.gz"]
    target = "/yw/2026/11/a.html"
    logs[0].write_text(line(target) + line(target, browser=BAIDU) + "x\n", encoding="utf-8")
    logs[1].write_bytes(gzip.compress(line(target).encode()))
    settings = ("--settings", "pelicanconf.py")
    plot, table = str(tmp_path / "p.svg"), str(tmp_path / "t.csv")
    done = run_as_process(
        site.folder, "visits", *map(str, logs), "--plot", plot, "--csv", table, *settings
    )
    assert done.returncode == 0, done.stderr
    assert "       2  甲的标题（要闻）" in done.stdout
    assert "另有 1 次" in done.stdout
    assert "有 1 行不是 combined 格式，没有计入（第一处在第 3 行）" in done.stderr
    assert ET.parse(plot).getroot().tag.endswith("svg")  # noqa: S314
    assert "甲的标题" in Path(table).read_text(encoding="utf-8")
    done = run(site.folder, "visits", f"{tmp_path}/access.log*", "--json", *settings)
    assert json.loads(done.stdout)["articles"][0]["visits"] == 2
    for words, message in (
        ([str(tmp_path / "none")], "找不到"),
        ([str(tmp_path)], "是文件夹"),
        ([str(logs[0]), "--since", "昨天"], "要写日期"),
        ([str(logs[0]), "--since", "2026-12-01", "--until", "2026-11-01"], "请换过来"),
        ([str(logs[0]), "--csv", str(logs[0])], "以 .csv 结尾"),
        ([str(logs[0]), "--plot", "x.png"], "以 .svg 结尾"),
        ([], "后面要写日志…"),
    ):
        done = run(site.folder, "visits", *words, *settings)
        assert (done.returncode, message in done.stderr + done.stdout) == (1, True), done
