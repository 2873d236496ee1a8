"""The configurations that publish makes for Caddy and Apache, under the real servers."""

import gzip
import http.client
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from dangjian.publishing.servers.files import write_server_files
from dangjian.publishing.servers.site import ServedSite, served_site
from tests.nginx import free_port
from tests.waiting import listens, wait_until

ODD = "%25 * [1] %7B1%7D {1} $uri %24 ^ | ( ; : ' & + ~ %3F %23 %20 %5C %22 😀 é".split()
"""What a server or the form of its configuration could take for a sign of its own."""
ADDRESSES = {
    "/old.html": "new.html",
    "/old/": "zt/index.html",
    "/中文/show.asp?编号=5": "new.html",
    "/show.asp?id=5&c=2": "new.html",
    "/show.asp": "zt/index.html",
    "/new.html": "zt/index.html",  # left over: it is a page again
    **{f"/odd/{sign}.html": "new.html" for sign in ODD},
    "/gone.asp?编号=": "new.html",
    "/other.html": "https://党建.example.com/?中=1",
}
LEADS = {
    "/old.html": "new.html",
    "/old.html?from=timeline": "new.html",
    "/old/": "zt/",
    "/%E4%B8%AD%E6%96%87/show.asp?x=1&%E7%BC%96%E5%8F%B7=5": "new.html",
    "/show.asp?c=2&id=5&from=timeline": "new.html",
    "/show.asp": "zt/",
    **{f"/odd/{quote(unquote(sign))}.html": "new.html" for sign in ODD},
    "/gone.asp?%E7%BC%96%E5%8F%B7=": "new.html",
    "/gone.asp": "new.html",
}
SENT = {
    "/": (200, "text/html; charset=utf-8", "no-cache"),
    "/zt/": (200, "text/html; charset=utf-8", "no-cache"),
    "/new.html": (200, "text/html; charset=utf-8", "no-cache"),
    "/feeds/all.rss.xml": (200, "application/xml", "no-cache"),
    "/files/a.ofd": (200, "application/ofd", "no-cache"),
    "/static/a.0123456789ab.css": (
        200,
        "text/css; charset=utf-8",
        "public, max-age=31536000, immutable",
    ),
    "/search/head-0123456789ab.js": (
        200,
        "text/javascript; charset=utf-8",
        "public, max-age=31536000, immutable",
    ),
    "/search/manifest.js": (200, "text/javascript; charset=utf-8", "no-cache"),
}
MODULES = ("mpm_event", "authz_core", "rewrite", "headers", "mime", "dir", "alias")


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is missing")
        pytest.skip(f"{name} is missing")
    return found


def caddy(_site: ServedSite, given: Path, _folder: Path) -> list[str]:
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(given / "Caddyfile")]


def apache(site: ServedSite, given: Path, folder: Path) -> list[str]:
    return apache_with(MODULES, site, given, folder)


def bare_apache(site: ServedSite, given: Path, folder: Path) -> list[str]:
    """Apache as Debian installs it: without mod_rewrite and mod_headers."""
    modules = [one for one in MODULES if one not in {"rewrite", "headers"}]
    return apache_with(modules, site, given, folder)


def apache_with(modules: Iterable[str], site: ServedSite, given: Path, folder: Path) -> list[str]:
    shutil.copy(given / "htaccess", site.live / ".htaccess")
    root = site.live.parent if site.path != "/" else site.live
    lines = [f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in modules]
    lines += ["ServerName test", f"Listen 127.0.0.1:{site.port}", "TypesConfig /dev/null"]
    lines += [f'PidFile "{folder}/pid"', f'ErrorLog "{folder}/error.log"']
    lines += [f'DocumentRoot "{root}"', f'<Directory "{root}">', "AllowOverride All"]
    lines += ["Require all granted", "</Directory>", "User nobody", "Group nogroup"]
    file = folder / "apache.conf"
    file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return [program("apache2"), "-d", str(folder), "-f", str(file), "-DFOREGROUND"]


Start = Callable[[ServedSite, Path, Path], list[str]]


@contextmanager
def running(start: Start, site: ServedSite, folder: Path) -> Iterator[None]:
    write_server_files(folder / "server", site, ADDRESSES)
    command = start(site, folder / "server", folder)
    environment = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    log = (folder / "log").open("wb")
    with log, subprocess.Popen(command, env=environment, stderr=log, stdout=log) as process:
        wait_until(lambda: process.poll() is not None or listens(site.port), "it does not listen")
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")
        try:
            yield
        finally:
            process.terminate()


def ask(port: int, path: str) -> tuple[int, str, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    names = ("Location", "Content-Type", "Cache-Control")
    return (answer.status, *(answer.getheader(name) or "" for name in names))  # type: ignore[return-value]


def lay_out(folder: Path, path: str) -> tuple[ServedSite, int]:
    """A small site below ``path``, and the port it is served at."""
    live = folder / "www" / (path.strip("/") or "site")
    texts = ("index.html", "404.html", "new.html", "zt/index.html", "feeds/all.rss.xml")
    search = ("search/head-0123456789ab.js", "search/manifest.js", "search/0-state.bin")
    for name in (*texts, "files/a.ofd", "static/a.0123456789ab.css", *search):
        (live / name).parent.mkdir(parents=True, exist_ok=True)
        (live / name).write_text(name, encoding="utf-8")
        if name in texts:
            (live / f"{name}.gz").write_bytes(gzip.compress(name.encode()))
    port = free_port()
    return served_site(live, f"http://127.0.0.1:{port}{path}"), port


@pytest.mark.parametrize("start", [caddy, apache])
@pytest.mark.parametrize("path", ["", "/dangjian"])
def test_a_site_is_served_as_by_nginx(open_folder: Path, start: Start, path: str) -> None:
    site, port = lay_out(open_folder, path)
    with running(start, site, open_folder):
        for asked, leads in LEADS.items():
            status, location, *_ = ask(port, f"{path}{asked}")
            assert status == 301, asked
            assert location.removeprefix(f"http://127.0.0.1:{port}") == f"{path}/{leads}", asked
        assert ask(port, f"{path}/other.html")[1] == "https://xn--n5qz54a.example.com/?%E4%B8%AD=1"
        for asked, (status, kind, cache) in SENT.items():
            assert ask(port, f"{path}{asked}") == (status, "", kind, cache), asked
        for hidden in (
            "/nothing",
            "/static/",
            "/search/0-state.bin",
            "/show.asp?id=9",
            "/.htaccess",
        ):
            assert ask(port, f"{path}{hidden}")[0] == 404, hidden


def test_apache_without_its_optional_modules_serves_the_site(open_folder: Path) -> None:
    """The pages with the addresses they moved to stay in place of redirects."""
    site, port = lay_out(open_folder, "")
    with running(bare_apache, site, open_folder):
        assert ask(port, "/new.html")[:2] == (200, "")
        assert ask(port, "/feeds/all.rss.xml")[2] == "application/xml"
        assert ask(port, "/nothing")[0] == 404


def test_caddy_has_nothing_to_say_about_the_form(tmp_path: Path) -> None:
    """It warns at every start of a file that is not as ``caddy fmt`` writes it."""
    site = served_site(tmp_path / "党建 public", "https://[fd00::5]/dangjian")
    write_server_files(tmp_path, site, ADDRESSES)
    file = str(tmp_path / "Caddyfile")
    formatted = subprocess.run([program("caddy"), "fmt", file], capture_output=True, check=False)
    assert formatted.stdout == (tmp_path / "Caddyfile").read_bytes()
    assert b"https://[fd00::5] {" in formatted.stdout
    command = [program("caddy"), "validate", "--adapter", "caddyfile", "--config", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
