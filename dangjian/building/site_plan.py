"""The whole site from an arranged archive: every output planned, then made where it is new."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from dangjian.building.moved import find_moved, note_moved, read_addresses
from dangjian.building.problems import linking_texts
from dangjian.building.produce import SEARCH_FOLDER, Producer
from dangjian.building.scope import WHOLE, Scope
from dangjian.building.stored_downloads import store_downloads
from dangjian.building.stored_redirects import store_redirects
from dangjian.common.digests import digest
from dangjian.common.versions import code_version
from dangjian.content.archive import Archive
from dangjian.content.catalogue import Catalogue, SourceRow
from dangjian.content.columns import COLUMN_FILE
from dangjian.content.files import published_files, whole_picture
from dangjian.content.root_files import ICON, ROBOTS, drop_taken, read_root_file
from dangjian.feeds.channels import ChannelPlan, plan_channels
from dangjian.feeds.make import FeedMaker
from dangjian.inspection.settings import settings_problems
from dangjian.pages.articles import DESIGN, plan_articles
from dangjian.pages.columns import plan_columns
from dangjian.pages.footer import footer_items
from dangjian.pages.heads import Heads
from dangjian.pages.home import plan_home
from dangjian.pages.icon import plan_icon
from dangjian.pages.lists import plan_archive, plan_specials, plan_tags
from dangjian.pages.offered import download_names
from dangjian.pages.plan import CopiedFile, GeneratedFile, Page
from dangjian.pages.portal import Portal
from dangjian.pages.presenter import Presenter
from dangjian.pages.redirects import Aliases, gather_aliases
from dangjian.pages.service import plan_redirects, plan_service
from dangjian.pages.share import plan_share_picture
from dangjian.pages.sitemaps import make_sitemaps
from dangjian.rendering import views
from dangjian.rendering.assets import Asset, build_assets
from dangjian.rendering.dependencies import theme_digest
from dangjian.rendering.renderer import Job, RenderSetup, Text
from dangjian.settings.workspace import Workplace
from dangjian.text.line_breaks import breakable

_UNLISTED = frozenset({"404.html", "search.html"})
"""Pages that are in no site map."""
_PICTURES_FIRST = frozenset({"photo", "video", "special"})
"""Types whose pages begin with pictures of their own, before any of the text."""


class SitePlan(Struct, eq=False):
    """Everything a build may make: the portal, its assets and channels, the render setup."""

    place: Workplace
    portal: Portal
    assets: dict[str, Asset]
    channels: list[ChannelPlan]
    setup: RenderSetup

    @property
    def common(self) -> bytes:
        """Covers what every output may read: the code, the site's own view, the office.

        When it is built, and by how many workers, shapes nothing by itself.
        """
        office = msgspec.structs.replace(self.portal.office, build_at=None, workers=0)
        return digest(
            code_version(),
            msgspec.msgpack.encode(self.setup.site),
            self.setup.absolute_root,
            msgspec.msgpack.encode(office),
        )


def plan_site(place: Workplace, presenter: Presenter, sources: Mapping[str, SourceRow]) -> SitePlan:
    """Plan the site of one archive; ``sources`` are all there are, columns included."""
    office = place.office
    assets = build_assets(place.theme / "static", place.cache)
    style = assets["site.css"].data.decode() if "site.css" in assets else ""
    heads = Heads(office, presenter)
    portal = Portal(presenter.archive, presenter, office, heads, sources, style)
    channels = plan_channels(portal)
    site = site_view(place, presenter, assets, channels[0].link)
    portal.heads.use_channels({channel.url: channel.link for channel in channels})
    prefix = urlsplit(portal.heads.base_url).path.rstrip("/") + "/"
    setup = RenderSetup(
        templates=place.template_folders,
        output=str(place.output),
        catalogue=str(place.catalogue),
        site=site,
        absolute_root=prefix,
        theme=theme_digest(place.template_folders),
        strict=place.strict,
    )
    return SitePlan(place, portal, assets, channels, setup)


def site_view(
    place: Workplace,
    presenter: Presenter,
    assets: Mapping[str, Asset],
    feed: views.FeedLink,
) -> views.Site:
    """What every page knows of the site."""
    office, archive = place.office, presenter.archive
    columns = [column for column in archive.columns.top if column.entry.nav]
    nav = tuple(
        views.Link(
            column.name,
            column.url,
            children=tuple(
                views.Link(child.name, child.url) for child in column.children if child.entry.nav
            ),
        )
        for column in columns
    )
    emblem = presenter.picture(office.emblem) if office.emblem else None
    label = office.breadcrumb_label
    return views.Site(
        name=office.name,
        url=office.url,
        owner=office.owner,
        organizer=office.organizer,
        description=office.description,
        nav=nav,
        top_links=tuple(views.Link(link.name, link.url) for link in office.top_links),
        footer=footer_items(office, presenter.picture),
        footer_links=tuple(views.Link(link.name, link.url) for link in office.footer_links),
        link_groups=tuple(
            views.LinkGroup(group.title, tuple(views.Link(x.name, x.url) for x in group.links))
            for group in office.link_groups
        ),
        emblem=emblem,
        masthead=office.masthead,
        grayscale=office.is_gray(presenter.now),
        breadcrumb_label=label if label.endswith(("：", ":")) else f"{label}：",
        external_mode=office.external_links.mode,
        external_allow=office.external_links.allow,
        hot_words=office.hot_words,
        assets={name: asset.url for name, asset in sorted(assets.items())},
        feed=feed,
        icon=_linked_icon(archive, emblem),
        preview=place.drafts,
    )


def _linked_icon(archive: Archive, emblem: views.Picture | None) -> str:
    """The address of an icon of the office's own; that of the theme is among its assets."""
    drawn = emblem is not None and not emblem.url.endswith(".svg")
    return ICON if drawn or ICON in archive.root_files else ""


def plan_pages(plan: SitePlan, scope: Scope) -> Iterator[Page]:
    """Every page in ``scope`` that a template makes, but for redirects."""
    portal, archive = plan.portal, plan.portal.archive
    if scope.texts is not None:
        return plan_articles(portal, [archive.by_path[path] for path in scope.texts])
    return chain(
        plan_home(portal),
        plan_columns(portal),
        plan_articles(portal, chain(archive.items, archive.pages, archive.hidden)),
        plan_specials(portal),
        plan_tags(portal),
        plan_archive(portal),
        plan_service(portal),
    )


def write_site(
    plan: SitePlan, catalogue: Catalogue, producer: Producer, scope: Scope, *, indexed: bool
) -> None:
    """Make every output in ``scope`` that is new, feeds and site maps included.

    The search index is written elsewhere and says itself which files it keeps, if it is ``indexed``
    in this build; if not, they stay as they are.
    """
    portal = plan.portal
    if scope.is_whole:
        pages, aliases = settle_pages(plan)
        lists = [page.path for page in pages if not page.origin and page.path not in _UNLISTED]
        store_redirects(catalogue, aliases.addresses)
        store_downloads(catalogue, download_names(portal.archive, portal.presenter.files))
        pages.extend(plan_redirects(portal, aliases.pages))
        producer.make(
            GeneratedFile(asset.url, digest(asset.url), partial(bytes, asset.data))
            for asset in _assets(plan, pages)
        )
        producer.copy(_files(plan))
        producer.make([_share_picture(plan)])
        producer.make(make_sitemaps(portal, lists, catalogue, _robots(plan)))
        producer.make(_icon(plan))
        _write_root_files(plan, producer)
    else:
        pages = list(plan_pages(plan, scope))
    producer.make(_feed_maker(plan, catalogue).files(whole=scope.is_whole))
    # Last, because it runs in parallel: later steps would run in one process.
    producer.render(pages, partial(_job, portal), partial(_prepare, portal))
    if not scope.is_whole:
        producer.keep_unplanned(except_below=SEARCH_FOLDER if indexed else "")


def _assets(plan: SitePlan, pages: Iterable[Page]) -> Iterator[Asset]:
    """The theme's files; those of the page of all components only where there is that page."""
    shown = any(page.template == DESIGN for page in pages)
    stem = f"{DESIGN.removesuffix('.html')}."
    return (one for name, one in plan.assets.items() if shown or not name.startswith(stem))


def _robots(plan: SitePlan) -> bytes:
    found = plan.portal.archive.root_files.get(ROBOTS)
    return read_root_file(plan.place.content, ROBOTS) if found else b""


def _write_root_files(plan: SitePlan, producer: Producer) -> None:
    """Copy what the office has for the root. A file that can't be read now stays as it was."""
    content = plan.place.content
    files = {path: mark for path, mark in plan.portal.archive.root_files.items() if path != ROBOTS}
    producer.make(
        GeneratedFile(path, mark, partial(read_root_file, content, path))
        for path, mark in files.items()
        if mark
    )
    producer.keep_foreign(p for p, mark in files.items() if not mark and p in producer.state.rows)


def _icon(plan: SitePlan) -> Iterator[GeneratedFile]:
    """``favicon.ico``: made from the emblem, or the theme's, where the office has no file of it."""
    if ICON in plan.portal.archive.root_files:
        return
    emblem, asset = _emblem(plan), plan.assets.get(ICON)
    if emblem is not None or asset is not None:
        yield plan_icon(emblem, asset.data if asset is not None else b"")


def _feed_maker(plan: SitePlan, catalogue: Catalogue) -> FeedMaker:
    # Feeds lie one folder below the site's root.
    stylesheet = f"../{plan.assets['feed.css'].url}" if "feed.css" in plan.assets else ""
    return FeedMaker(plan.portal, plan.channels, catalogue, stylesheet)


def settle_pages(plan: SitePlan) -> tuple[list[Page], Aliases]:
    """Every page, each at an address of its own, and the old addresses that lead to them.

    What had to give way is noted in the archive. A build and a check come to the same.
    """
    archive = plan.portal.archive
    pages = list(plan_pages(plan, WHOLE))
    report_address_conflicts(plan.portal, pages)
    paths = [page.path for page in pages]
    aliases = gather_aliases(archive, paths, plan.setup.absolute_root)
    assets = [asset.url for asset in plan.assets.values()]
    archive.problems.extend(drop_taken(archive.root_files, {*paths, *aliases.pages, *assets}))
    addresses = {*paths, *archive.root_files}
    archive.problems.extend(settings_problems(plan.place, archive, addresses))
    registered = {unquote(alias).lstrip("/") for alias in aliases.addresses}
    _note_unmade(plan, {*addresses, *aliases.pages, *registered})
    archive.moved = list(
        find_moved(
            read_addresses(plan.place), archive.by_path, {*paths, *aliases.pages, *registered}
        )
    )
    if not plan.place.drafts:
        note_moved(archive.moved, archive)
    return pages, aliases


def _note_unmade(plan: SitePlan, addresses: set[str]) -> None:
    """Note the links to lists of tags and months that there are not (any more)."""
    archive, links = plan.portal.archive, plan.portal.presenter.addresses
    for path, references in linking_texts(archive, plan.portal.sources):
        for reference, message in links.not_made(references, addresses):
            archive.note_at(path, "", reference.written, message)


def report_address_conflicts(portal: Portal, pages: list[Page]) -> None:
    """Report pages of different kinds that want one address, and leave all but one out.

    The portal's own page goes before an article's, else the first one.
    """
    taken: dict[str, Page] = {}
    for page in sorted(pages, key=lambda page: bool(page.origin)):
        other = taken.setdefault(page.path, page)
        if other is not page:
            holder = f"“{other.origin}”" if other.origin else "栏目或本站固有的页面"
            portal.archive.problems.add(
                page.origin or COLUMN_FILE,
                1 if page.origin else 0,
                f"网址“{page.path}”已由{holder}使用，本页未生成。"
                "请改文件名，或在文件头写上不同的“网址名”",
            )
    pages[:] = [page for page in pages if taken[page.path] is page]


def _files(plan: SitePlan) -> Iterator[CopiedFile]:
    """The pictures and attachments that public pages show."""
    place = plan.place
    for key, facts in plan.portal.presenter.files.items():
        if facts.error or facts.at_root:
            continue
        if facts.made:
            pictures = place.cache / "pictures"
            whole = partial(whole_picture, place.content, pictures, key, facts)
            for name, made in published_files(facts):
                yield CopiedFile(name, partial(whole, name, made))
        else:
            yield CopiedFile(facts.name, partial(Path, place.content, key.partition(":")[2]))


def _share_picture(plan: SitePlan) -> GeneratedFile:
    return plan_share_picture(plan.portal.heads.share_path, _emblem(plan))


def _emblem(plan: SitePlan) -> Path | None:
    """The file of the emblem as it is published."""
    place, office = plan.place, plan.place.office
    key = f"media:{office.emblem.src}" if office.emblem else ""
    facts = plan.portal.presenter.files.get(key)
    return place.cache / "pictures" / facts.made if facts is not None and facts.made else None


def _prepare(portal: Portal, page: Page) -> None:
    """Divide an article's title into lines: many other pages show it as well."""
    item = portal.archive.by_path.get(page.origin)
    if item is not None:
        breakable(item.entry.title)


def _job(portal: Portal, page: Page) -> Job:
    """A page's job: its context, and the text it shows with where that leads."""
    context = page.context()
    text = None
    if page.texts:
        path = page.texts[0]
        item = portal.archive.by_path.get(path)
        attachments = item.entry.attachments if item is not None else ()
        eager = item is not None and item.entry.type not in _PICTURES_FIRST
        text = Text(path, portal.targets(portal.references(path), attachments), eager)
    qr = context["head"].canonical if "article" in context else ""
    return Job(page.path, page.template, context, text, qr)
