"""What a column may say of itself in its ``_column.md``."""

from typing import Annotated

from msgspec import Struct

from dangjian.schema.keys import Key
from dangjian.schema.refs import LINE_BREAKS
from dangjian.schema.terms import COLUMN_TYPES, FRESHNESS_NAMES, Freshness, LineBreaks


class ColumnEntry(Struct, kw_only=True):
    """A column's ``_column.md``."""

    name: Annotated[
        str,
        Key(
            zh="名称",
            about="栏目的名称",
            kind="title",
            example="基层党建",
            advised=20,
            longest=60,
            also=("title",),
            near=("标题", "栏目", "栏目名称"),
            common=True,
        ),
    ]
    slug: Annotated[
        str,
        Key(zh="网址名", about="栏目网址的这一段", kind="slug", example="jcdj", common=True),
    ] = ""
    description: Annotated[
        str,
        Key(
            zh="说明",
            about="一句话说明栏目内容，检查要看（ColumnDescription）",
            near=("描述", "简介", "summary"),
            common=True,
        ),
    ] = ""
    keywords: Annotated[
        tuple[str, ...],
        Key(
            zh="关键词",
            about="几个词（ColumnKeywords）",
            near=("关键字",),
            advised=30,
            common=True,
            by_spaces=True,
        ),
    ] = ()
    type: Annotated[
        str,
        Key(
            zh="栏目类型",
            about="国办发〔2017〕47号规定的用词：" + "、".join(COLUMN_TYPES),
            example="工作动态",
            near=("类型",),
            common=True,
        ),
    ] = "工作动态"
    freshness: Annotated[
        Freshness,
        Key(
            zh="更新类别",
            about="多久不更新算超期：动态 14 天、公告 180 天、一般 365 天、固定不计",
            words=FRESHNESS_NAMES,
            example="一般",
        ),
    ] = "other"
    line_breaks: Annotated[LineBreaks | None, LINE_BREAKS] = None
    order: Annotated[
        int, Key(zh="次序", about="小的排在前面", least=-9999, most=9999, near=("排序", "顺序"))
    ] = 100
    nav: Annotated[
        bool, Key(zh="导航", about="是否放进导航栏", example="是", near=("显示", "导航栏"))
    ] = True
    news: Annotated[
        bool,
        Key(
            zh="列入往期",
            about="文章是否列入首页“最新”和“往期文章”；不是新闻的栏目（例如使用说明）写“否”",
            example="否",
            near=("往期", "归档", "列入最新"),
        ),
    ] = True
    owner: Annotated[str, Key(zh="责任部门", about="负责栏目的科室", near=("负责部门", "部门"))] = (
        ""
    )
    aliases: Annotated[
        tuple[str, ...],
        Key(
            zh="旧地址",
            about="栏目从前的网址；栏目、其中的文章和订阅都会转到新址",
            kind="addresses",
            example="/jcdj/",
        ),
    ] = ()
    has_text: bool = False
