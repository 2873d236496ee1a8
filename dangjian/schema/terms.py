"""The words by which an article or a column is described: types, states, flags; their names."""

from datetime import datetime
from typing import Final, Literal

from dangjian.common.timezone import SHANGHAI

NO_DATE: Final = datetime(1970, 1, 1, tzinfo=SHANGHAI)
"""The date of a page or a special that gives none."""

ArticleType = Literal["news", "document", "notice", "photo", "video", "special", "page", "link"]
LineBreaks = Literal["auto", "paragraph", "join"]
Status = Literal["draft", "published", "hidden"]
Flag = Literal["headline", "recommend", "slide", "photo", "top"]
Validity = Literal["有效", "失效", "废止"]
Freshness = Literal["dynamic", "notice", "other", "static"]
PageTemplate = Literal["text", "design"]

TYPE_NAMES: Final[dict[str, str]] = {
    "news": "新闻",
    "document": "文件",
    "notice": "公告",
    "photo": "图集",
    "video": "视频",
    "special": "专题",
    "page": "页面",
    "link": "链接",
}
TYPE_SYNONYMS: Final[dict[str, str]] = {
    **dict.fromkeys(("公示", "通告", "公示公告"), "notice"),
    **dict.fromkeys(("文章", "要闻", "动态", "post", "article"), "news"),
    **dict.fromkeys(("单页", "单页面"), "page"),
    **dict.fromkeys(("组图", "相册", "gallery"), "photo"),
    **dict.fromkeys(("外链", "外部链接"), "link"),
}
STATUS_NAMES: Final[dict[str, str]] = {"draft": "草稿", "published": "发布", "hidden": "隐藏"}
STATUS_SYNONYMS: Final[dict[str, str]] = {
    **dict.fromkeys(("已发布", "公开", "publish", "public"), "published"),
    **dict.fromkeys(("待审", "待审核", "未发布", "撤下", "下线", "private", "pending"), "draft"),
}
FLAG_NAMES: Final[dict[str, str]] = {
    "headline": "头条",
    "recommend": "推荐",
    "slide": "轮播",
    "photo": "图片",
    "top": "置顶",
}
PAGE_TEMPLATE_NAMES: Final[dict[str, str]] = {"text": "正文", "design": "样式"}
FRESHNESS_NAMES: Final[dict[str, str]] = {
    "dynamic": "动态",
    "notice": "公告",
    "other": "一般",
    "static": "固定",
}
LINE_BREAK_NAMES: Final[dict[str, str]] = {
    "auto": "自动",
    "paragraph": "分段",
    "join": "连接",
}
COLUMN_TYPES: Final = (
    "首页",
    "概况信息",
    "机构职能",
    "负责人信息",
    "工作动态",
    "政策文件",
    "信息公开指南",
    "信息公开目录",
    "信息公开年报",
    "依法申请公开",
    "数据发布",
    "数据开放",
    "政策解读",
    "回应关切",
    "办事服务",
    "咨询投诉",
    "征集调查",
    "在线访谈",
)
"""The ColumnType words of 国办发〔2017〕47号; its list ends with an ellipsis, so others may be."""

UNDATED_TYPES: Final = ("page", "special")
"""The types that need no date."""

YES_WORDS: Final = frozenset(("是", "true", "yes", "on", "1"))
NO_WORDS: Final = frozenset(("否", "false", "no", "off", "0"))

NEEDED: Final[dict[str, str]] = {"link": "external_url", "video": "video"}
"""The key without which an article of a type shows nothing."""
