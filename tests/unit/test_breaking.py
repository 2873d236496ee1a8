"""Where titles and texts may be broken: between words and units, never inside one."""

import html
import re

import pytest
from hypothesis import given, strategies as st

from dangjian.text.line_breaks import breakable, pieces, text_breaks

TITLES = [
    "华亭市：|采取|“四个三”|措施|构建|城市|基层党建|新格局",
    "关于|做好|2026年度|公务员|平时|考核|工作的|通知",
    "第三批|主题教育|单位|党组织书记|述职评议会在京|召开",
    "示例县青山镇：|“党建+”|模式|激活|乡村振兴|新动能",
    "示例市|干部任前公示|公告|（2026年|第12号）",
    "职工|作用|发挥|与政治理论|学习|和谐|统一",
    "王建设|同志|先进事迹|报告会|举行",
    "打通|服务群众的|“最后一公里”",
    "示例市|1+6+N|城市|基层党建|工作|体系|建设",
    "全市|组织|系统|业务|培训班|2026年6月16日|举办",
    "示例市|召开|2026年|组织部长|会议",
    "党的二十届三中全会|精神|宣讲团",
    "第十二届|委员会|第九次|全体|会议|公报",
    "超100个|项目|开始|启动",
    "不忘初心、|牢记使命",
    "新|",
    "|",
]


@pytest.mark.parametrize("marked", TITLES)
def test_titles_are_cut_between_words(marked: str) -> None:
    expected = [piece for piece in marked.split("|") if piece]
    assert pieces(marked.replace("|", "")) == expected


def words(marked: str) -> str:
    """The text of marked HTML."""
    return html.unescape(re.sub(r"<wbr>|</?span[^>]*>", "", marked))


@given(st.text())
def test_nothing_is_lost_whatever_the_title(title: str) -> None:
    assert "".join(pieces(title)) == title
    assert words(breakable(title)) == title


CHARACTERS = st.sampled_from("党建工作会议组织部署的和第三届2026年，。：“”《》（）、 a&<华亭市新")


@given(st.lists(CHARACTERS).map("".join))
def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one(title: str) -> None:
    found = pieces(title)
    assert all(found)
    assert not any(piece[0] in "，。：”》）、" for piece in found[1:])
    assert not any(piece[-1] in "“《（" for piece in found[:-1])


def test_markup_in_a_title_is_text() -> None:
    assert breakable("<b>&党建'\"工作") == "&lt;b&gt;&amp;党建&#39;&#34;工作"
    assert "<wbr>" in breakable("a & 党建工作会议精神")
    assert not re.search("<(?!wbr>)", breakable("<script>党建工作</script>"))


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("关于做好通知", "关于|做好|通知"),
        ("关于2026年度通知", "{[关于][2026年度]}|通知"),
        ("示例市召开2026年会议", "示例市|{[召开][2026年]}|会议"),
        ("2026年，会议", "2026年，|会议"),
        ("在没有词的地方也没有可断的地方2026年", "在没有词的地方也没有可断的地方2026年"),
        ("a<b>2026年会议", "a&lt;b>2026年|会议"),
    ],
)
def test_the_space_next_to_figures_stays(title: str, shown: str) -> None:
    marked = breakable(title).replace("<wbr>", "|").replace('<span class="wb">', "{")
    assert spans(marked) == shown


def spans(marked: str) -> str:
    """Marked HTML with ``[…]`` for what stays whole and ``{…}`` where scripts may be parted."""
    marked = re.sub(r'<span class="nb">(.*?)</span>', r"[\1]", marked)
    return marked.replace("</span>", "}").replace("&gt;", ">")


@pytest.mark.parametrize(
    "marked",
    [
        # A number stays with its unit.
        "共[5名]优秀社区书记，[35项]、[8个]",
        "[6月]底，[11月][27日]，[2026年][11月][27日]上午[9时][30分]",
        "[2026年度]、[30年代]、[40周年]、[20人次]、[500平方米]、[3.5公里]",
        "[1100多]万元、[15万元]、[15%的]居民、[3亿人]、[1,200余户]、[8-10人]、[12:30开]会",
        "第[3批]；（[17名]",
        # What is no number of things stays as it is.
        "示例1+6+N体系，A4、2026、12380、2026-11-22",
        "<strong>17</strong>名",
        # A quotation mark next to Latin may be broken off on its outer side.
        "推行|“1+6”|文件，|“1+3+N”|“党建”",
        "“12380”|举报",
        "（“1+6”）",
        "实行|‘A+B’|制；“三级”联动",
        "“党建+”|模式",
        # Long runs of Latin: after separators, or after six signs.
        "见https://|www.|shili.|gov.|cn/|2026/|index.|html?|id=|5&amp;|kind=|notice。",
        "码012345|6789ab|cdef01|234567|89abcd|ef",
        "bianji@example.com",
        # Nothing inside tags and preformatted texts.
        '<a href="https://www.shili.gov.cn/2026/index.html" title="5个">见</a>',
        "<pre>共5个 https://www.shili.gov.cn/2026/index.html</pre>",
        '<ul>\n<li>如下<pre>共5个<b>第6年</b></pre>：</li></ul><pre class="a">5个</pre>',
        "<p>[5个]</p>",
    ],
)
def test_texts_are_broken_where_units_end(marked: str) -> None:
    plain = re.sub(r"[\[\]|]", "", marked)
    assert spans(text_breaks(plain)).replace("<wbr>", "|") == marked.replace("&gt;", ">")


@given(
    st.lists(st.sampled_from(["5", "17", "名", "月", "日", "“", "”", "a", "/", "，", "A+", "多万"]))
)
def test_texts_keep_every_character(parts: list[str]) -> None:
    text = "".join(parts)
    assert words(text_breaks(text)) == text
    assert text_breaks("<p>" + text) == "<p>" + text_breaks(text)
