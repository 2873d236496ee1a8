"""What an article names besides words: pictures, files, a video, blocks of a special, reviews."""

from typing import Annotated, Final

from msgspec import Struct

from dangjian.schema.keys import Key
from dangjian.schema.terms import LINE_BREAK_NAMES, PAGE_TEMPLATE_NAMES

LINE_BREAKS: Final = Key(
    zh="换行",
    about="正文里的单个换行：自动判断，一行一段（分段），或者连成一段（连接）",
    words=LINE_BREAK_NAMES,
    example="自动",
    near=("断行", "分行"),
)
"""The key by which an article, or a column for its articles, says what a single line break is."""
PAGE_TEMPLATE: Final = Key(
    zh="模板",
    about="“样式”在正文后面列出本站的颜色、字号和全部组件，供改版时核对；一般不写",
    words=PAGE_TEMPLATE_NAMES,
    types=("page",),
)
"""The key by which a page asks for more than its text."""


class PictureRef(Struct, frozen=True):
    """A picture an article names: ``src`` relative to ``content/``."""

    src: Annotated[
        str, Key(zh="图片", about="图片文件，相对本文所在文件夹", kind="picture", example="1.jpg")
    ]
    alt: Annotated[
        str,
        Key(
            zh="说明",
            about="图里是什么，读给看不见图的人",
            example="图里是什么",
            near=("文字说明",),
        ),
    ]
    caption: Annotated[str, Key(zh="图注", about="印在图下的文字")] = ""
    focus: Annotated[
        str, Key(zh="焦点", about="裁剪时要留住的地方", kind="focus", example="左上")
    ] = ""
    line: int = 0


class AttachmentRef(Struct, frozen=True):
    """A file offered for download: ``file`` relative to ``content/``."""

    file: Annotated[
        str, Key(zh="文件", about="附件文件，相对本文所在文件夹", kind="path", example="fujian.pdf")
    ]
    title: Annotated[
        str, Key(zh="名称", about="列在页面上的名称，不写就用文件名", example="附件名称")
    ] = ""
    line: int = 0


class VideoRef(Struct, frozen=True):
    """A video next to the article (paths relative to ``content/``)."""

    src: Annotated[
        str,
        Key(
            zh="文件",
            about="视频文件（mp4、webm）",
            kind="path",
            example="shipin.mp4",
            elsewhere="别的网站上的视频不能在本页播放；请写 类型: 链接 和 外部地址，"
            "或者在正文里写 [观看视频](网址)",
        ),
    ]
    poster: Annotated[str, Key(zh="封面", about="播放前显示的图片", kind="picture")] = ""
    captions: Annotated[str, Key(zh="字幕", about="字幕文件（vtt）", kind="path")] = ""
    transcript: Annotated[str, Key(zh="文字稿", about="文字稿文件", kind="path")] = ""
    line: int = 0


class BlockRef(Struct, frozen=True):
    """A block of a special: the special's articles with one of these keywords, or of a column."""

    title: Annotated[str, Key(zh="标题", about="版块的标题", example="进展")]
    keywords: Annotated[
        tuple[str, ...],
        Key(zh="关键词", about="收哪些关键词的文章", example="基层党建", by_spaces=True),
    ] = ()
    column: Annotated[str, Key(zh="栏目", about="或收哪个栏目的文章")] = ""
    limit: Annotated[int, Key(zh="条数", about="最多列几条", least=1, most=50)] = 6
    line: int = 0


class Review(Struct, frozen=True):
    """One review (三审三校): which stage, by whom, when. Never shown to the public."""

    stage: Annotated[
        str, Key(zh="环节", about="初审、复审、终审，或一校、二校、三校", example="初审")
    ]
    by: Annotated[str, Key(zh="人员", about="谁审的", example="示例编辑")]
    at: Annotated[str, Key(zh="时间", about="什么时候审的", example="2026-03-05")] = ""
    line: int = 0
