"""The nginx configuration that administrators are given, under a real nginx, with the real site."""

import gzip
import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path

import pytest

from dangjian.preview.server import SECURITY_HEADERS
from tests.conftest import ROOT
from tests.sites import Built

GIVEN = ROOT / "docs" / "administrators" / "nginx.conf"
AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ }}
http {{
    include {types};
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""


def find_nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is missing")
        pytest.skip("nginx is missing")
    return found


def configured(folder: Path, public: Path, port: int) -> str:
    """The configuration as an administrator makes it their own: root, map and port."""
    site = GIVEN.read_text(encoding="utf-8")
    assert site.count("/srv/portal/public") == 2
    site = site.replace("/srv/portal/public", str(public)).replace(
        "listen 80;", f"listen 127.0.0.1:{port};"
    )
    user = "user root;" if os.geteuid() == 0 else ""
    types = "/etc/nginx/mime.types"
    return AROUND.format(folder=folder, user=user, types=types, site=site)


@pytest.fixture(scope="module")
def port(portal: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The sample portal under nginx; the port on this machine."""
    program = find_nginx()
    folder = tmp_path_factory.mktemp("nginx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    file = folder / "nginx.conf"
    file.write_text(configured(folder, portal.output, number), encoding="utf-8")
    with subprocess.Popen([program, "-c", str(file)], stderr=subprocess.PIPE) as process:
        for _ in range(100):
            if process.poll() is not None:
                assert process.stderr is not None
                pytest.fail(process.stderr.read().decode())
            with socket.socket() as trying:
                if trying.connect_ex(("127.0.0.1", number)) == 0:
                    break
            time.sleep(0.1)
        yield number
        process.terminate()


def ask(port: int, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def first(portal: Built, pattern: str) -> str:
    return "/" + min(
        path.relative_to(portal.output).as_posix() for path in portal.output.glob(pattern)
    )


@pytest.mark.parametrize("path", ["/", "/search.html", "/nothing-here.html"])
def test_the_headers_are_those_of_the_preview(port: int, path: str) -> None:
    answer, _ = ask(port, path)
    for name, value in SECURITY_HEADERS.items():
        assert answer.getheader(name) == value


def test_pages_are_asked_for_again_and_content_named_files_are_not(
    port: int, portal: Built
) -> None:
    for path in ("/", "/sitemap.xml", "/feeds/all.rss.xml", "/search/manifest.js"):
        answer, _ = ask(port, path)
        assert (answer.status, answer.getheader("Cache-Control")) == (200, "no-cache"), path
        tag = answer.getheader("ETag") or ""
        assert ask(port, path, If_None_Match=tag)[0].status == 304
    for pattern in ("static/site.*.css", "media/*.jpg", "files/*.pdf", "search/*-head.js"):
        answer, _ = ask(port, first(portal, pattern))
        assert answer.status == 200
        assert answer.getheader("Cache-Control") == "public, max-age=31536000, immutable", pattern


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("static/site.*.css", "text/css; charset=utf-8"),
        ("static/site.*.js", "application/javascript; charset=utf-8"),
        ("feeds/all.rss.xml", "text/xml"),
        ("feeds/all.atom.xml", "text/xml"),
        ("feeds/all.json", "application/json"),
        ("media/*.jpg", "image/jpeg"),
    ],
)
def test_types(port: int, portal: Built, pattern: str, kind: str) -> None:
    assert ask(port, first(portal, pattern))[0].getheader("Content-Type") == kind


def test_text_is_compressed(port: int, portal: Built) -> None:
    answer, body = ask(port, "/", Accept_Encoding="gzip")
    assert answer.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(body) == (portal.output / "index.html").read_bytes()


def test_what_is_missing_gets_the_sites_own_page(port: int, portal: Built) -> None:
    answer, body = ask(port, "/dangjian/nothing.html")
    assert answer.status == 404
    assert body == (portal.output / "404.html").read_bytes()
    for hidden in ("/redirects.map", "/.htaccess", first(portal, "search/*-state.bin")):
        assert ask(port, hidden)[0].status == 404


def test_old_addresses_lead_to_new_ones(port: int, portal: Built) -> None:
    redirects = re.findall(r'"(.+)" "(.+)";', (portal.output / "redirects.map").read_text("utf-8"))
    assert redirects
    for old, new in redirects:
        answer, _ = ask(port, old)
        assert answer.status == 301
        location = answer.getheader("Location") or ""
        assert location.endswith(new)
        path = re.sub(r"^http://[^/]+", "", location)
        assert ask(port, path)[0].status == 200


def test_ranges(port: int, portal: Built) -> None:
    path = first(portal, "media/*.jpg")
    answer, body = ask(port, path, Range="bytes=2-5")
    assert answer.status == 206
    assert body == (portal.output / path[1:]).read_bytes()[2:6]
