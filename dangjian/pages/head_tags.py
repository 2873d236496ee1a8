"""What a page's head holds: the official tags, Open Graph, and data for search engines.

The names of meta tags, their order and the form of ``PubDate`` are those of 国办发〔2017〕47号
(附件《网页设计规范》): site tags on every page, column tags on home, columns and what is in a
column, content tags on articles. ``Description`` and ``Keywords`` are HTML's own too, for names
of meta tags have no case, so no page has them twice.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from markupsafe import Markup

from dangjian.common.timezone import day_of, minute_of
from dangjian.rendering.views import Picture

Tags = tuple[tuple[str, str], ...]
Crumbs = Sequence[tuple[str, str]]

_encode = msgspec.json.Encoder().encode
_MAX_HEADLINE = 110
# What ends a script element or a line of JavaScript, as the escapes that JSON has for it.
_UNSAFE = [
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    ("\u2028".encode(), b"\\u2028"),
    ("\u2029".encode(), b"\\u2029"),
]


def page_title(*parts: str) -> str:
    """The title of a page: its own, its column's, the site's, in the form 标题_栏目_站名."""
    return "_".join(part for part in parts if part)


def site_tags(name: str, domain: str, id_code: str = "") -> Tags:
    """网站标签. An office without a 网站标识码 has none; nothing is invented."""
    tags = (("SiteName", name), ("SiteDomain", domain))
    return (*tags, ("SiteIDCode", id_code)) if id_code else tags


def column_tags(
    name: str, column_type: str, description: str = "", keywords: Sequence[str] = ()
) -> Tags:
    """栏目标签, all four required: what the column has not said is said by its name."""
    return (
        ("ColumnName", name),
        ("ColumnDescription", description or f"“{name}”栏目的文章"),
        ("ColumnKeywords", ",".join(keywords) or name),
        ("ColumnType", column_type),
    )


def article_tags(
    title: str,
    published: datetime,
    source: str,
    url: str,
    *,
    keywords: Sequence[str] = (),
    author: str = "",
    description: str = "",
    image: str = "",
) -> Tags:
    """内容页标签. ``author`` is 作者 or 责任编辑; ``url`` and ``image`` are absolute."""
    moment = minute_of(published)
    optional = (
        ("Keywords", ",".join(keywords)),
        ("Author", author),
        ("Description", description),
        ("Image", image),
        ("Url", url),
    )
    required = (("ArticleTitle", title), ("PubDate", moment), ("ContentSource", source))
    return (*required, *(tag for tag in optional if tag[1]))


def list_tags(description: str, keywords: Sequence[str] = ()) -> Tags:
    """``Description`` and ``Keywords`` of a page that is no article, where there are any."""
    tags = (("Description", description), ("Keywords", ",".join(keywords)))
    return tuple(tag for tag in tags if tag[1])


def _stamp(moment: datetime, untimed: bool) -> str:
    """ISO 8601; of a date that was given as a day, the day."""
    return day_of(moment) if untimed else moment.isoformat()


def open_graph(
    kind: str,
    title: str,
    url: str,
    site_name: str,
    *,
    description: str = "",
    image: Picture | None = None,
    published: datetime | None = None,
    untimed: bool = False,
    updated: datetime | None = None,
    section: str = "",
    labels: Iterable[str] = (),
) -> Tags:
    """Open Graph properties. ``kind`` is website or article; the image's address is absolute."""
    tags = [
        ("og:type", kind),
        ("og:title", title),
        ("og:url", url),
        ("og:site_name", site_name),
        ("og:locale", "zh_CN"),
    ]
    if description:
        tags.append(("og:description", description))
    if image is not None:
        tags += [
            ("og:image", image.url),
            ("og:image:width", str(image.width)),
            ("og:image:height", str(image.height)),
        ]
        if image.alt:
            tags.append(("og:image:alt", image.alt))
    if published is not None:
        tags.append(("article:published_time", _stamp(published, untimed)))
    if updated is not None:
        tags.append(("article:modified_time", updated.isoformat()))
    if section:
        tags.append(("article:section", section))
    tags += [("article:tag", label) for label in labels]
    return tuple(tags)


def news_article(
    title: str,
    url: str,
    published: datetime,
    publisher: str,
    *,
    untimed: bool = False,
    authors: Sequence[str] = (),
    updated: datetime | None = None,
    description: str = "",
    image: str = "",
    section: str = "",
    keywords: Sequence[str] = (),
    based_on: str = "",
    logo: Picture | None = None,
) -> dict[str, Any]:
    """A schema.org NewsArticle. Without an author the publisher is it; ``based_on`` is a reprint's
    original address, ``logo`` the publisher's, with an absolute address.
    """
    organization = _organization(publisher, logo)
    optional = {
        "description": description,
        "image": image,
        "articleSection": section,
        "keywords": list(keywords),
        "isBasedOn": based_on,
    }
    return {
        "@type": "NewsArticle",
        "headline": title[:_MAX_HEADLINE],
        "mainEntityOfPage": url,
        "datePublished": _stamp(published, untimed),
        "dateModified": updated.isoformat() if updated else _stamp(published, untimed),
        "author": [_author(name) for name in authors] or organization,
        "publisher": organization,
        "inLanguage": "zh-CN",
        **{name: value for name, value in optional.items() if value},
    }


# What the names of offices end in; with at least four characters, no person's name does.
_OFFICE = re.compile(
    "..+(?:[部局委办院厅处科室组会社报网站馆校]|中心|政府|支部|街道|公司|总队|支队|大队)"
)


def _author(name: str) -> dict[str, Any]:
    """Who wrote it: an office by its name's last word, or else a person."""
    office = len(name) > 3 and _OFFICE.fullmatch(name) is not None
    return {"@type": "Organization" if office else "Person", "name": name}


def _organization(name: str, logo: Picture | None) -> dict[str, Any]:
    made: dict[str, Any] = {"@type": "Organization", "name": name}
    if logo is not None:
        made["logo"] = {
            "@type": "ImageObject",
            "url": logo.url,
            "width": logo.width,
            "height": logo.height,
        }
    return made


def breadcrumb_list(crumbs: Crumbs) -> dict[str, Any]:
    """A schema.org BreadcrumbList of names and absolute addresses, from the home page down."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": url}
            for place, (name, url) in enumerate(crumbs, 1)
        ],
    }


def web_site(name: str, url: str, publisher: str, search_url: str) -> dict[str, Any]:
    """A schema.org WebSite that can be searched at ``search_url``."""
    return {
        "@type": "WebSite",
        "name": name,
        "url": url,
        "inLanguage": "zh-CN",
        "publisher": {"@type": "Organization", "name": publisher},
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{search_url}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def json_ld(*things: Mapping[str, Any]) -> Markup:
    """The things as one JSON-LD document that can stand in a script element."""
    data = _encode({"@context": "https://schema.org", "@graph": things})
    for sign, escaped in _UNSAFE:
        data = data.replace(sign, escaped)
    return Markup(data.decode())  # noqa: S704 - nothing in it can end the script
