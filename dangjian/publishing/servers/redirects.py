"""Old addresses as a web server sees them: decoded paths, and query arguments in any order."""

from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct, field

from dangjian.common.web_addresses import to_uri

Names = tuple[str, ...]
Values = tuple[str, ...]

_ARGUMENT_SAFE = "!$'()*,-./:;@_~?+"


class QueryRule(Struct, frozen=True):
    """Addresses of one path with the same query arguments: their values, and where they lead.

    Names and values are percent-encoded as browsers send them.
    """

    names: Names
    targets: dict[Values, str]


class Redirects(Struct):
    """Where old addresses lead, as URIs: ``plain`` by their decoded paths, ``queries`` by path.

    A rule of more arguments goes before one of fewer.
    """

    plain: dict[str, str] = field(default_factory=dict)
    queries: dict[str, list[QueryRule]] = field(default_factory=dict)


def arrange_redirects(addresses: Mapping[str, str], prefix: str) -> Redirects:
    """Arrange ``addresses`` (old address, where it leads now) for web servers.

    ``prefix`` is the path of the site, ``/`` or ``/dangjian/``: it goes before old addresses, and
    before new ones on this site.
    """
    found = Redirects()
    rules: dict[str, dict[Names, dict[Values, str]]] = {}
    for old, new in sorted(addresses.items()):
        path, _, query = old.partition("#")[0].partition("?")
        path = prefix + unquote(path).lstrip("/")
        arguments = _arguments(query)
        if not arguments:
            found.plain[path] = target_of(new, prefix)
            continue
        names, values = zip(*arguments, strict=True)
        rules.setdefault(path, {}).setdefault(names, {})[values] = target_of(new, prefix)
    for path, by_names in rules.items():
        if path in found.plain:
            # The address without a query is not that of every query that is not known.
            every = tuple(sorted({name for names in by_names for name in names}))
            by_names.setdefault(every, {})[("",) * len(every)] = found.plain.pop(path)
        ordered = sorted(by_names.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        found.queries[path] = [QueryRule(names, targets) for names, targets in ordered]
    return found


def target_of(address: str, prefix: str) -> str:
    """Where a redirect leads, as a URI: another site, or a page here by its short address."""
    if urlsplit(address).scheme in ("http", "https"):
        return to_uri(address).replace("$", "%24")
    page = address.removesuffix("index.html") if _is_index(address) else address
    return to_uri(prefix + page).replace("$", "%24")


def _is_index(address: str) -> bool:
    return address == "index.html" or address.endswith("/index.html")


def _arguments(query: str) -> list[tuple[str, str]]:
    found = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name:
            found[_encoded(name)] = _encoded(value)
    return sorted(found.items())


def _encoded(text: str) -> str:
    return quote(unquote(text), safe=_ARGUMENT_SAFE)


def argument_names(redirects: Redirects) -> Iterable[str]:
    """Every name of a query argument that a rule asks for, once."""
    every = (name for rules in redirects.queries.values() for rule in rules for name in rule.names)
    return sorted(set(every))
