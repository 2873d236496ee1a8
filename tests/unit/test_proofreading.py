"""Personal numbers, 文号 forms and stale columns: what is reported, and what must be left alone."""

from pathlib import Path

import pytest

from dangjian.proofreading.articles import proofread_source
from dangjian.proofreading.doc_numbers import wrong_numbers
from dangjian.proofreading.personal import personal_numbers
from tests.sites import Site, article, column

PERSONAL = [
    ("身份证号11010519491231002X，手机13912345678", ["身份证号码", "手机号码"]),
    ("身份证号：１１０１０５１９４９１２３１００２Ｘ", ["身份证号码"]),
    ("110105 19491231 002x", ["身份证号码"]),
    ("联系人：张三（138 1234 5678）", ["手机号码"]),
    ("电话+86-13812345678。", ["手机号码"]),
    ("139-1234-5678", ["手机号码"]),
    ("卡号 6222 0212 3456 7890 128", ["银行卡号"]),
    ("卡号6222021234567890128", ["银行卡号"]),
    ("卡号4111111111111111", ["银行卡号"]),
    ("110105194912310021", []),
    ("110105194913310028", []),
    ("6222021234567890127", []),
    ("0000-1230000，12380，010-12345678", []),
    ("12912345678", []),
    ("138****5678", []),
    ("订单 1391234567890", []),
    ("https://example.com/13912345678.html", []),
    ("2026年11月28日，投入13912345678.50元", []),
    ("索引号：01234567-8/2026-00012", []),
    ("0000000000000000", []),
]


@pytest.mark.parametrize(("text", "kinds"), PERSONAL)
def test_personal_numbers_are_known_by_their_checks(text: str, kinds: list[str]) -> None:
    found = list(personal_numbers(text))
    assert [kind for kind, _ in found] == kinds
    assert all("*" in masked for _, masked in found)


NUMBERS = [
    ("见示组发〔2026〕20号文件", []),
    ("见示组发〔26〕20号文件", ["示组发〔2026〕20号"]),
    ("示组发[2026]20号", ["示组发〔2026〕20号"]),
    ("示组发（2026）第020号", ["示组发〔2026〕20号"]),
    ("示组发【2026】20号", ["示组发〔2026〕20号"]),
    ("示组发2026年21号", ["示组发〔2026〕21号"]),
    ("示办字2026第3号", ["示办字〔2026〕3号"]),
    ("会议印发2026年第3号简报", []),
    ("国务院令第752号", []),
    ("2026年第21号公告", []),
    ("文化路（2026）改造1号楼", []),
]


@pytest.mark.parametrize(("text", "right"), NUMBERS)
def test_forms_of_document_numbers(text: str, right: list[str]) -> None:
    found = [one for _, one in wrong_numbers(text)]
    assert len(found) == len(right)
    assert all(one.endswith(good) for one, good in zip(found, right, strict=True)), found


def test_notices_name_the_line() -> None:
    text = article("甲", body="第一段。\n\n身份证 11010519491231002X。\n\n见示组发[2026]1号。")
    found = [(p.line, p.level) for p in proofread_source(text, "a.md")]
    assert found == [(8, "warning"), (10, "warning")]


def checked(folder: Path, **more: str) -> list[str]:
    files = {
        "content/yw/_column.md": column("要闻", 更新类别="动态"),
        "content/yw/a.md": article("甲", "2026-11-10 10:00", body="党建工作。"),
        "content/gg/_column.md": column("公告", 更新类别="公告"),
        "content/gg/a.md": article("乙", "2026-05-28 10:00"),
        "content/qt/_column.md": column("其他"),
        "content/qt/a.md": article("丙", "2025-11-24 10:00"),
        "content/gd/_column.md": column("固定", 更新类别="固定"),
        "content/gd/a.md": article("丁", "2015-11-24 10:00"),
        **more,
    }
    settings = {"HOT_WORDS": ["党建", "没有的词"], "ICP": "示ICP备00000000号-1"}
    site = Site(folder, files, settings)
    with site.engine() as engine:
        return [f"{p.path} {p.message}" for p in engine.check().problems.warnings]


def test_columns_are_stale_a_moment_after_their_limit(tmp_path: Path) -> None:
    """2026-11-24 10:00 is now: 14, 180 and 365 days are within the limits."""
    fresh = checked(tmp_path / "fresh")
    assert [one for one in fresh if "没有更新" in one] == []
    older = {
        "content/yw/a.md": article("甲", "2026-11-10 09:59"),
        "content/gg/a.md": article("乙", "2026-05-28 09:59"),
        "content/qt/a.md": article("丙", "2025-11-24 09:59"),
    }
    stale = checked(tmp_path / "stale", **older)
    assert [one.partition("/")[0] for one in stale if "没有更新" in one] == ["gg", "qt", "yw"]


def test_a_hot_word_that_finds_nothing_is_reported(tmp_path: Path) -> None:
    reported = [one for one in checked(tmp_path) if "HOT_WORDS" in one]
    assert len(reported) == 1
    assert "“没有的词”" in reported[0]


@pytest.mark.parametrize("real", [True, False])
def test_examples_left_in_are_reported_unless_the_site_is_one(tmp_path: Path, real: bool) -> None:
    files = {
        "content/yw/_column.md": column("要闻"),
        "content/yw/a.md": article("甲", "2026-11-20", 来源="《示例组工》", 责任编辑="示例编辑"),
        "content/yw/b.md": article("乙", "2026-11-20", 来源="示例日报"),
    }
    names = {"SITENAME": "城关区党建网", "OWNER": "城关区委组织部"} if real else {}
    site = Site(tmp_path, files, {**names, "ICP": "示ICP备00000000号-1"})
    with site.engine() as engine:
        reported = [
            (p.path, p.line) for p in engine.check().problems.warnings if "样例" in p.message
        ]
    assert reported == ([("pelicanconf.py", 0), ("yw/a.md", 4), ("yw/a.md", 5)] if real else [])


def test_two_documents_of_one_number_are_reported(tmp_path: Path) -> None:
    number = {"类型": "文件", "文号": "示组发〔2026〕1号"}
    files = {
        "content/yw/_column.md": column("要闻"),
        "content/yw/a.md": article("甲", "2026-11-20", **number),
        "content/yw/b.md": article("乙", "2026-11-21", **number),
    }
    with Site(tmp_path, files).engine() as engine:
        reported = [
            (p.path, p.line) for p in engine.check().problems.warnings if "文号" in p.message
        ]
    assert reported == [("yw/b.md", 5)]


HEAD = "---\n标题: 会议召开\n时间: 2026-03-01\n---\n"
MARKS = [
    ('学习,贯彻;落实.精神:要"抓好"', "半角标点（“学习,”），宜用全角的“，”；全文共 5 处"),
    ("张三,李四", "宜用全角的“，”"),
    ('甲说\n\n"好', ""),
    ("12:30开会,a.b，比例1:2，第1.2节", ""),
    ("`学习,贯彻`和https://a.cn/学习,贯彻", ""),
    ("```\n学习,贯彻{% x %}\n```", ""),
    ('<p title="学习,贯彻">![图](a.jpg "左,右")</p>', ""),
    ("# 会议召开", "重复了标题"),
    ("　　**会议 召开**", "重复了标题"),
    ("会议召开了", ""),
    ("锟斤拷", "有乱码"),
    ("\uf0b7 甲", "U+F0B7"),
    ("{% raw %}", "“{% raw %}”是别的系统的写法"),
    ('{{< figure src="a.jpg" >}}', "别的系统的写法"),
    ("::: tip", "别的系统的写法"),
    ("![[甲.png]]", "别的系统的写法"),
    ('[gallery ids="1,2"]', "别的系统的写法"),
    ('!!! note "甲"', "别的系统的写法"),
    ("{:toc}", "别的系统的写法"),
    ("甲^[乙]", "别的系统的写法"),
    ("> [!NOTE]", "别的系统的写法"),
    ("![甲](a.jpg){width=300}", "“{width=300}”是别的系统的写法"),
    ("价格$5和$6，{标题}，[甲]，:::", ""),
]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("标题: 甲<br>乙", "“<br>”不起作用"),
        ("摘要: 甲&nbsp;乙", "“&nbsp;”不起作用"),
        ("副题: 关于**重点**的", "“**重点**”不起作用"),
        ("来源: '[新华社](https://www.example.com)'", "“[新华社](https://"),
        ("附件: '[办法](a.pdf)'", ""),
        ("标题: R&D，a<b且c>d，2*3**4", ""),
        ("# 标题: <br>", ""),
    ],
)
def test_marks_in_front_matter_are_reported(line: str, says: str) -> None:
    source = f"---\n时间: 2026-03-01\n{line}\n---\n甲<b>乙</b>**丙**&nbsp;"
    found = list(proofread_source(source, "a.md"))
    assert [(one.line, says in one.message) for one in found] == ([(3, True)] if says else [])


@pytest.mark.parametrize(("body", "says"), MARKS)
def test_signs_out_of_place_are_reported_once(body: str, says: str) -> None:
    found = list(proofread_source(HEAD + body, "a.md", "会议召开"))
    assert [(one.line, one.level, says in one.message) for one in found] == (
        [(5, "warning", True)] if says else []
    )
