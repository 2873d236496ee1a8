"""A group's own list: newest articles of all sites, as a page, as feeds, and the sites as OPML.

It is made from what each site's build left, its JSON feed: a site that can't be built now is in it
with what it has. An article that several sites show is in it once, with its origin's address.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from dangjian.common.output_folder import write_output
from dangjian.common.timezone import SHANGHAI
from dangjian.feeds.formats import render_atom, render_json, render_rss
from dangjian.feeds.model import Channel, FeedItem
from dangjian.feeds.opml import render_opml
from dangjian.group.plan import Group

LIST_FEED = "feeds/all.json"
"""The feed of a site that its part of the list is made from."""
MOST = 100
"""So many articles are in the list and in its feeds."""


class _Item(Struct):
    """An item of a site's JSON feed, as far as the list needs it."""

    id: str
    url: str
    title: str
    date_published: datetime
    content_html: str = ""
    summary: str = ""
    external_url: str = ""
    date_modified: datetime | None = None


class _Feed(Struct):
    title: str
    home_page_url: str
    feed_url: str
    description: str = ""
    items: list[_Item] = field(default_factory=list)


class Listed(Struct):
    """What was listed: articles and sites, and the labels of sites that have no feed."""

    articles: int
    sites: int
    missing: list[str]
    changed: list[str]


def make_list(group: Group, output: Path, places: Mapping[str, str]) -> Listed:
    """Write the list into the folder ``output``; ``places`` has each site's folder by its label.

    Raises OSError.
    """
    feeds: dict[str, _Feed] = {}
    missing: list[str] = []
    for site in group.sites:
        feed = _read(Path(places[site.label])) if places.get(site.label) else None
        if feed is None:
            missing.append(site.label)
        else:
            feeds[site.label] = feed
    names = {
        site.label: site.name or feeds[site.label].title
        for site in group.sites
        if site.label in feeds
    }
    items = [(names[label], item) for label, feed in feeds.items() for item in feed.items]
    newest = _once(items)[:MOST]
    channel = Channel(
        name="all",
        title=group.name or "网站群",
        description=f"{group.name or '网站群'}各网站的最新文章",
        home_url=f"{group.url}/",
        base_url=group.url,
        authority=urlsplit(group.url).hostname or "",
        owner=group.owner,
    )
    found = [_feed_item(name, item) for name, item in newest]
    sites = [
        Channel(
            name="all",
            title=names[label],
            description=feed.description,
            home_url=feed.home_page_url,
            base_url=feed.feed_url.rpartition("/feeds/")[0],
        )
        for label, feed in feeds.items()
    ]
    made = {
        "index.html": _page(group, sites, newest),
        "list.css": _STYLE,
        "feeds/all.rss.xml": render_rss(channel, found),
        "feeds/all.atom.xml": render_atom(channel, found),
        "feeds/all.json": render_json(channel, found),
        "feeds/opml.xml": render_opml(channel.title, sites),
    }
    written = [write_output(output, name, data) for name, data in made.items()]
    changed = [one.path for one in written if one.changed]
    return Listed(len(newest), len(feeds), missing, changed)


def _read(folder: Path) -> _Feed | None:
    try:
        return msgspec.json.decode((folder / LIST_FEED).read_bytes(), type=_Feed)
    except (OSError, msgspec.MsgspecError):
        return None


def _once(items: Iterable[tuple[str, _Item]]) -> list[tuple[str, _Item]]:
    """Newest first; of copies the original, if it is there, else the first."""
    every = list(items)
    originals = {item.url for _, item in every}
    seen: set[str] = set()
    found = []
    order = sorted(every, key=lambda pair: (pair[1].date_published, pair[1].url), reverse=True)
    for name, item in order:
        key = item.external_url or item.url
        if item.external_url in originals or key in seen:
            continue
        seen.add(key)
        found.append((name, item))
    return found


def _feed_item(name: str, item: _Item) -> FeedItem:
    return FeedItem(
        id=item.id,
        url=item.url,
        title=item.title,
        html=item.content_html,
        published=item.date_published.astimezone(SHANGHAI),
        updated=item.date_modified.astimezone(SHANGHAI) if item.date_modified else None,
        summary=item.summary,
        authors=(name,),
        source=name,
    )


def _page(group: Group, sites: list[Channel], items: list[tuple[str, _Item]]) -> bytes:
    title = escape(group.name or "网站群")
    rows = [
        f'<li><time datetime="{item.date_published:%Y-%m-%d}">'
        f"{item.date_published.astimezone(SHANGHAI):%Y-%m-%d}</time> "
        f'<a href="{escape(item.url)}">{escape(item.title)}</a> <span>{escape(name)}</span></li>'
        for name, item in items
    ]
    links = [
        f'<li><a href="{escape(site.home_url)}">{escape(site.title)}</a></li>' for site in sites
    ]
    owner = f"<p>主办：{escape(group.owner)}</p>" if group.owner else ""
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="canonical" href="{escape(group.url)}/">
<link rel="stylesheet" href="list.css">
<link rel="alternate" type="application/rss+xml" title="{title}" href="feeds/all.rss.xml">
<link rel="alternate" type="application/atom+xml" title="{title}" href="feeds/all.atom.xml">
</head>
<body>
<header><h1>{title}</h1></header>
<main>
<section aria-labelledby="new"><h2 id="new">最新文章</h2>
<ul class="articles">
{chr(10).join(rows) or "<li>还没有文章</li>"}
</ul></section>
<section aria-labelledby="sites"><h2 id="sites">网站</h2>
<ul class="sites">
{chr(10).join(links) or "<li>还没有网站</li>"}
</ul>
<p>订阅：<a href="feeds/all.rss.xml">RSS</a>　<a href="feeds/all.atom.xml">Atom</a>　<a
 href="feeds/opml.xml">各网站的订阅（OPML）</a></p></section>
</main>
<footer>{owner}</footer>
</body>
</html>
""".encode()


_FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif'
_LIGHT = "--red:#a61b16;--ink:#1f1f1f;--quiet:#5f5f5f;--line:#ddd;--paper:#fff"
_DARK = "--red:#ff8a80;--ink:#e8e8e8;--quiet:#b0b0b0;--line:#444;--paper:#161616"
_STYLE = f""":root{{color-scheme:light dark;{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}
*{{box-sizing:border-box}}
body{{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.8 {_FONT}}}
header{{background:#a61b16}}
header h1{{margin:0 auto;color:#fff;font-size:1.6rem}}
header h1,main,footer{{max-width:70rem;margin:0 auto;padding:1rem}}
main{{display:grid;gap:2rem;grid-template-columns:minmax(0,3fr) minmax(0,1fr)}}
h2{{margin:0 0 .6rem;border-bottom:2px solid var(--red);font-size:1.2rem}}
ul{{margin:0;padding:0;list-style:none}}
.articles li{{display:flex;flex-wrap:wrap;gap:0 .8rem;padding:.4rem 0}}
.articles li{{border-bottom:1px solid var(--line)}}
.articles a{{flex:1 1 16rem;min-width:0;overflow-wrap:anywhere}}
time,.articles span{{color:var(--quiet);font-size:.9rem}}
a{{color:inherit}}
a:hover,a:focus{{color:var(--red)}}
footer{{color:var(--quiet)}}
@media (max-width:48rem){{main{{grid-template-columns:minmax(0,1fr)}}}}
@media print{{main{{display:block}}header{{background:none}}header h1{{color:inherit}}}}
""".encode()
