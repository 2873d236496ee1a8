"""What an article may say of itself: the one typed model of its front matter.

Validation, the editors' reference table and the front matter that ``new`` writes are all made from
the annotations here and in ``refs``; nothing else lists the keys.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from dangjian.schema.keys import Key
from dangjian.schema.refs import (
    LINE_BREAKS,
    PAGE_TEMPLATE,
    AttachmentRef,
    BlockRef,
    PictureRef,
    Review,
    VideoRef,
)
from dangjian.schema.terms import (
    FLAG_NAMES,
    STATUS_NAMES,
    STATUS_SYNONYMS,
    TYPE_NAMES,
    TYPE_SYNONYMS,
    ArticleType,
    Flag,
    LineBreaks,
    PageTemplate,
    Status,
    Validity,
)

_DATED = ("news", "document", "notice", "photo", "video", "special", "link")
_FORMAL = ("document", "notice")


class Entry(Struct, kw_only=True):
    """One article's front matter, checked and typed. Dates are Asia/Shanghai (+08:00).

    A page or special without a date has ``NO_DATE``. ``date`` is when the article is public: the
    later of 时间 and 定时发布; ``written`` is 时间 where that is the earlier one. ``untimed``: it
    was given as a day, so no page shows the 00:00. ``expires``, ``top_until`` and
    ``notice_end`` given as a day last to the end of it (23:59:59).
    """

    title: Annotated[
        str,
        Key(
            zh="标题",
            about="文章标题，60 字以内为宜",
            kind="title",
            example="示例市：三项措施推进城市基层党建",
            advised=60,
            longest=200,
            near=("题目", "名称", "headline"),
            common=True,
        ),
    ]
    date: Annotated[
        datetime,
        Key(
            zh="时间",
            about="发布时间；页面和专题可以不写",
            example="2026-03-02 08:30",
            near=("日期", "发布时间", "发布日期", "pubdate", "time"),
            common=True,
        ),
    ]
    type: Annotated[
        ArticleType,
        Key(
            zh="类型",
            about="文章的类型，不写就是新闻",
            words=TYPE_NAMES,
            synonyms=TYPE_SYNONYMS,
            example="新闻",
        ),
    ] = "news"
    id: Annotated[
        str,
        Key(
            zh="编号",
            about="本文固定不变的编号，定了不再改；网址和订阅靠它认文章",
            kind="code",
            example="20260302083000",
        ),
    ] = ""
    slug: Annotated[
        str,
        Key(
            zh="网址名",
            about="网址最后一段，只用小写字母、数字和 -",
            kind="slug",
            example="chengshi-dangjian",
        ),
    ] = ""
    shoulder_title: Annotated[
        str, Key(zh="引题", about="标题上方的一行", near=("肩题", "眉题"), longest=100)
    ] = ""
    subtitle: Annotated[str, Key(zh="副题", about="标题下方的一行", near=("副标题",))] = ""
    short_title: Annotated[
        str, Key(zh="短标题", about="地方窄时（首页、列表）代替标题", longest=60)
    ] = ""
    updated: Annotated[
        datetime | None,
        Key(zh="更新时间", about="改过以后的时间", example="2026-03-03 09:00", also=("modified",)),
    ] = None
    source: Annotated[
        str,
        Key(
            zh="来源",
            about="稿件来源，不写就是本单位",
            example="《示例组工》",
            near=("信息来源", "稿源", "出处"),
            common=True,
            longest=100,
        ),
    ] = ""
    author: Annotated[
        tuple[str, ...],
        Key(
            zh="作者",
            about="作者、通讯员，几位用顿号隔开",
            example="示例通讯员、示例记者",
            also=("authors",),
            near=("通讯员", "记者"),
            longest=100,
            common=True,
        ),
    ] = ()
    editor: Annotated[
        tuple[str, ...],
        Key(
            zh="责任编辑",
            about="责任编辑，印在文末",
            example="示例编辑",
            near=("编辑", "责编", "editors"),
            longest=100,
            common=True,
        ),
    ] = ()
    proofreader: Annotated[tuple[str, ...], Key(zh="校对", about="校对人", longest=100)] = ()
    reviewer: Annotated[tuple[str, ...], Key(zh="审核", about="审核人", longest=100)] = ()
    issuer: Annotated[tuple[str, ...], Key(zh="签发", about="签发人", longest=100)] = ()
    reviews: Annotated[
        tuple[Review, ...], Key(zh="审校记录", about="三审三校的记录，不公开", near=("审核记录",))
    ] = ()
    column: Annotated[
        str,
        Key(
            zh="栏目",
            about="所在栏目；不写就是文件所在的文件夹",
            example="dangjian/jiceng",
            also=("category",),
        ),
    ] = ""
    also_in: Annotated[
        tuple[str, ...], Key(zh="同时列入", about="还列在哪些栏目里", types=_DATED)
    ] = ()
    keywords: Annotated[
        tuple[str, ...],
        Key(
            zh="关键词",
            about="几个词，用顿号隔开；相关文章靠它找",
            example="基层党建、社区治理",
            advised=30,
            near=("关键字", "keyword", "主题词"),
            common=True,
            by_spaces=True,
        ),
    ] = ()
    tags: Annotated[
        tuple[str, ...],
        Key(zh="标签", about="标签，用顿号隔开；每个标签有一页", advised=30, by_spaces=True),
    ] = ()
    special: Annotated[
        tuple[str, ...],
        Key(zh="专题", about="归入哪些专题（写专题的网址名）", types=_DATED, by_title=True),
    ] = ()
    summary: Annotated[
        str,
        Key(
            zh="摘要",
            about="120 字以内；不写就取正文开头",
            advised=120,
            longest=1000,
            near=("简介", "概要", "description", "导读"),
            common=True,
        ),
    ] = ""
    cover: Annotated[
        PictureRef | None,
        Key(
            zh="封面",
            about="列表和转发时用的图片",
            near=("封面图", "题图"),
            common=True,
            lenient=("alt",),
        ),
    ] = None
    focus: Annotated[
        str,
        Key(
            zh="焦点",
            about="裁剪封面时要留住的地方；没有写封面、用正文图片时也管用",
            kind="focus",
            example="左上",
        ),
    ] = ""
    flags: Annotated[
        tuple[Flag, ...],
        Key(zh="推荐位", about="放到首页哪些位置", words=FLAG_NAMES, by_spaces=True),
    ] = ()
    top_until: Annotated[
        datetime | None,
        Key(zh="置顶至", about="置顶到哪天为止", kind="until", example="2026-12-31"),
    ] = None
    weight: Annotated[
        int, Key(zh="权重", about="同一位置上，大的排在前面", least=-9999, most=9999)
    ] = 0
    line_breaks: Annotated[LineBreaks | None, LINE_BREAKS] = None
    status: Annotated[
        Status,
        Key(
            zh="状态",
            about="草稿不公开；隐藏的有页面、不进列表",
            words=STATUS_NAMES,
            synonyms=STATUS_SYNONYMS,
        ),
    ] = "published"
    publish_at: Annotated[
        datetime | None, Key(zh="定时发布", about="到这个时间才公开", example="2026-12-31 08:00")
    ] = None
    expires: Annotated[
        datetime | None,
        Key(zh="有效期至", about="过了这个时间不再公开", kind="until", example="2026-12-31"),
    ] = None
    reprint: Annotated[bool, Key(zh="转载", about="是不是转载；是就要写来源和原标题")] = False
    original_title: Annotated[str, Key(zh="原标题", about="转载的原标题")] = ""
    original_url: Annotated[
        str,
        Key(zh="原文地址", about="转载的原文网址", kind="web", near=("原文链接",)),
    ] = ""
    canonical_url: Annotated[
        str,
        Key(
            zh="规范网址",
            about="本文在另一网站上为准的网址，例如上级网站的原文；搜索引擎只收录那一篇",
            kind="web",
            near=("canonical",),
        ),
    ] = ""
    external_url: Annotated[
        str,
        Key(
            zh="外部地址",
            about="“链接”类文章点开去的网址",
            kind="web",
            example="https://www.12371.cn/",
            types=("link",),
            near=("链接", "外部链接", "url", "link"),
        ),
    ] = ""
    attachments: Annotated[
        tuple[AttachmentRef, ...], Key(zh="附件", about="供下载的文件", near=("下载",), common=True)
    ] = ()
    gallery: Annotated[
        tuple[PictureRef, ...],
        Key(zh="图集", about="一组图片，每张都要有说明", types=("photo",), near=("图片",)),
    ] = ()
    video: Annotated[
        VideoRef | None, Key(zh="视频", about="视频文件、封面、字幕、文字稿", types=("video",))
    ] = None
    doc_number: Annotated[
        str,
        Key(
            zh="文号",
            about="发文字号，年份用六角括号〔〕",
            kind="doc_number",
            types=_FORMAL,
            example="示组发〔2026〕12号",
            near=("发文字号", "发文号", "文件号"),
        ),
    ] = ""
    index_number: Annotated[
        str,
        Key(zh="索引号", about="信息公开索引号", types=_FORMAL, example="01234567-8/2026-00012"),
    ] = ""
    issuer_org: Annotated[
        str,
        Key(
            zh="发文机关",
            about="发文的机关",
            types=_FORMAL,
            example="中共示例市委组织部",
            near=("发布机构", "发文单位"),
        ),
    ] = ""
    issued: Annotated[
        datetime | None,
        Key(zh="成文日期", about="文件落款的日期", types=_FORMAL, example="2026-03-01"),
    ] = None
    topic: Annotated[str, Key(zh="主题分类", about="文件的主题分类", types=_FORMAL)] = ""
    publicity: Annotated[
        str, Key(zh="公开形式", about="主动公开、依申请公开等", types=_FORMAL, example="主动公开")
    ] = ""
    dept: Annotated[str, Key(zh="责任部门", about="负责的科室", types=_FORMAL)] = ""
    validity: Annotated[
        Validity | None, Key(zh="有效性", about="文件现在是否有效", types=_FORMAL, example="有效")
    ] = None
    effective: Annotated[
        datetime | None,
        Key(
            zh="施行日期",
            about="从哪天起施行",
            types=_FORMAL,
            example="2026-04-01",
            near=("生效日期",),
        ),
    ] = None
    repealed: Annotated[
        datetime | None,
        Key(zh="废止日期", about="从哪天起废止", types=_FORMAL, near=("失效日期",)),
    ] = None
    interprets: Annotated[
        tuple[str, ...],
        Key(
            zh="解读",
            about="本文解读哪些文件（编号、文件名或路径）",
            by_title=True,
            types=("news", "document", "notice", "photo", "video", "page"),
        ),
    ] = ()
    interpreted_by: Annotated[
        tuple[str, ...],
        Key(
            zh="被解读", about="哪些文章解读本文", types=_FORMAL, near=("解读材料",), by_title=True
        ),
    ] = ()
    notice_start: Annotated[
        datetime | None,
        Key(zh="公示开始", about="公示从哪天开始", types=("notice",), example="2026-03-02"),
    ] = None
    notice_end: Annotated[
        datetime | None,
        Key(
            zh="公示结束",
            about="公示到哪天为止（含当天）",
            kind="until",
            types=("notice",),
            example="2026-03-06",
        ),
    ] = None
    contact: Annotated[
        str,
        Key(zh="联系方式", about="联系人和电话", types=_FORMAL, example="0000-1230000"),
    ] = ""
    report_phone: Annotated[
        str,
        Key(
            zh="举报电话", about="受理举报的电话", kind="phone", types=("notice",), example="12380"
        ),
    ] = ""
    banner: Annotated[
        PictureRef | None, Key(zh="横幅", about="专题页顶上的图片", types=("special",))
    ] = None
    blocks: Annotated[
        tuple[BlockRef, ...], Key(zh="版块", about="专题页里的版块", types=("special",))
    ] = ()
    aliases: Annotated[
        tuple[str, ...],
        Key(
            zh="旧地址",
            about="从前的网址，以 / 开头；会转到新址",
            kind="addresses",
            example="/html/2019/123.html",
        ),
    ] = ()
    page_template: Annotated[PageTemplate, PAGE_TEMPLATE] = "text"
    written: datetime | None = None
    untimed: bool = False

    @property
    def filed(self) -> datetime:
        """The day and month its address has: 时间 as written, which no schedule moves."""
        return self.written or self.date


def named_files(entry: Entry | None) -> tuple[str, ...]:
    """The files, below ``content/``, that an article's front matter names, pictures apart."""
    if entry is None:
        return ()
    video = entry.video
    played = (video.src, video.captions, video.transcript) if video else ()
    return tuple(filter(None, (*(one.file for one in entry.attachments), *played)))
