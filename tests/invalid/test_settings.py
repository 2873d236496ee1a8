"""Settings written wrongly: each kind of mistake, with the line and words the office is told."""

from pathlib import Path
from typing import Any

import pytest

from dangjian.building.site import Site, SiteError
from dangjian.settings import read_office

GOOD = 'SITENAME = "示例市党建网"\nOWNER = "中共示例市委组织部"\n'

# What is written from line 3 of pelicanconf.py on, the line of the one problem, and its words.
WRONG = [
    ('SITE_NAME = "甲"', 3, "没有 SITE_NAME 这一项设置，是不是要写 SITENAME（站名）？"),
    ('EMBLEN = {"image": "a.png", "alt": "甲"}', 3, "是不是要写 EMBLEM（徽标）？"),
    ("LINKS = []", 3, "没有 LINKS 这一项设置"),
    ("QQQXXX = 1", 3, "自己用的变量请用小写字母命名"),
    ("OUTPUT_PATHS = 'x'", 3, "是不是要写 OUTPUT_PATH？"),
    ('ICP = "陇ICP备0800041号"', 3, "应当像“示ICP备00000000号-1”"),
    ('ICP = "ICP备08000414号"', 3, "应当像“示ICP备00000000号-1”"),
    ("ICP = 8000414", 3, "ICP（ICP 备案号）写的是 8000414，要写文字"),
    ('POLICE_BEIAN = "甘公网安备6208020200011号"', 3, "应当像“示公网安备 00000000000000号”"),
    ('POLICE_BEIAN = "62080202000119"', 3, "应当像“示公网安备 00000000000000号”"),
    ('PROFILE = "party-gov"', 3, '只能写 "party"、"gov"'),
    ("PROFILE = None or 3", 3, '只能写 "party"、"gov"'),
    ('SITEURL = "dj.example.gov.cn"', 3, "网址要以 https:// 或 http:// 开头"),
    ('SITEURL = "https://dj.example.gov.cn/?a=1"', 3, "不能有 ? 或 #"),
    ('SITEURL = "https://a.cn/../x"', 3, "不能有 . 或 .. 这样的段"),
    ('SITEURL = "https://-a.cn"', 3, "连字符不能在一段的开头"),
    ('SITEURL = "https://127.1"', 3, "IP 地址不完整"),
    ('SITEURL = "https://10.0.0.256"', 3, "IP 地址不完整"),
    ('SITEURL = "https://0x7f.1"', 3, "IP 地址不完整"),
    ('SITEURL = "https://0X7F000001"', 3, "IP 地址不完整"),
    ('SITEURL = "https://a.0x"', 3, "IP 地址不完整"),
    ('SITEURL = "https://a.1"', 3, "IP 地址不完整"),
    ('SITEURL = "https://a_b.cn"', 3, "没有下划线"),
    ('SITEURL = "https://_.cn"', 3, "没有下划线"),
    ('SITEURL = "https://a.cn."', 3, "域名末尾不要点，请写成 a.cn"),
    ('SITEURL = "https://a.cn/\u202ejd"', 3, "看不见的字符 U+202E"),
    ('SITEURL = "https://a.cn/%E2%80%AEjd"', 3, "看不见的字符 U+202E"),
    ('SITEURL = "https://a\u200b.cn"', 3, "看不见的字符 U+200B"),
    ('SITEURL = "https://a.cn/%00"', 3, "看不见的字符 U+0000"),
    ('SITEURL = "https://a.cn/%2e%2e/x"', 3, "路径里不能有 '../'"),
    ('SITEURL = "https://a.cn//x"', 3, "路径里不能有 '//'"),
    ('SITEURL = "https://a.cn/$uri"', 3, "路径里不能有 '$'"),
    ('SITEURL = "https://a.cn/a%20b"', 3, "路径里不能有 ' '"),
    ('SITEURL = "https://a.cn/a{1}"', 3, "路径里不能有 '{'"),
    (f'SITEURL = "https://{"a" * 64}.cn"', 3, "各段 1 到 63 个字符"),
    (f'SITEURL = "https://{"a." * 130}cn"', 3, "域名不对"),
    ("SITEURL = 10**5000", 3, "位数极多的数"),
    ("PAGE_SIZE = 10**5000", 3, "要写 5 到 100 的整数"),
    ('HOME = {"latest": 10**5000}', 3, "位数极多的数"),
    ("HOT_WORDS = [10**5000]", 3, "要写文字"),
    ("IGNORED_KEYS = 3", 3, "要写列表"),
    ('EMAIL = "zzb"', 3, "应当像“zzb@example.gov.cn”"),
    ('REPORT_EMAIL = "zzb@"', 3, "应当像“zzb@example.gov.cn”"),
    ('PHONE = "无"', 3, "应当像“0000-1230000”"),
    ('REPORT_PHONE = "见公告"', 3, "应当像“0000-1230000”"),
    ('ORGANIZER = "甲\\n乙"', 3, "请写成一行"),
    ('CONAC = {"image": "a.png"}', 3, '要写全 {"image": "图片文件"'),
    ('CONAC = {"image": "../a.png", "url": "https://bszs.conac.cn/x"}', 3, "content/ 之外"),
    ('EMBLEM = {"image": "a.png"}', 3, '缺少 "alt"'),
    ('WECHAT_QR = {\n    "alt": "二维码",\n}', 3, '缺少 "image"'),
    ('WECHAT_QR = "a.png"', 3, '要写 {"image": …, "alt": …}'),
    ('EMBLEM = {\n    "image": "C:/a.png",\n    "alt": "徽标",\n}', 4, "不能是网址或电脑上的"),
    ('MASTHEAD = "red"', 3, '只能写 "solemn"、"festive"'),
    ("MASTHEAD = True", 3, '只能写 "solemn"、"festive"'),
    ('GRAYSCALE = "是"', 3, "要写 True、False"),
    ('GRAYSCALE = ["2026-12-13"]', 3, "要写 True、False"),
    ('GRAYSCALE = ["2026-12-13", "2026-12-32"]', 3, "没有 32 日"),
    ('GRAYSCALE = ["2026-12-13", "2026-12-12"]', 3, "早于开始日期"),
    ('HOME = {\n    "lates": 3,\n}', 4, '没有“lates”这一项，是不是要写 "latest"？'),
    ('HOME = {"latest": "十"}', 3, "要写 0 到 50 的整数"),
    ('HOME = {\n    "blocks": 3,\n}', 4, '要写列表，例如 ["甲", "乙"]'),
    ('HOME = ["latest"]', 3, '要写 {"headline": …, "latest": …}'),
    ('HOME = {"notices": 1}', 3, "要写文字"),
    ('HOME = {"headline": "是"}', 3, "只能写 True 或 False"),
    ('LINK_GROUPS = [["甲", "https://a.cn/"]]', 3, '要写 {"组名"'),
    ('LINK_GROUPS = {\n    "甲": "https://a.cn/",\n}', 4, '要写 [["名称", "https://…"], …]'),
    ('LINK_GROUPS = {\n    "甲": [\n        ["乙", "javascript:a()"],\n    ],\n}', 5, "要写 https://"),
    ('TOP_LINKS = [\n    ["甲", "https://a.cn/"],\n    ["乙"],\n]', 5, '要写 ["名称", "https://…"]'),
    ('FOOTER_LINKS = [["甲", "../x.html"]]', 3, "从本站根目录起的路径"),
    ('FOOTER_LINKS = [["", "about.html"]]', 3, "名称或网址是空的"),
    ("HOT_WORDS = 3", 3, '要写列表，例如 ["甲", "乙"]'),
    ("HOT_WORDS = [\n    '党建',\n    3,\n]", 5, "要写文字"),
    ('EXTERNAL_LINKS = {"mode": "on"}', 3, '只能写 "off"、"notice"'),
    ('EXTERNAL_LINKS = {\n    "allow": ["https://www.gov.cn/"],\n}', 4, '例如 "www.gov.cn"'),
    ('EXTERNAL_LINKS = {"allowed": []}', 3, '是不是要写 "allow"？'),
    ("PAGE_SIZE = 0", 3, "要写 5 到 100 的整数"),
    ("PAGE_SIZE = '20'", 3, "要写 5 到 100 的整数，不加引号"),
    ("FEED_SIZE = True", 3, "要写 1 到 200 的整数"),
    ("FEED_SIZE = -1", 3, "要写 1 到 200 的整数"),
    ("WORKERS = 1.5", 3, "要写 0 到 64 的整数"),
    ("WORKERS = 1000", 3, "要写 0 到 64 的整数"),
    ('BUILD_AT = "明天"', 3, '不是日期，请写成 "2026-11-24 10:00"'),
    ("BUILD_AT = 20261124", 3, "不是日期"),
    ('TIMEZONE = "UTC"', 3, '请写 "Asia/Shanghai"'),
    ('TIMEZONE = "Asia/Urumqi"', 3, '请写 "Asia/Shanghai"'),
]  # fmt: skip

DOUBTFUL = [
    ('SITE_ID_CODE = "12345"', 3, "应当像“bm00000000 或 0000000001”"),
    ('PROFILE = "gov"', 3, "没有写 SITE_ID_CODE（网站标识码）"),
    ('SITEURL = "https://oa"', 3, "域名里没有点"),
    ('OWNER = "乙"', 3, "OWNER 在第 2 行已经写过，那一行不起作用"),
    ('站名 = "乙"', 3, "“站名”不起作用，设置的名称要写 SITENAME"),
    ('icp = "示ICP备00000000号-1"', 3, "“icp”不起作用，设置的名称要写 ICP"),
]
WITH_EFFECT = [
    'phone = "0000-1230000"\nPHONE = phone',
    'HOT_WORDS = ["甲"]\nHOT_WORDS = HOT_WORDS + ["乙"]',
    'HOT_WORDS = ["甲"]\nHOT_WORDS += ["乙"]',
    'if True:\n    PHONE = "12380"\nelse:\n    PHONE = "12381"',
]
NO_PYTHON = [
    ("OWNER = “乙”", 3, "用了中文标点““”，请改成英文的"),
    ('HOME = {"latest"：3}', 3, "用了中文标点“：”，请改成英文的"),
    ('ICP = "示', 3, "引号没有配对"),
    ('HOT_WORDS = ["甲",\nPHONE = "1"', 3, "括号没有配对"),
    ('HOT_WORDS = ["甲"}', 3, "括号没有配对"),
    ('HOT_WORDS = "甲")', 3, "多了一个后括号"),
    (' ICP = ""', 3, "要顶格写"),
    ('HOT_WORDS = ["甲" 3]', 3, "少了逗号"),
    ("ICP = = 3", 3, "不是正确的 Python"),
]

UNPUBLISHABLE = [
    ("", 0, "发布时必须写 SITEURL"),
    ('SITEURL = ""', 3, "发布时必须写 SITEURL"),
    ('SITEURL = "http://localhost:8000"', 3, "这是本机地址"),
    ('SITEURL = "http://127.0.0.1"', 3, "这是本机地址"),
]


def run(path: Path) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(path.read_text("utf-8"), path.name, "exec"), names)  # noqa: S102
    return {name: value for name, value in names.items() if name.isupper()}


def reported(
    folder: Path, text: str, *, publishing: bool = False
) -> list[tuple[str, int, str, str]]:
    path = folder / "pelicanconf.py"
    path.write_text(GOOD + text + "\n", "utf-8")
    _, problems = read_office(run(path), path, publishing)
    return [(problem.path, problem.line, problem.level, problem.message) for problem in problems]


@pytest.mark.parametrize(("text", "line", "says"), WRONG)
def test_a_wrong_setting_is_reported_by_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    ((path, found, level, message),) = reported(tmp_path, text)
    assert (path, found, level) == ("pelicanconf.py", line, "error")
    assert says in message


@pytest.mark.parametrize(("text", "line", "says"), DOUBTFUL)
def test_a_doubtful_setting_is_a_warning(tmp_path: Path, text: str, line: int, says: str) -> None:
    ((_, found, level, message),) = reported(tmp_path, text)
    assert (found, level) == (line, "warning")
    assert says in message


@pytest.mark.parametrize("text", WITH_EFFECT)
def test_names_that_are_used_are_no_slips(tmp_path: Path, text: str) -> None:
    assert reported(tmp_path, text) == []


@pytest.mark.parametrize(("text", "line", "says"), NO_PYTHON)
def test_what_is_wrong_in_python_is_said_in_chinese(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    path = tmp_path / "pelicanconf.py"
    path.write_text(f"{GOOD}{text}\n", "utf-8")
    (problem,) = read_office({"SITENAME": "甲", "OWNER": "乙"}, path)[1]
    assert (problem.line, problem.level) == (line, "error")
    assert says in problem.message


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("content", "就是文章文件夹"),
        ("..", "里有文章文件夹"),
        ("others", "没有它们是本程序生成的记录"),
        ("output", ""),
        ("new", ""),
    ],
)
def test_a_check_tells_where_a_build_would_not_write(
    tmp_path: Path, written: str, says: str
) -> None:
    folder = tmp_path / "site"
    for name in ("content", "others", "output"):
        (folder / name).mkdir(parents=True)
    (folder / "others" / "x.txt").write_text("别人的", "utf-8")
    path = folder / "pelicanconf.py"
    head = 'import dangjian\nPATH = "content"\nPLUGINS = ["dangjian"]\n'
    theme = "THEME = dangjian.theme_path()\n"
    path.write_text(f'{GOOD}{head}{theme}OUTPUT_PATH = "{written}"\n', "utf-8")
    errors = Site(path).check().problems.errors
    assert [(one.path, one.line, says in one.message) for one in errors] == (
        [("pelicanconf.py", 7, True)] if says else []
    )
    if says:
        with pytest.raises(SiteError) as refused:
            Site(path).build()
        assert [one.message for one in refused.value.problems] == [one.message for one in errors]
    else:
        assert not Site(path).build().failed


@pytest.mark.parametrize(("text", "line", "says"), UNPUBLISHABLE)
def test_publishing_needs_a_public_address(tmp_path: Path, text: str, line: int, says: str) -> None:
    assert reported(tmp_path, text) == []
    ((_, found, level, message),) = reported(tmp_path, text, publishing=True)
    assert (found, level) == (line, "error")
    assert says in message


def test_a_site_without_names_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "pelicanconf.py"
    path.write_text("PAGE_SIZE = 10\n", "utf-8")
    office, problems = read_office(run(path), path)
    assert [(problem.level, problem.message.partition("（")[0]) for problem in problems] == [
        ("error", "没有写 SITENAME"),
        ("warning", "没有写 OWNER"),
    ]
    assert office.page_size == 10


def test_settings_that_are_no_python_are_reported_by_line(tmp_path: Path) -> None:
    path = tmp_path / "pelicanconf.py"
    path.write_text('SITENAME = "甲"\nHOME = {"latest": 3\nOWNER = "乙"\n', "utf-8")
    _, problems = read_office({"SITENAME": "甲", "OWNER": "乙"}, path)
    assert [(problem.line, problem.level) for problem in problems] == [(2, "error")]
    assert "括号没有配对" in problems[0].message


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://党建.中国", "https://xn--n5qz54a.xn--fiqs8s"),
        ("https://dj.example.gov.cn/党建", "https://dj.example.gov.cn/%E5%85%9A%E5%BB%BA"),
        ("https://dj.example.gov.cn/%E5%85%9A", "https://dj.example.gov.cn/%E5%85%9A"),
        ("https://a.cn/~zzb/dj-2026_1.x", "https://a.cn/~zzb/dj-2026_1.x"),
        ("https://0x7f.a1.cn", "https://0x7f.a1.cn"),
        ("http://[fd00::5]:8080/a", "http://[fd00::5]:8080/a"),
        ("http://192.0.2.10", "http://192.0.2.10"),
        ("https://DJ.Example.gov.cn", "https://dj.example.gov.cn"),
        ("http://localhost:8000", "http://localhost:8000"),
    ],
)
def test_an_address_is_taken_as_browsers_send_it(tmp_path: Path, written: str, read: str) -> None:
    path = tmp_path / "pelicanconf.py"
    path.write_text(f'{GOOD}SITEURL = "{written}"\n', "utf-8")
    office, problems = read_office(run(path), path)
    assert (office.url, problems) == (read, ())


PELICANS = [
    ("PLUGINS = ()", 6, '要有这一行：PLUGINS = ["dangjian"]'),
    ("PLUGINS = []", 6, '要有这一行：PLUGINS = ["dangjian"]'),
    ('PLUGINS = "dangjian"', 6, '要有这一行：PLUGINS = ["dangjian"]'),
    ("PLUGINS = 0", 6, '要有这一行：PLUGINS = ["dangjian"]'),
    ("CACHE_PATH = None", 6, "CACHE_PATH 要写文件夹的路径"),
    ("OUTPUT_PATH = 5", 6, "OUTPUT_PATH 要写文件夹的路径"),
    ('OUTPUT_PATH = "a\\0b"', 6, "OUTPUT_PATH 要写文件夹的路径"),
    ('CACHE_PATH = "a\\nb"', 6, "CACHE_PATH 要写文件夹的路径"),
    ('OUTPUT_PATH = "~/out"', 6, "不会换成别的"),
    ('CACHE_PATH = "$HOME/cache"', 6, "不会换成别的"),
    (f'CACHE_PATH = "{"a" * 256}"', 6, "太长"),
    ("PATH = True", 6, "PATH 要写文件夹的路径"),
    ('OUTPUT_RETENTION = "a.txt"', 6, "OUTPUT_RETENTION 要写列表"),
    ("OUTPUT_RETENTION = None", 6, "OUTPUT_RETENTION 要写列表"),
    ("THEME_TEMPLATES_OVERRIDES = True", 6, "THEME_TEMPLATES_OVERRIDES 要写列表"),
    ('THEME_TEMPLATES_OVERRIDES = ["a\\0"]', 6, "THEME_TEMPLATES_OVERRIDES 要写列表"),
    ("MARKDOWN = 5", 6, "MARKDOWN 要写字典"),
    ("READERS = []", 6, "READERS 要写字典"),
    ('THEME = "wode"', 6, "wode 这个主题文件夹，请写 THEME = dangjian.theme_path()"),
]


@pytest.mark.parametrize(("text", "line", "says"), PELICANS)
def test_a_setting_of_pelicans_is_reported_by_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    (tmp_path / "content").mkdir()
    path = tmp_path / "pelicanconf.py"
    head = 'PATH = "content"\nTHEME = "theme"\nPLUGINS = ["dangjian"]\n'
    path.write_text(f"{GOOD}{head}{text}\n", "utf-8")
    with pytest.raises(SiteError) as refused:
        Site(path).workplace()
    (problem,) = refused.value.problems
    assert (problem.path, problem.line) == ("pelicanconf.py", line)
    assert says in problem.message
