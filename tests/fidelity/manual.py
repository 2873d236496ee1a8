"""The table of the editors' manual: every construct as written, and as the page has it.

``python -m tests.fidelity.manual`` writes it into the manual; a test holds that it is up to date.
"""

import html
import re
from pathlib import Path
from typing import Final

from dangjian.text.markup import MarkdownText

MANUAL: Final = Path(__file__).parents[2] / "docs/editors/10-what-you-write.md"
BEGIN, END = "<!-- 下面的表由程序生成 -->\n", "<!-- 表到这里为止 -->\n"
CONSTRUCTS: Final = {
    "分段": {
        "空一行": "第一段。\n\n第二段。",
        "一行一段，句子说完": "会议指出，要抓好落实。\n会议强调，要压实责任。",
        "段首空两格": "　　会议指出，\n　　会议强调，",
        "一句话中间换行": "会议要求抓好**组织建设**\n和队伍建设。",
        "编号": "工作任务\n一、学习\n（一）读原文\n1.列计划",
        "时间地点": "会议安排\n时间：上午9时\n地点：县委党校",
        "名单": "张三\n李四\n王五",
        "行尾一条反斜线": "第一行，\\\n第二行",
        "行首空四格": "    这是正文。",
    },
    "落款": {
        "单位和日期": "特此通知。\n\n中共示例县委组织部\n2026年11月20日",
        "在同一行": "特此通知。\n\n中共示例县委组织部　2026年11月20日",
        "自己指定": "示例县委组织部办公室 {.right}",
        "居中": "（此页无正文） {.center}",
        "粘贴来的网页": '<p align="right">示例县委组织部</p>',
    },
    "文字": {
        "加粗": "贯彻**“四个意识”**要求",
        "删除": "原定~~周三~~周四",
        "号码和姓名里的星号": "电话138\\*\\*\\*\\*1234，王*军、李*兰".replace("\\*", "*"),
        "尖括号里的字": "参见<GB/T 9704>，填写<姓名>",
        "花括号里的字": "公告模板 {标题}",
        "代码": "输入`python3 tasks.py check`",
        "注释": "依据《条例》[^1]办理。\n\n[^1]: 2026年修订。",
    },
    "链接和图片": {
        "网址": "访问https://www.example.com/。",
        "邮箱": "写到zzb@example.com。",
        "本站文章": "[实施办法](banfa.md)",
        "小标题": "[办理流程](#办理流程)\n\n## 办理流程",
        "全角括号": "[实施办法]（banfa.md）",
        "目录": "[TOC]\n\n## 一、目标\n\n## 二、任务",
    },
    "小标题": {
        "小标题": "## 一、总体要求",
        "少了空格": "##总体要求",
        "话题": "#主题党日",
        "横线": "前面说完了。\n\n---\n\n后面。",
    },
    "列表": {
        "项目": "要求如下：\n- 学习\n- 研讨",
        "编号": "要求如下：\n1. 学习\n2) 研讨",
        "下一级": "- 一级\n  - 二级",
        "办没办": "- [x] 已办\n- [ ] 未办",
        "项里的段落": "1. 第一步\n\n   说明。\n\n2. 第二步",
        "引用": "> 引文的第一行，\n> 第二行。",
    },
    "表格": {
        "表格": "名单：\n| 姓名 | 票数 |\n|---|---:|\n| 张三 | 12 |",
        "少了第二行": "| 姓名 | 职务 |\n| 张三 | 书记 |",
        "从Excel粘贴": "姓名\t职务\n张三\t书记",
    },
    "网页": {
        "折叠": "<details>\n<summary>点开看流程</summary>\n\n**第一步**，报名。\n\n</details>",
        "居中": "<center>居中的字</center>",
        "注释": "看得见<!-- 看不见 -->的字",
    },
}


def table() -> str:
    """The table as HTML, which shows the page's own HTML next to what was written."""
    text = MarkdownText()
    rows = []
    for subject, constructs in CONSTRUCTS.items():
        rows.append(f'<tr><th colspan="3">{subject}</th></tr>')
        for name, written in constructs.items():
            found = text.convert(written, "xw")
            assert not found.remarks, (name, found.remarks)
            page = " ".join(found.html.replace("dj-article:xw/", "").split("\n"))
            page = re.sub(r'(<h\d) id="[^"]*"', r"\1", page)
            page = re.sub(r' class="(right|center)"', r' align="\1"', page)
            page = re.sub(r' class="[^"]*"', "", page)
            source = html.escape(written, quote=False).replace("\n", "<br>").replace("\t", "⇥")
            rows.append(f"<tr><td>{name}</td><td><code>{source}</code></td><td>{page}</td></tr>")
    body = "\n".join(rows)
    return f"<table>\n<tr><th></th><th>这样写</th><th>页面上</th></tr>\n{body}\n</table>\n"


def with_table(manual: str) -> str:
    """The manual's text with the table in its place."""
    before, _, rest = manual.partition(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    MANUAL.write_text(with_table(MANUAL.read_text(encoding="utf-8")), encoding="utf-8")
