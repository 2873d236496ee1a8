"""``_headers`` and ``_redirects``, read by the rules that Netlify and Cloudflare Pages publish.

A rule of ``_redirects`` is a path, arguments a query must have, where it leads and a status; ``*``
and ``:name`` in the path are patterns. A block of ``_headers`` is a path with at most one ``*`` and
indented headers.
"""

import re
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from dangjian.common.http_headers import ASKED_AGAIN, SECURITY_HEADERS, UNCHANGING
from dangjian.publishing.servers.files import write_server_files
from dangjian.publishing.servers.site import served_site
from tests.running.test_other_servers import ADDRESSES, LEADS, ODD

HOST = "https://dj.example.gov.cn"


@pytest.fixture(params=["", "/dangjian"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """The path of a site, and the folder of its files."""
    path = str(request.param)
    write_server_files(tmp_path, served_site(tmp_path / "public", HOST + path), ADDRESSES)
    return path, tmp_path


def rules(text: str) -> list[tuple[str, dict[str, str], str, str]]:
    found = []
    for line in text.splitlines():
        if not line.startswith("#"):
            path, *asked, leads, status = line.split(" ")
            assert re.fullmatch(r"301!?", status), line
            assert path.startswith("/"), line
            assert path.isascii(), line
            assert not re.search(r"\*|:|\s", path), line
            pairs = [one.split("=", 1) for one in asked]
            found.append((path, {unquote(n): unquote(v) for n, v in pairs}, leads, status))
    return found


def leads(found: list[tuple[str, dict[str, str], str, str]], address: str) -> str:
    """Where the first rule that fits leads."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    for path, asked, to, _ in found:
        if unquote(path) == unquote(parts.path) and asked.items() <= query.items():
            return to
    return ""


def test_old_addresses_lead_where_they_lead_elsewhere(made: tuple[str, Path]) -> None:
    path, folder = made
    found = rules((folder / "_redirects").read_text(encoding="utf-8"))
    for address, to in LEADS.items():
        assert leads(found, path + address) == f"{path}/{to}", address
    assert len(found) >= len(ODD)
    assert leads(found, f"{path}/nothing") == ""


def test_headers_are_those_of_other_servers(made: tuple[str, Path]) -> None:
    path, folder = made
    blocks: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in (folder / "_headers").read_text(encoding="utf-8").splitlines():
        if line.startswith("/"):
            assert line.count("*") == 1
            current = blocks[line] = {}
        elif not line.startswith("#"):
            name, _, value = line.strip().partition(": ")
            assert line.startswith("  ")
            current[name] = value
    assert blocks.pop(f"{path}/*") == dict(SECURITY_HEADERS)

    def sent(address: str, name: str) -> str:
        fits = [
            headers.get(name, "")
            for rule, headers in blocks.items()
            if re.fullmatch(re.escape(rule).replace(r"\*", ".*"), path + address)
        ]
        return ", ".join(one for one in fits if one)

    assert sent("/static/a.0123456789ab.css", "Cache-Control") == UNCHANGING
    assert sent("/yw/2026/11/a.html", "Cache-Control") in {"", ASKED_AGAIN}
    for feed in ("/feeds/all.rss.xml", "/feeds/all.atom.xml"):
        assert sent(feed, "Content-Type") == "application/xml", feed
