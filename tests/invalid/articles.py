"""Articles written wrongly: each kind of mistake at least twice, with what the editor is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A file, and the line and words of the one error it must give."""

    source: str | bytes
    line: int
    says: str
    path: str = "jcdj/wen.md"


def line(text: str, says: str, at: int = 4) -> Case:
    """A sound article with a wrong line (or lines) from line 4 on."""
    return Case(f"---\n标题: 示例文章\n时间: 2026-03-01\n{text}\n---\n正文。\n", at, says)


def typed(kind: str, text: str, says: str, at: int = 5) -> Case:
    """The same for an article of a type (line 4), wrong from line 5 on."""
    return Case(f"---\n标题: 示例\n时间: 2026-03-01\n类型: {kind}\n{text}\n---\n正文。\n", at, says)


def head(text: str, at: int, says: str) -> Case:
    """A whole front matter, wrong in itself; it begins on line 2."""
    return Case(f"---\n{text}\n---\n正文。\n", at, says)


def dated(text: str, says: str) -> Case:
    """An article with a wrong date on line 3."""
    return head(f"标题: 示例文章\n时间: {text}", 3, says)


STRUCTURE = (
    Case("", 1, "文件是空的：请在最前面写一行 ---"),
    Case("\n  \n", 3, "文件是空的"),
    Case("只有正文，没有文件头。\n", 1, "文件开头没有文件头"),
    Case("\n\n# 标题\n\n正文\n", 3, "文件开头没有文件头"),
    Case("---\n标题: 示例\n时间: 2026-03-01\n", 1, "文件头没有结束"),
    Case("\n---\n标题: 示例\n正文\n\n又一段\n", 2, "文件头没有结束"),
    Case("---\n标题: 示例\n----\n正文\n", 3, "结束行写成了“----”，应当是三个英文减号 ---"),
    Case("---\n标题: 示例\n———\n正文\n", 3, "结束行写成了“———”"),
    Case("———\n标题: 示例\n———\n正文\n", 1, "起始行写成了“———”"),
    Case("--\n标题: 示例\n--\n正文\n", 1, "起始行写成了“--”"),
    Case('+++\ntitle = "甲"\n+++\n正文\n', 1, "TOML（+++） 的写法"),
    Case('{"title": "甲"}\n正文\n', 1, "JSON（{}） 的写法"),
    head("标题: 示例\n时间: 2026-03-01\n标签:\n-党建", 5, "减号后面要空一格：- 党建"),
    head("标题: 示例\n时间: 2026-03-01\n封面:\n说明: 甲", 5, "“说明”要写在封面、图集"),
    line("置顶: 是", "推荐位: [置顶]"),
    line("频道: 要闻", "文件夹决定"),
    line("名称: 基层党建", "请把文件改名为 _column.md"),
    typed("视频", "视频: https://v.example.com/x.html", "不能在本页播放"),
    Case("---\n---\n正文\n", 1, "文件头是空的"),
    Case("---\n\n---\n正文\n", 1, "文件头是空的"),
    head("- 标题\n- 时间", 2, "名称: 内容"),
    head("一句话", 2, "名称: 内容"),
    head("':", 2, "“':”这一行读不懂"),
    head("标题: 甲\n'来源: 乙", 3, "“'来源: 乙”这一行读不懂"),
    head("标题: 甲\n{来源: 乙", 3, "“{来源: 乙”这一行读不懂"),
    head("标题: 甲\n  副题: 乙", 3, "“副题: 乙”这一行读不懂"),
    head("附件:\n- 文件: a.pdf\n 名称: 甲", 4, "“名称: 甲”这一行读不懂"),
    head("标题: 示例\n\t副题: 甲", 3, "行首用了制表符（Tab），请改用空格缩进"),
    head("标题: 示例\n封面:\n\t图片: a.jpg", 4, "行首用了制表符"),
    head('标题: "四个三"措施\n时间: 2026-03-01', 2, "英文单引号括起来：标题: '\"四个三\"措施'"),
    head("标题: [图文]走进基层\n时间: 2026-03-01", 2, "以 [ 开头，要用英文单引号括起来"),
    head("标题: *重要*\n时间: 2026-03-01", 2, "标题: '*重要*'"),
    head("标题: @全体党员\n时间: 2026-03-01", 2, "以 @ 开头"),
    head("标题: 华亭: 四个三\n时间: 2026-03-01", 2, "内容里有英文冒号"),
    head("标题: 示例\n摘要: 分三步: 一二三", 3, "内容里有英文冒号"),
    head("标题: '没有关上\n时间: 2026-03-01", 2, "引号没有配对"),
    head('时间: 2026-03-01\n标题: "没有关上', 3, "引号没有配对"),
    head("标题: '甲'乙'\n时间: 2026-03-01", 2, "请写成 标题: '甲''乙'"),
    head("标题: {{甲}}\n时间: 2026-03-01", 2, "内容以 { 开头的，要用英文单引号"),
    head("标题: {甲}\n时间: 2026-03-01", 2, "文字以 [ 或 { 开头的，要用英文单引号"),
    head("标题: &a 示例\n时间: 2026-03-01", 2, "&a 会被当作 YAML 的记号"),
    head("标题: 示例\n关键词: &a [一, 二]", 3, "&a 会被当作 YAML 的记号"),
    head("标题: 示例\n关键词: [一, *a]", 3, "*a 会被当作 YAML 的记号"),
    head("标题: !important 示例", 2, "!important 会被当作 YAML 的记号"),
    head("标题: !!python/object:os.system [ls]", 2, "会被当作 YAML 的记号"),
    head("关键词: [[[[[[[甲]]]]]]]", 2, "嵌套超过 6 层"),
    head("标题: 甲\n附件: [{文件: {a: {b: {c: {d: {e: 1}}}}}}]", 3, "嵌套超过 6 层"),
    head(f"标题: 示例\n摘要: {'长' * 100_001}", 2, "最多 100000 个"),
    head(f"标题: 示例\n关键词: [{'甲,' * 6000}]", 3, "超过 5000 个值"),
    head("标题: 示例\n...\n时间: 2026-03-01", 3, "不能有“...”这一行"),
    head("标题: 示例\n 时间: 2026-03-01\n  x", 3, "读不懂"),
)

ENCODING = (
    Case(b"PK\x03\x04" + b"words", 0, "Word、WPS 文档或者压缩文件"),
    Case(b"%PDF-1.7", 0, "这是PDF 文件"),
    Case(b"{\\rtf1 x}", 0, "RTF 文档"),
    Case(b"\x7fELF" + b"\0" * 90, 0, "不是 UTF-8 编码的文本"),
    Case("---\n标题: 甲\n---\n正文".encode("utf-16-le"), 0, "请用编辑器另存为 UTF-8"),
    Case(b"---\ntitle: a\xff\xff\ndate: 2026-03-01\n---\n\xe6\xad\xa3", 2, "编码认不出"),
    Case(b"---\ntitle: a\ndate: 2026-03-01\n---\n\xff\xff", 5, "编码认不出"),
)

KEYS = (
    line("来原: 本站", "没有“来原”这一项，是不是要写 来源（source）？"),
    line("责任编缉: 王五", "是不是要写 责任编辑（editor）？"),
    line("keyword: 党建", "是不是要写 关键词（keywords）？"),
    line("发文字号: 示组发〔2026〕1号", "是不是要写 文号（doc_number）？"),
    line("魑魅: 甲", "没有“魑魅”这一项，可用的名称有"),
    line("来源: 甲\n来源: 乙", "“来源”写了两次，第 4 行和第 5 行只能留一处", 5),
    line("标题: 又一个", "“标题”写了两次，第 2 行和第 4 行只能留一处"),
    line("date: 2026-03-02", "“时间”和“date”是同一项（时间），第 3 行和第 4 行只能留一处"),
    line("作者: 甲\nauthor: 乙", "“作者”和“author”是同一项", 5),
    line("封面: {图片: a.jpg, 说明: 甲, 大小: 1}", "没有“大小”这一项"),
    line("附件:\n  - 文件: a.pdf\n    名字: 甲", "是不是要写 名称（title）？", 6),
    line("封面:\n  图片: a.jpg\n  src: b.jpg\n  说明: 甲", "“图片”和“src”是同一项", 6),
    Case("Title: 甲\nDate: 2026-03-01\nTemplat: x\n\n正文\n", 3, "没有“Templat”这一项"),
    Case("Title: 甲\nDate: 2026-03-01\nLanguages: zh\n\n正文\n", 3, "没有“Languages”这一项"),
    line("categories: 要闻", "栏目由文件所在的文件夹决定"),
    line("Categories: [要闻, 公告]", "还要列入别的栏目，写 同时列入"),
    line("image: a.jpg", "图片请写 封面"),
    line("cover_image: a.jpg", "图片请写 封面"),
    line("thumbnail: a.jpg", "图片请写 封面"),
    line("permalink: /a.html", "从前的网址写 旧地址"),
    line("lastmod: 2026-03-02", "请写 更新时间"),
    line("expiryDate: 2026-05-02", "请写 有效期至"),
    line("publishDate: 2026-05-02", "请写 定时发布"),
    line("redirect_from: [/a.html]", "请写 旧地址"),
    line("password: abc", "不公开的请写 状态: 草稿"),
    line("sticky: 10", "推荐位: [置顶]"),
    line("excerpt: 甲", "请写 摘要"),
    line("状态: 发布\ndraft: true", "请删去其中一行", 5),
    line("published: false\nstatus: hidden", "“published”说这是草稿，状态（status）写的却不是"),
    Case("Title: 甲\nDate: 2026-03-01\n正文紧跟着\n\n正文\n", 3, "正文和文件头之间要空一行"),
)

REQUIRED = (
    Case("---\n标题: 甲\n时间: 2026-03-01\n---\n", 4, "文件头后面没有正文，请写上"),
    Case("---\n标题: 甲\n时间: 2026-03-01\n类型: 公告\n---\n \n\n", 5, "没有正文"),
    head("时间: 2026-03-01", 1, "标题（title）没有写，请在文件头里写，例如 标题: "),
    head("标题:\n时间: 2026-03-01", 2, "标题（title）是空的"),
    head("标题: ~\n时间: 2026-03-01", 2, "标题（title）是空的"),
    head("标题: 示例", 1, "时间（date）没有写"),
    head("标题: 示例\n时间:", 3, "时间（date）是空的"),
    Case("Date: 2026-03-01\n\n正文\n", 1, "标题（title）没有写"),
    typed("链接", "来源: 甲", "链接（link）类的文章要写 外部地址（external_url）", 4),
    typed("link", "external_url:", "链接（link）类的文章要写 外部地址（external_url）"),
    typed("视频", "来源: 甲", "视频（video）类的文章要写 视频（video）", 4),
    typed("video", "视频:", "视频（video）类的文章要写 视频（video）"),
)

TEXTS = (
    head("标题: ……——！\n时间: 2026-03-01", 2, "里没有文字"),
    head("标题: '   ' \n时间: 2026-03-01", 2, "标题（title）是空的"),
    head("标题: '***'\n时间: 2026-03-01", 2, "里没有文字"),
    head(f"标题: {'长' * 201}\n时间: 2026-03-01", 2, "有 201 个字，最多 200 个"),
    line(f"短标题: {'长' * 61}", "有 61 个字，最多 60 个"),
    line(f"摘要: {'长' * 1001}", "有 1001 个字，最多 1000 个"),
    head("标题: [甲, 乙]\n时间: 2026-03-01", 2, "只能写一段文字，这里写成了列表"),
    line("来源:\n  名称: 甲", "只能写一段文字，这里写成了下一级内容", 5),
    line("关键词: {甲: 乙}", "要写成几个词，用顿号隔开"),
    line("作者:\n  - 姓名: 甲", "每一条只能是一段文字", 5),
    line(f"关键词: {'长' * 501}", "最多 500 个"),
    typed("公告", "举报电话: 请打电话", "要写电话号码，例如 12380"),
    typed("公告", "举报电话: abc@x.cn", "要写电话号码"),
)

DATES = (
    dated("2026年6月31日", "2026 年 6 月只有 30 天，没有 31 日"),
    dated("2026-02-29", "2026 年 2 月只有 28 天，没有 29 日"),
    dated("2026-13-01", "没有 13 月"),
    dated("2026-00-01", "没有 0 月"),
    dated("2026-01-00", "没有 0 日"),
    dated("0000-01-01", "年份“0000”不对"),
    dated("26-03-01", "年份“26”不对，要写四位数"),
    dated("2026-03-01 25:00", "没有 25 时，小时是 0 到 23"),
    dated("2026-03-01 12:60", "没有 60 分"),
    dated("2026-03-01 12:00:61", "没有 61 秒"),
    dated("3月1日", "缺少年份"),
    dated("03-01", "缺少年份"),
    dated("2026-03", "缺少几日"),
    dated("2026年3月", "缺少几日"),
    dated("20260301", "年月日之间要有横线"),
    dated("202603011224", "年月日之间要有横线"),
    dated("昨天", "不是日期"),
    dated("2026-03/01", "不是日期"),
    dated("2026-03-01T12:00+99:00", "没有“+99:00”这个时区"),
    dated("9999-12-31T23:00-05:00", "超过了 9999 年"),
    dated("[2026-03-01]", "只能写一段文字"),
    line(
        "更新时间: 明天", "更新时间（updated）写的是“明天”：不是日期。请照这样写：2026-03-02 08:30"
    ),
    line("有效期至: 2026-04-31", "2026 年 4 月只有 30 天"),
    line("更新时间: 2026-02-01", "早于 时间（date）的 2026-03-01（第 3 行）"),
    line("有效期至: 2026-02-28", "早于 时间（date）的 2026-03-01"),
    line("定时发布: 2026-05-01\n有效期至: 2026-04-01", "早于 定时发布（publish_at）", 5),
    typed("公告", "公示开始: 2026-03-05\n公示结束: 2026-03-01", "早于 公示开始（notice_start）", 6),
    typed("公告", "公示结束: 2025-03-01\n公示开始: 2025-03-05", "早于 公示开始（notice_start）"),
    typed("文件", "施行日期: 2026-05-01\n废止日期: 2026-04-01", "早于 施行日期（effective）", 6),
    typed("文件", "废止日期: 2020-01-01\n施行日期: 2021-01-01", "早于 施行日期（effective）"),
)

CHOICES = (
    line("类型: 新文", "写的是“新文”，只能写：新闻（news）、文件（document）"),
    line("type: story", "写的是“story”，只能写"),
    line("状态: 待定", "只能写：草稿（draft）、发布（published）、隐藏（hidden）"),
    line("status: open", "只能写：草稿（draft）"),
    typed("专题", "状态: 隐藏", "专题（special）不能隐藏"),
    line("推荐位: 头条、首页", "写的是“首页”，只能写：头条（headline）"),
    line("flags:\n  - top\n  - bold", "写的是“bold”", 6),
    typed("文件", "有效性: 作废", "只能写：有效、失效、废止"),
    typed("文件", "validity: valid", "只能写：有效、失效、废止"),
    line("转载: 也许", "写的是“也许”，只能写 是 或 否"),
    line("reprint: 2", "写的是“2”，只能写 是 或 否"),
    line("权重: 高", "要写 -9999 到 9999 的整数"),
    line("权重: 10000", "要写 -9999 到 9999 的整数"),
    line("weight: 1.5", "要写 -9999 到 9999 的整数"),
)

FORMS = (
    typed("文件", "文号: 示组发[2026]12号", "请写成 示组发〔2026〕12号"),
    typed("文件", "文号: 示组发【2026】12号", "请写成 示组发〔2026〕12号"),
    typed("公告", "文号: 示组发（2026）12号", "请写成 示组发〔2026〕12号"),
    typed("公告", "文号: 示组发 〖2026〗 12号", "请写成 示组发〔2026〕12号"),
    line("网址名: 华亭", "只能用小写字母、数字和 - _ ."),
    line("slug: Hua Ting", "例如 hua-ting"),
    line("slug: ../x", "只能用小写字母"),
    line("slug: con", "Windows 保留的名称"),
    line("slug: a.", "例如 a"),
    line(f"slug: {'a' * 101}", "最多 100 个"),
    line("编号: 2026/01", "例如 2026-01"),
    line("id: lpt1.x", "Windows 保留的名称"),
    typed("链接", "外部地址: www.12371.cn", "网址要以 https:// 或 http:// 开头"),
    typed("链接", "外部地址: javascript:alert(1)", "网址要以 https://"),
    typed("链接", "外部地址: https://", "网址里的域名不对"),
    typed("链接", "外部地址: https://a:b@x.cn/", "不能有用户名和密码"),
    line("原文地址: ftp://x.cn/", "网址要以 https:// 或 http:// 开头"),
    line("原文地址: https://x.cn/a b", "网址里不能有空格"),
    line("原文地址: http://x.cn:99999/", "不是网址"),
    line("旧地址: a.html", "旧地址要以一个 / 开头，例如 /a.html"),
    line("旧地址: /a/../b.html", "不能有 . 或 .. 这样的段"),
    line("旧地址: /%2E%2e/b.html", "不能有 . 或 .. 这样的段"),
    line("旧地址: /a%0AOptions.html", "不能有换行之类的控制字符"),
    line("旧地址: /a.asp?x=%00", "不能有换行之类的控制字符"),
    line("旧地址: /a%7f.html", "不能有换行之类的控制字符"),
    line("旧地址: https://x.cn/a.html", "只写从 / 开始的部分，例如 /a.html"),
    line("aliases:\n  - /a.html\n  - //b", "旧地址要以一个 / 开头", 6),
    line("aliases: /", "旧地址不能是首页"),
)

FILES = (
    line("图集: [a.jpg]", "请写成 - {图片: a.jpg, 说明: ……}"),
    line("封面: {说明: 甲}", "封面（cover）缺少 图片（src）"),
    line("封面: [a.jpg]", "只能有一个"),
    line("封面: {图片: a.txt, 说明: 甲}", "不是图片，可用的有 jpg"),
    line("封面: {图片: ../../a.jpg, 说明: 甲}", "路径指到了 content/ 之外"),
    line("封面: {图片: /../a.jpg, 说明: 甲}", "路径指到了 content/ 之外"),
    line("封面: {图片: 'https://x.cn/a.jpg', 说明: 甲}", "不能是网址"),
    typed("图集", "图集:\n  - a.jpg", "请写成 - {图片: a.jpg, 说明: ……}", 6),
    typed("图集", "图集:\n  - {图片: a.jpg, 说明: 甲}\n  - {图片: b.jpg}", "缺少 说明（alt）", 7),
    typed("图集", "图集:\n  - [a.jpg]", "不能再套列表", 6),
    typed("专题", "横幅: a.jpg", "请写成 横幅: {图片: a.jpg, 说明: ……}"),
    typed("专题", "横幅: {图片: a.jpg, alt: }", "缺少 说明（alt）"),
    line(r"附件: 材料\表.doc", "请写成 材料/表.doc"),
    line(r"附件: 'C:\表.doc'", "不能用反斜线"),
    line("附件: C:/表.doc", "不能是网址或电脑上的完整路径"),
    line("附件:\n  - /home/wang/表.doc", "这是电脑上的完整路径", 5),
    line("附件:\n  - 文件: ~/表.doc", "这是电脑上的完整路径", 5),
    line("附件: ../../../etc/passwd", "路径指到了 content/ 之外"),
    line("附件: con.pdf", "Windows 保留的名称"),
    line("附件: 材料./表.pdf", "以点或空格结尾"),
    line("附件: 材料/", "这是文件夹"),
    line("附件:\n  - 名称: 表", "附件（attachments）缺少 文件（file）", 5),
    typed("视频", "视频: {文件: ../../a.mp4}", "路径指到了 content/ 之外"),
    typed("视频", "视频: {文件: a.mp4, 封面: a.txt}", "不是图片"),
    typed("视频", "视频: {封面: a.jpg}", "视频（video）缺少 文件（src）"),
    typed("专题", "版块:\n  - {关键词: 甲}", "版块（blocks）缺少 标题（title）", 6),
    typed("专题", "版块:\n  - {标题: 甲, 条数: 0}", "要写 1 到 50 的整数", 6),
    typed("专题", "版块:\n  - {标题: 甲, 条数: 很多}", "要写 1 到 50 的整数", 6),
    line("审校记录:\n  - {环节: 初审}", "审校记录（reviews）缺少 人员（by）", 5),
)

TOGETHER = (
    line("文号: 示组发〔2026〕12号", "只能用在这些类型：文件（document）、公告（notice）"),
    line("公示结束: 2026-03-05", "只能用在这些类型：公告（notice）；本文是新闻（news）"),
    line("外部地址: https://www.12371.cn/", "只能用在这些类型：链接（link）"),
    typed("公告", "图集: [{图片: a.jpg, 说明: 甲}]", "只能用在这些类型：图集（photo）"),
    typed("页面", "同时列入: tzgg", "本文是页面（page）"),
    typed("图集", "横幅: {图片: a.jpg, 说明: 甲}", "只能用在这些类型：专题（special）"),
    line("转载: 是\n原标题: 甲", "转载的文章要写 来源（source）"),
    line("转载: 是\n来源: 甲", "转载的文章要写 原标题（original_title）"),
    line("转载: 是\n来源: 甲\n原标题:", "转载的文章要写 原标题（original_title）", 6),
)

GROUPS = {
    "structure": STRUCTURE,
    "encoding": ENCODING,
    "keys": KEYS,
    "required": REQUIRED,
    "texts": TEXTS,
    "dates": DATES,
    "choices": CHOICES,
    "forms": FORMS,
    "files": FILES,
    "together": TOGETHER,
}
