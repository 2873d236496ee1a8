"""The page of all components (``模板: 样式``): tokens as the style sheet has them, and samples."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from dangjian.common.timezone import SHANGHAI
from dangjian.rendering import views
from dangjian.rendering.palette import (
    LAYOUTS,
    MODES,
    ColourPair,
    TypeSize,
    colour_pairs,
    type_sizes,
)

_HERE = "#main"
_DAY = datetime(2026, 11, 20, 9, 30, tzinfo=SHANGHAI)
_SUMMARY = "摘要最多两行，写清谁、做了什么、结果怎样；再长的不显示，读者点开标题看全文。"
_TITLES = (
    "示例市：三项措施推进城市基层党建",
    "关于2026年度优秀党务工作者推荐人选的公示",
    "青石街道把“小切口”写成清单，逐项贴在楼院窗口上，居民看得见、问得着",
    "柳河镇夜校开课",
    "河湾区召开基层党建工作推进会",
)


class Design(Struct, frozen=True):
    """The theme's tokens, and samples of what templates show, for the page of all components.

    ``listings`` are a page amid others, one of notices, and an empty one.
    """

    modes: tuple[str, ...]
    colours: tuple[ColourPair, ...]
    layouts: tuple[str, ...]
    sizes: tuple[TypeSize, ...]
    cards: tuple[views.Card, ...]
    blocks: tuple[views.Block, ...]
    alone: views.Block
    pictures: views.Block
    listings: tuple[views.Listing, views.Listing, views.Listing]
    picture: views.Picture | None


def design_view(style: str, picture: views.Picture | None) -> Design:
    """The tokens of a style sheet, and cards, some with ``picture``.

    The style sheet's name tells its content and is in every page, so that no digest is needed.
    """
    cards = tuple(
        views.Card(_HERE, title, _DAY - timedelta(days=30 * number), "news", summary=_SUMMARY)
        for number, title in enumerate(_TITLES)
    )
    pictured = [replace(card, cover=picture) for card in cards[:2]]
    states = (
        ("open", "进行中", "12月18日截止"),
        ("upcoming", "未开始", "12月1日开始"),
        ("closed", "已结束", ""),
    )
    notices = tuple(
        replace(card, type="notice", status=status, label=label, due=due)
        for card, (status, label, due) in zip(cards, states, strict=False)
    )
    notices += (replace(cards[3], draft="草稿"),)
    cards = (replace(pictured[0], top=True), pictured[1], *cards[2:])
    amid = views.Listing(cards, 2, 0, _HERE, _HERE, _HERE, _HERE, pinned=True)
    return Design(
        modes=MODES,
        colours=colour_pairs(style),
        layouts=LAYOUTS,
        sizes=type_sizes(style),
        cards=cards,
        blocks=(
            views.Block("有图的头一条", _HERE, cards[1:], cards[0]),
            views.Block("没有图的头一条", _HERE, cards[3:], cards[3]),
            views.Block("只有标题", "", notices),
        ),
        alone=views.Block("只有一条", "", cards[:1]),
        pictures=views.Block("", "", cards[:3]),
        listings=(amid, views.Listing(notices, 1, pinned=True), views.Listing(())),
        picture=picture,
    )
