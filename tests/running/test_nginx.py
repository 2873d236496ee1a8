"""The nginx configuration that publish makes, under a real nginx: a site, two, a sub-directory."""

import gzip
import http.client
import os
import shlex
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

import pytest
from lxml import html as lxml_html

from dangjian.common.http_headers import ASKED_AGAIN, SECURITY_HEADERS, UNCHANGING
from dangjian.common.mime_types import MIME_TYPES, content_type
from dangjian.publishing.delivery import cache_control
from dangjian.publishing.servers.files import write_server_files
from dangjian.publishing.servers.nginx import LOG_DAYS
from dangjian.publishing.servers.site import served_site
from dangjian.statistics.visits import PageName, count_visits
from tests.nginx import DOWNLOADS, HOST, LONG, SUB, Nginx, free_port, running, served, small_site
from tests.sites import Built
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def nginx(portal: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """The sample portal under nginx."""
    folder = tmp_path_factory.mktemp("nginx")
    with running(folder, (portal.output, f"http://{HOST}", portal.redirects)) as running_nginx:
        yield running_nginx


def first(portal: Built, pattern: str) -> str:
    return "/" + min(
        path.relative_to(portal.output).as_posix() for path in portal.output.glob(pattern)
    )


@pytest.mark.parametrize("path", ["/", "/search.html", "/nothing-here.html"])
def test_the_headers_are_those_of_the_preview(nginx: Nginx, path: str) -> None:
    answer, _ = nginx.ask(path)
    for name, value in SECURITY_HEADERS.items():
        assert answer.getheader(name) == value


def test_pages_are_asked_for_again_and_content_named_files_are_not(
    nginx: Nginx, portal: Built
) -> None:
    for path in ("/", "/sitemap.xml", "/feeds/all.rss.xml", "/search/manifest.js"):
        answer, _ = nginx.ask(path)
        assert (answer.status, answer.getheader("Cache-Control")) == (200, "no-cache"), path
        tag = answer.getheader("ETag") or ""
        assert nginx.ask(path, If_None_Match=tag)[0].status == 304
    files = (
        "static/site.*.css",
        "media/*.jpg",
        "files/*.pdf",
        "search/head-*.js",
        "search/shards-*.js",
    )
    for pattern in files:
        answer, _ = nginx.ask(first(portal, pattern))
        assert answer.status == 200
        assert answer.getheader("Cache-Control") == "public, max-age=31536000, immutable", pattern
    # A store of objects is told the same.
    for file in (portal.output / "search").glob("*.js"):
        changing = file.name == "manifest.js"
        assert cache_control(f"search/{file.name}") == (ASKED_AGAIN if changing else UNCHANGING)


def test_every_type_is_that_of_the_preview(tmp_path: Path, serve: Callable[[Path], str]) -> None:
    live = tmp_path / "public"
    live.mkdir()
    names = [f"a.{extension}" for extension in [*MIME_TYPES, "PDF", "unknown"]]
    for name in names:
        (live / name).write_bytes(b"x" * 600)
    preview = serve(live).removeprefix("http://").rstrip("/")
    with running(tmp_path, (live, f"http://{HOST}", {})) as nginx:
        for name in names:
            found = nginx.ask(f"/{name}")[0].getheader("Content-Type")
            connection = http.client.HTTPConnection(preview, timeout=20)
            connection.request("GET", f"/{name}")
            shown = connection.getresponse().getheader("Content-Type")
            connection.close()
            assert found == shown == content_type(name), name


def test_text_is_compressed(nginx: Nginx, portal: Built) -> None:
    answer, body = nginx.ask("/", Accept_Encoding="gzip")
    assert answer.getheader("Content-Encoding") == "gzip"
    assert answer.getheader("Vary") == "Accept-Encoding"
    assert gzip.decompress(body) == (portal.output / "index.html").read_bytes()


def test_a_compressed_file_next_to_a_page_is_sent_as_it_is(tmp_path: Path) -> None:
    live = tmp_path / "public"
    live.mkdir()
    (live / "index.html").write_bytes(b"page" * 300)
    (live / "index.html.gz").write_bytes(packed := gzip.compress(b"page" * 300))
    with running(tmp_path, (live, f"http://{HOST}", {})) as nginx:
        answer, body = nginx.ask("/", Accept_Encoding="gzip")
        assert body == packed
        assert answer.getheader("Content-Length") == str(len(packed))


def test_what_is_missing_gets_the_sites_own_page(nginx: Nginx, portal: Built) -> None:
    missing = (portal.output / "404.html").read_bytes()
    for path in ("/dangjian/nothing.html", "/feeds/", "/static/", "/.htaccess"):
        answer, body = nginx.ask(path)
        assert (answer.status, body) == (404, missing), path


def test_old_addresses_of_the_sample_lead_to_pages(nginx: Nginx, portal: Built) -> None:
    assert portal.redirects
    for old in portal.redirects:
        leads = nginx.leads(old)
        assert nginx.ask(leads)[0].status == 200, old


def crawl(nginx: Nginx, host: str, start: str) -> dict[str, str]:
    """Every address that can be reached from ``start`` by links, with its media type.

    Fails where one does not answer 200, or lies outside the site.
    """
    found: dict[str, str] = {}
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        answer, body = nginx.ask(path, host)
        assert answer.status == 200, f"{host}{path}: {answer.status}"
        found[path] = kind = answer.getheader("Content-Type") or ""
        if not kind.startswith("text/html"):
            continue
        tree: Any = lxml_html.document_fromstring(body)
        for link in tree.xpath("//@href[not(../@rel='canonical')] | //@src | //@poster"):
            target, _ = urldefrag(urljoin(f"http://{host}{path}", str(link)))
            parts = urlsplit(target)
            if parts.scheme == "http" and parts.netloc == host:
                assert parts.path.startswith(start), f"{path} leads to {parts.path}"
                waiting.append(parts.path)
    return found


def test_a_crawl_over_everything_made_one_site_two_sites_and_a_sub_directory(
    portal: Built, tmp_path: Path
) -> None:
    sites = {
        (HOST, "/"): f"http://{HOST}",
        ("two.example.gov.cn", "/"): "http://two.example.gov.cn",
        (SUB, "/dangjian/"): f"http://{SUB}/dangjian",
    }
    made = [
        name
        for name in portal.files()
        if not name.endswith("-state.bin") and not name.startswith(".")
    ]
    moved = {f"/{unquote(old).lstrip('/')}" for old in portal.redirects}
    links: list[set[str]] = []
    given = [(portal.output, url, portal.redirects) for url in sites.values()]
    with running(tmp_path, *given) as nginx:
        for host, at in sites:
            found = crawl(nginx, host, at)
            links.append({path[len(at) - 1 :].removesuffix("index.html") for path in found})
            for path, kind in found.items():
                name = path if not path.endswith("/") else f"{path}index.html"
                assert kind == content_type(name), path
            for name in made:
                answer, _ = nginx.ask(f"{at}{quote(name)}", host)
                wanted = 301 if f"/{name}".removesuffix("index.html") in moved else 200
                assert answer.status == wanted, name
            for old in portal.redirects:
                leads = nginx.leads(f"{at.rstrip('/')}{old}", host)
                assert leads.startswith(at)
                assert nginx.ask(leads, host)[0].status == 200, old
    assert links[0] == links[1] == links[2]
    pages = {f"/{name}".removesuffix("index.html") for name in made if name.endswith(".html")}
    unlinked = {path for path in pages - links[0] if path not in moved}
    # The second leads to a column, the third is hidden.
    assert unlinked <= {"/404.html", "/specials.html", "/yangshi.html"}


def test_ranges(nginx: Nginx, portal: Built) -> None:
    path = first(portal, "media/*.jpg")
    answer, body = nginx.ask(path, Range="bytes=2-5")
    assert answer.status == 206
    assert body == (portal.output / path[1:]).read_bytes()[2:6]


def test_two_sites_on_one_nginx(tmp_path: Path) -> None:
    """A site of its own and one in a sub-directory, each with old addresses of one name."""
    one = small_site(tmp_path / "one" / "public", "one")
    two = small_site(tmp_path / "two" / "public", "two")
    sites = (
        (one, f"http://{HOST}", {"/old.html": "new.html", LONG: "new.html"}),
        (two, f"http://{SUB}/dangjian", {"/old.html": "zt/index.html", LONG: "index.html"}),
    )
    with running(tmp_path, *sites) as nginx:
        assert nginx.leads("/old.html") == nginx.leads(LONG) == "/new.html"
        assert nginx.leads("/dangjian/old.html", SUB) == "/dangjian/zt/"
        assert nginx.leads(f"/dangjian{LONG}", SUB) == "/dangjian/"
        assert nginx.leads("/dangjian", SUB) == "/dangjian/"
        assert nginx.leads("/old.html", SUB) == ""
        assert nginx.ask("/dangjian/nothing", SUB)[1] == b"404.html two"
        assert nginx.ask("/dangjian/zt/", SUB)[1] == b"zt/index.html two"


@pytest.mark.parametrize("path", ["", "/dangjian"])
def test_in_a_sub_directory_too_caches_and_hidden_files_are_as_they_should_be(
    tmp_path: Path, path: str
) -> None:
    live = small_site(tmp_path / "public", "")
    for name in ("static/site.0123456789ab.css", "search/0123-state.bin", ".git/config"):
        (live / name).parent.mkdir(parents=True, exist_ok=True)
        (live / name).write_text("x", encoding="utf-8")
    with running(tmp_path, (live, f"http://{HOST}{path}", {})) as nginx:
        answer, _ = nginx.ask(f"{path}/static/site.0123456789ab.css")
        assert "immutable" in (answer.getheader("Cache-Control") or "")
        for hidden in ("search/0123-state.bin", ".git/config", "static/"):
            assert nginx.ask(f"{path}/{hidden}")[0].status == 404, hidden


def test_a_new_release_is_shown_although_files_stay_open(tmp_path: Path) -> None:
    live = small_site(tmp_path / "public", "one")
    small_site(tmp_path / "next", "two")
    with running(tmp_path, (live, f"http://{HOST}", {})) as nginx:
        for _ in range(20):
            assert nginx.ask("/new.html")[1] == b"new.html one"
        live.rename(tmp_path / "before")
        (tmp_path / "next").rename(live)
        wait_until(lambda: nginx.ask("/new.html")[1] != b"new.html one", "the old page is shown")
        answer, body = nginx.ask("/new.html")
        assert (answer.status, body) == (200, b"new.html two")


@pytest.mark.parametrize("path", ["", "/dangjian"])
def test_downloads_are_saved_under_their_titles(tmp_path: Path, path: str) -> None:
    live = small_site(tmp_path / "public", "")
    for name in (*DOWNLOADS, "files/none.0000aaaa1111.pdf"):
        (live / name).parent.mkdir(parents=True, exist_ok=True)
        (live / name).write_bytes(b"x")
    with running(tmp_path, (live, f"http://{HOST}{path}", {})) as nginx:

        def saved(name: str) -> str:
            answer, _ = nginx.ask(f"{path}/{name}")
            assert answer.status == 200
            assert answer.getheader("X-Content-Type-Options") == "nosniff"
            return unquote((answer.getheader("Content-Disposition") or "").partition("''")[2])

        first, second, *twice = DOWNLOADS
        assert (saved(first), saved(second)) == (DOWNLOADS[first], DOWNLOADS[second])
        assert [saved(name) for name in (*twice, "files/none.0000aaaa1111.pdf", "new.html")] == [
            "", "", "", "",
        ]  # fmt: skip


@pytest.mark.parametrize("path", ["", "/dangjian"])
def test_what_fails_is_said_in_chinese(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder without a front page, a method for no files, a file that can't be opened."""
    live = small_site(tmp_path / "public", "")
    (live / "static").mkdir()
    with (
        running(tmp_path, (live, f"http://{HOST}{path}", {})) as nginx,
        socket.socket(socket.AF_UNIX) as other,
    ):
        answer, body = nginx.ask(f"{path}/static/")
        assert (answer.status, body) == (404, b"404.html ")
        monkeypatch.chdir(live)
        other.bind("broken.html")  # opening it fails in a way that is nobody's mistake
        for method, asked, status in (("GET", "broken.html", 500), ("POST", "new.html", 405)):
            connection = http.client.HTTPConnection("127.0.0.1", nginx.port, timeout=20)
            connection.request(method, f"{path}/{asked}", headers={"Host": HOST})
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            assert (answer.status, "网页暂时打不开" in text) == (status, True), text
            assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
            assert answer.getheader("X-Content-Type-Options") == "nosniff"
            assert f"href='{path}/'" in text
        assert nginx.ask(f"{path}/.failed")[0].status == 404


def test_a_site_has_a_log_of_its_own_that_is_kept_for_six_months(tmp_path: Path) -> None:
    live = small_site(tmp_path / "public", "")
    log = tmp_path / "log of the site"
    given = tmp_path / "server"
    port = free_port()
    site = served_site(live, f"http://{HOST}:{port}", ipv6=False, access_log=str(log))
    write_server_files(given, site, {})
    with served(tmp_path, port, [given / "nginx.conf"]) as nginx:
        nginx.ask("/new.html", User_Agent="Firefox")
    counted = count_visits([log], {"new.html": PageName("新")})
    assert (dict(counted.articles), counted.unread) == ({"new.html": 1}, {})
    rotate = (given / "logrotate").read_text(encoding="utf-8")
    assert f'"{log}" {{' in rotate
    assert f"rotate {LOG_DAYS}" in rotate
    if program := shutil.which("logrotate", path="/usr/sbin:/usr/bin"):
        done = subprocess.run(
            [program, "-d", "-s", str(tmp_path / "state"), str(given / "logrotate")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "error" not in done.stderr
        assert f"considering log {log}" in done.stderr


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)
def test_the_rotation_of_a_log_is_copied_as_its_file_says(tmp_path: Path) -> None:
    """A link would do nothing: logrotate passes over files that root does not own."""
    program = shutil.which("logrotate", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.skip("logrotate is missing")
    log = tmp_path / "access.log"
    log.write_text("一行\n", encoding="utf-8")
    given = tmp_path / "党建 server"
    site = served_site(tmp_path / "public", f"http://{HOST}", access_log=str(log))
    write_server_files(given, site, {})
    os.chown(given / "logrotate", 12345, 12345)
    copied = tmp_path / "copied"
    _, line = (given / "logrotate").read_text(encoding="utf-8").splitlines()[:2]
    words = shlex.split(line.removeprefix("#"))
    assert words[-1].startswith("/etc/logrotate.d/portal-")
    subprocess.run([*words[1:-1], str(copied)], check=True)
    command = [program, "-d", "-s", str(tmp_path / "state"), str(copied)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"considering log {log}" in done.stderr, done.stderr


def test_a_site_at_an_ipv6_address_is_found_by_it(tmp_path: Path) -> None:
    port = free_port()
    files = []
    for number, host in enumerate((HOST, "[fd00::5]")):
        live = small_site(tmp_path / f"live{number}", host)
        site = served_site(live, f"http://{host}:{port}", ipv6=False)
        write_server_files(tmp_path / f"server{number}", site, {"/old.html": "new.html"})
        files.append(tmp_path / f"server{number}" / "nginx.conf")
    with served(tmp_path, port, files) as nginx:
        for host in (HOST, "[fd00::5]"):
            assert host.encode() in nginx.ask("/", f"{host}:{port}")[1]


def test_https_leads_all_readers_to_it(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "crt.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HOST}"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2"]
    subprocess.run(command, check=True, capture_output=True)
    live = small_site(tmp_path / "public", "")
    site = served_site(live, f"https://{HOST}", (str(certificate), str(key)))
    write_server_files(tmp_path / "server", site, {})
    nginx = Nginx(0, tmp_path, [tmp_path / "server" / "nginx.conf"])
    nginx.write()
    nginx.test()
    text = nginx.configurations[0].read_text(encoding="utf-8")
    for words in ("listen 443 ssl http2;", "listen [::]:443 ssl http2;", "return 301 https://"):
        assert words in text
    body = (tmp_path / "server" / "nginx-site.conf").read_text(encoding="utf-8")
    assert "Strict-Transport-Security" in body
