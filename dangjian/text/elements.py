"""The HTML an editor may write in a text: which elements, which attributes, and what the rest is.

One table for the reader of raw HTML (``tags``) and for the sanitiser (``cleaning``), so that what
is reported as left out is what is left out.
"""

from typing import Final

CONTAINERS: Final = frozenset(
    "div section article aside main header footer nav center details blockquote fieldset form "
    "hgroup address body html search".split()
)
"""Blocks between whose tags Markdown is read."""

LEAVES: Final = frozenset("p h1 h2 h3 h4 h5 h6 summary legend".split())
"""Blocks of words."""

WHOLE: Final = frozenset("table ul ol dl pre figure menu dir".split())
"""Blocks that are taken as they are, up to the closing tag."""

PARTS: Final = frozenset(
    "caption col colgroup dd dt figcaption li tbody td tfoot th thead tr".split()
)
"""What belongs into one of ``WHOLE``."""

INLINE: Final = frozenset(
    "a abbr acronym b bdi bdo big blink br button cite code data del dfn em font i img ins "
    "kbd label mark marquee meter nobr output picture progress q rb rp rt rtc ruby s samp "
    "small span strike strong sub sup time tt u var wbr".split()
)
AS_WRITTEN: Final = frozenset("a code kbd samp tt var".split())
"""Inline elements in whose words no Markdown is looked for."""

VOID: Final = frozenset(
    "br hr img wbr col input link meta base source track area embed param bgsound".split()
)

LOST: Final = {
    "script": "脚本",
    "iframe": "嵌入的网页",
    "frame": "框架",
    "frameset": "框架",
    "video": "视频",
    "audio": "音频",
    "bgsound": "背景音乐",
    "object": "嵌入的对象",
    "embed": "嵌入的对象",
    "applet": "嵌入的程序",
    "canvas": "画布",
    "svg": "SVG 图形",
    "math": "公式",
    "input": "表单",
    "select": "表单",
    "textarea": "表单",
    "option": "表单",
    "optgroup": "表单",
    "datalist": "表单",
    "map": "图片热区",
    "noscript": "脚本的替代内容",
    "noframes": "框架的替代内容",
    "template": "模板",
    "title": "网页标题",
    "dialog": "对话框",
    "portal": "嵌入的网页",
}
"""Elements that are left out with all in them, and what an editor calls them."""

SILENT: Final = frozenset("style link meta base head source track param area".split())
"""Elements that only change looks, or say nothing to a reader."""

LOST_ADVICE: Final = {
    "iframe": "请改成链接，例如 [观看视频](https://…)；本站的视频用“类型: 视频”登出",
    "video": "请用“类型: 视频”登出，或改成链接，例如 [观看视频](shipin.mp4)",
    "audio": "请改成链接，例如 [收听录音](luyin.mp3)",
    "embed": "请改成链接，或作为附件登出",
    "object": "请改成链接，或作为附件登出",
    "svg": "请存成图片文件，再写 ![说明](文件名.svg)",
    "math": "请截成图片，再写 ![说明](文件名.png)",
}

RENAMED: Final = {
    "h1": "h2",
    "strike": "s",
    "tt": "code",
    "big": "strong",
    "acronym": "abbr",
    "center": "div",
    "address": "p",
    "header": "section",
    "footer": "section",
    "main": "section",
    "nav": "section",
    "article": "section",
    "aside": "section",
    "fieldset": "section",
    "hgroup": "section",
    "search": "section",
    "menu": "ul",
    "dir": "ul",
    "legend": "p",
}
"""Elements that the page has under another name."""

KNOWN: Final = CONTAINERS | LEAVES | WHOLE | PARTS | INLINE | VOID | frozenset(LOST) | SILENT
"""Names of HTML elements; anything else between ``<`` and ``>`` is text."""

ALLOWED_TAGS: Final = frozenset(
    "a abbr b blockquote br caption cite code col colgroup dd del details div dl dt em figcaption "
    "figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s section small span "
    "strong sub summary sup table tbody td tfoot th thead time tr u ul wbr".split()
)
"""What comes out of the sanitiser."""

ATTRIBUTES: Final = {
    "*": {"class", "id", "title", "lang", "dir"},
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "time": {"datetime"},
    "details": {"open"},
}
LATE_SOURCES: Final = tuple(
    "data-src data-original data-actualsrc data-lazy-src _src zoomfile file".split()
)
"""Where web pages keep the address of a picture that they load late (WeChat, forums)."""

CLASSES: Final = frozenset(
    "lead-in center right small note footnote footnote-ref footnote-backref toc steps".split()
)
"""Classes that the theme knows in a text."""

PARAGRAPH_CLASSES: Final = frozenset("lead-in center right small note".split())
"""Those that an editor may put behind a paragraph: ``{.right}``."""
