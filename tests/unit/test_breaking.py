"""Where titles may be broken: between words, never inside one, never before a comma."""

import html
import re

import pytest
from hypothesis import given, strategies as st

from dangjian.text.line_breaks import breakable, pieces

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


@given(st.text())
def test_nothing_is_lost_whatever_the_title(title: str) -> None:
    assert "".join(pieces(title)) == title
    assert html.unescape(breakable(title).replace("<wbr>", "")) == title


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
