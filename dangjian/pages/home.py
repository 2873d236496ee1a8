"""The home page: headline, pictures, the latest, a block for each chosen column, specials."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any

from dangjian.common.digests import digest
from dangjian.content.archive import Item
from dangjian.content.columns import Column
from dangjian.pages.columns import column_items
from dangjian.pages.plan import Page
from dangjian.pages.portal import Portal, block, block_digest, page_context
from dangjian.pages.presenter import breadcrumb, column_link
from dangjian.rendering import views

RECOMMENDED = 6
NOTICES = 6
BLOCK = 6


class _Choice:
    """The items each part of the home page shows.

    From the top of the page down, each article is in the first place that wants it, and in no
    other; only 最新 has what is new whether it is elsewhere or not.
    """

    def __init__(self, portal: Portal) -> None:
        home, archive = portal.office.home, portal.archive
        newest = [item for item in reversed(archive.items) if item.entry.type != "special"]
        covered = portal.presenter.cover
        self._shown: set[str] = set()
        headline = _headline(newest)
        self.headline = self._take([headline] if headline else [], 1)
        self.slides = self._take((i for i in _flagged(newest, "slide") if covered(i)), home.slides)
        self.latest = archive_newest(archive.news(), home.latest)
        self.recommended = self._take(_flagged(newest, "recommend"), RECOMMENDED)
        self.notice_column, notices = (
            column_items(portal, home.notices) if home.notices else (None, ())
        )
        self.notices = self._take(reversed(notices), NOTICES)
        self.blocks: list[tuple[Column | None, list[Item]]] = []
        for name in home.blocks:
            column, items = column_items(portal, name)
            self.blocks.append((column, self._take(reversed(items), BLOCK)))
        self.specials = list(reversed(archive.specials))[: home.specials]
        self.photos = self._take((i for i in newest if _is_photo(i) and covered(i)), home.photos)
        self.videos = self._take((i for i in newest if i.entry.type == "video"), home.videos)

    def _take(self, items: Iterable[Item], limit: int) -> list[Item]:
        """The first ``limit`` of ``items`` that no part further up has."""
        taken = list(islice((item for item in items if item.path not in self._shown), limit))
        self._shown.update(item.path for item in taken)
        return taken


def plan_home(portal: Portal) -> Iterator[Page]:
    """The home page; it reads the cards it shows and nothing else."""
    choice = _Choice(portal)
    presenter = portal.presenter
    shown = [
        presenter.digests(choice.headline) + b"-",
        presenter.digests(choice.slides),
        presenter.mention_digests(choice.latest),
        presenter.mention_digests(choice.recommended),
        presenter.digests(choice.photos),
        presenter.digests(choice.videos),
        presenter.digests(choice.specials) + specials_url(portal).encode(),
    ]
    shown.append(presenter.column_digest(choice.notice_column))
    shown.append(block_digest(portal, choice.notices))
    for column, items in choice.blocks:
        shown.append(presenter.column_digest(column) + block_digest(portal, items, lead=True))
    yield Page("index.html", "home.html", (digest(*shown),), partial(_context, portal, choice))


def _context(portal: Portal, choice: _Choice) -> dict[str, Any]:
    cards, mentions = portal.presenter.cards, portal.presenter.mentions
    notice_column = choice.notice_column
    blocks = (
        block(portal, column.name, column.url, items, lead=True)
        for column, items in choice.blocks
        if column is not None
    )
    home = views.Home(
        headline=portal.presenter.card(choice.headline[0]) if choice.headline else None,
        slides=cards(choice.slides),
        latest=views.Block("最新", "archive/index.html", mentions(choice.latest)),
        recommended=views.Block("推荐", "", mentions(choice.recommended)),
        notices=block(
            portal,
            notice_column.name if notice_column else "",
            notice_column.url if notice_column else "",
            choice.notices,
        ),
        photos=views.Block("图片新闻", _common_column(choice.photos), cards(choice.photos)),
        videos=views.Block("视频", _common_column(choice.videos), cards(choice.videos)),
        blocks=tuple(one for one in blocks if one.lead),
        specials=special_cards(portal, choice.specials),
        specials_url=specials_url(portal),
        year=f"{choice.latest[0].entry.date.year:04}" if choice.latest else "",
    )
    crumbs = breadcrumb(None)
    return page_context("home", portal.heads.home(), crumbs, "index.html", home=home)


def specials_url(portal: Portal) -> str:
    """Where all specials are listed: in their column if they have one of their own."""
    column = specials_column(portal)
    return column.url if column else "specials.html" if portal.archive.specials else ""


def specials_column(portal: Portal) -> Column | None:
    """The column that has all specials and nothing else, if there is one."""
    specials = portal.archive.specials
    column = specials[0].column if specials else None
    if column is None or any(special.column is not column for special in specials):
        return None
    return column if len(portal.archive.in_column[column.folder]) == len(specials) else None


def special_cards(portal: Portal, specials: Sequence[Item]) -> tuple[views.SpecialCard, ...]:
    """Specials as home and the list of specials show them."""
    return tuple(
        views.SpecialCard(
            special.entry.title,
            special.address,
            special.entry.summary or special.record.excerpt,
            portal.presenter.cover(special),
        )
        for special in specials
    )


def archive_newest(items: Sequence[Item], limit: int) -> list[Item]:
    """The newest articles, newest first; specials and links out are no news."""
    news = (item for item in reversed(items) if item.entry.type not in ("special", "link"))
    return list(islice(news, limit))


def _flagged(newest: Sequence[Item], flag: str) -> list[Item]:
    found = [item for item in newest if flag in item.entry.flags]
    return sorted(found, key=lambda item: -item.entry.weight)


def _headline(newest: Sequence[Item]) -> Item | None:
    flagged = [item for item in newest if "headline" in item.entry.flags]
    return max(flagged, key=lambda item: item.entry.weight, default=None)


def _is_photo(item: Item) -> bool:
    return item.entry.type == "photo" or "photo" in item.entry.flags


def _common_column(items: Sequence[Item]) -> str:
    """Where «更多» of a block leads: the column all its items share, if there is one."""
    columns = {item.column.folder: item.column for item in items if item.column is not None}
    return column_link(columns.popitem()[1]).url if len(columns) == 1 else ""
