"""Keys of other programs' articles (Hexo, Hugo, Jekyll, WordPress): what to write here instead."""

from typing import Final

from msgspec import Struct


class Foreign(Struct, frozen=True):
    """Another program's key: the advice, and whether leaving it out changes the page.

    One that is ``harmless`` is left out with a notice, any other one is an error.
    """

    advice: str
    harmless: bool = False


_DROP: Final = Foreign("本系统用不着，已略去，可以删去这一行", harmless=True)
_COVER: Final = Foreign("图片请写 封面: {图片: 文件名, 说明: 图里是什么}")
_COLUMN: Final = Foreign("栏目由文件所在的文件夹决定，请删去这一行；还要列入别的栏目，写 同时列入")
_ADDRESS: Final = Foreign("网址的最后一段写 网址名，从前的网址写 旧地址: [/…/….html]")
_UPDATED: Final = Foreign("请写 更新时间")
_EXPIRES: Final = Foreign("请写 有效期至")
_SCHEDULED: Final = Foreign("请写 定时发布")
_TOP: Final = Foreign("置顶请写 推荐位: [置顶]")
_PLACE: Final = Foreign("放到首页哪里请写 推荐位，例如 推荐位: [头条]、推荐位: [推荐、轮播]")
_SECRET: Final = Foreign("本系统没有加密的页面，知道网址的人都能打开；不公开的请写 状态: 草稿")

STATES: Final = {
    **dict.fromkeys(("draft", "unpublished", "草稿"), ("draft", "")),
    **dict.fromkeys(("published", "发布", "公开"), ("", "draft")),
}
"""Keys that say whether an article is public: the status for yes and for no (empty: as is)."""

FOREIGN: Final[dict[str, Foreign]] = {
    **dict.fromkeys(
        ("categories", "cat", "section", "archives", "频道", "所属栏目", "栏目名称", "分类"),
        _COLUMN,
    ),
    **dict.fromkeys(("头条", "推荐", "轮播", "首页", "首页推荐"), _PLACE),
    **dict.fromkeys(
        (
            "image", "images", "thumbnail", "thumb", "img", "photo", "cover_image", "coverimage",
            "featured_image", "featuredimage", "featureimage", "feature", "banner_img", "top_img",
            "index_img", "header_img", "og_image", "header", "headimg",
        ),
        _COVER,
    ),
    **dict.fromkeys(("permalink", "abbrlink", "slugs", "guid", "post_name"), _ADDRESS),
    **dict.fromkeys(("redirect_from", "redirect_to", "redirects", "old_url"),
                    Foreign("从前的网址请写 旧地址: [/…/….html]")),
    **dict.fromkeys(
        ("lastmod", "last_modified_at", "lastmodified", "modified_date", "updated_at",
         "date_modified", "post_modified"),
        _UPDATED,
    ),
    **dict.fromkeys(("expirydate", "expiry_date", "unpublishdate", "expire", "expiration"),
                    _EXPIRES),
    **dict.fromkeys(("publishdate", "publish_date", "pub_date", "release_date"), _SCHEDULED),
    **dict.fromkeys(("created", "created_at", "post_date", "published_at"), Foreign("请写 时间")),
    **dict.fromkeys(("sticky", "pin", "pinned", "top", "istop", "stick", "置顶", "是否置顶"), _TOP),
    **dict.fromkeys(("password", "encrypt", "protected"), _SECRET),
    **dict.fromkeys(("series", "topics", "collection"),
                    Foreign("归入专题请写 专题: [专题的文件名]")),
    **dict.fromkeys(("linktitle", "link_title", "nav_title"), Foreign("请写 短标题")),
    **dict.fromkeys(("excerpt", "abstract", "intro", "subject", "desc", "description"),
                    Foreign("请写 摘要")),
    **dict.fromkeys(("photos", "album", "pictures"), Foreign("一组图片请写 类型: 图集 和 图集")),
    **dict.fromkeys(("copyright_info", "copyright_author", "post_author", "writer"),
                    Foreign("请写 作者 或 来源")),
    **dict.fromkeys(
        ("name", "名称"),
        Foreign("文章请写 标题；这是栏目的说明文件的，请把文件改名为 _column.md"),
    ),
    "hidden": Foreign("有页面、不进列表的，请写 状态: 隐藏"),
    "post_status": Foreign("请写 状态: 草稿 或 状态: 发布"),
    "sequence": Foreign("同一位置上的先后请写 权重"),
    "resources": Foreign("供下载的文件请写 附件，一组图片请写 图集"),
    **dict.fromkeys(
        (
            "layout", "comments", "comment", "toc", "mathjax", "math", "katex", "mermaid", "aside",
            "sidebar", "copyright", "license", "reward", "share", "lang", "language", "template",
            "iscjklanguage", "markup", "outputs", "cascade", "post_type", "comment_status",
            "ping_status", "disqus", "sitemap", "robots", "noindex", "reading_time", "readtime",
            "read_time", "wordcount", "highlight", "highlight_shrink", "hiddenfromhomepage",
            "showtoc", "tocopen", "hidetoc", "disablecomments", "noauthor", "nodate",
            "excerpt_separator", "background", "theme", "css", "js", "aplayer", "ads", "adsense",
            "mail", "prev", "next", "editlink", "lastupdated", "head", "outline", "post_id",
            "浏览量", "浏览次数", "阅读量", "点击量", "点击数", "点击次数", "访问量", "字数",
            "wordpress_id", "enablecomment", "auto_excerpt", "no_toc", "toc_number", "keyword_url",
        ),
        _DROP,
    ),
}  # fmt: skip
"""By the key's name as ``keys.normal`` folds it."""
