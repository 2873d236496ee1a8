"""A real nginx of a test's own, with the configurations that were made for some sites."""

import http.client
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path

import pytest

from dangjian.publishing.servers.files import write_server_files
from dangjian.publishing.servers.site import served_site
from tests.waiting import listens, wait_until

AROUND = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
{user}
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{sites}
}}
"""
HOST = "dj.example.gov.cn"
SUB = "www.sub.example.gov.cn"
LONG = "/html/2019/dangjian/jicengdangjian/gongzuodongtai/123.html"
"""An old address longer than nginx's maps take by themselves."""


def find_nginx() -> str:
    found = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("nginx is missing")
        pytest.skip("nginx is missing")
    return found


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Nginx:
    """A running nginx with the configurations of some sites; asked by host and path."""

    def __init__(self, port: int, folder: Path, configurations: list[Path]) -> None:
        self.port = port
        self.folder = folder
        self.configurations = configurations
        self.file = folder / "nginx.conf"

    def write(self) -> None:
        sites = "\n".join(f'    include "{one}";' for one in self.configurations)
        user = "user root;" if os.geteuid() == 0 else ""
        text = AROUND.format(folder=self.folder, user=user, sites=sites)
        self.file.write_text(text, encoding="utf-8")

    def test(self) -> str:
        """What ``nginx -t`` says; fails if it refuses the configuration."""
        command = [find_nginx(), "-t", "-c", str(self.file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stderr

    def ask(self, path: str, host: str = HOST, **headers: str) -> tuple[HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {k.replace("_", "-"): v for k, v in headers.items()} | {"Host": host}
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def leads(self, path: str, host: str = HOST) -> str:
        """Where a request is sent on to; empty if it is not."""
        answer, _ = self.ask(path, host)
        assert answer.status in (200, 301, 404), f"{path}: {answer.status}"
        return (answer.getheader("Location") or "") if answer.status == 301 else ""


Served = tuple[Path, str, dict[str, str]]
DOWNLOADS = {
    "files/fujian.0123456789ab.pdf": "关于“三会一课”的通知.pdf",
    "files/long-name-of-a-document-about-something.00112233aabb.docx": "登记表 (2026).docx",
    "files/one.ffff00001111.txt": "甲.txt",
    "files/two.ffff00001111.txt": "乙.txt",
}


@contextmanager
def running(folder: Path, *sites: Served) -> Iterator[Nginx]:
    """Nginx with sites: each the live folder, its address, and its old addresses."""
    port = free_port()
    configurations: list[Path] = []
    for live, url, addresses in sites:
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        site = served_site(live, f"{scheme}://{host}:{port}{slash}{path}", ipv6=False)
        given = folder / f"server {len(configurations)}"
        write_server_files(given, site, addresses, DOWNLOADS)
        configurations.append(given / "nginx.conf")
    with served(folder, port, configurations) as nginx:
        yield nginx


@contextmanager
def served(folder: Path, port: int, configurations: list[Path]) -> Iterator[Nginx]:
    """Nginx with some configurations, one of which listens on ``port``."""
    nginx = Nginx(port, folder, configurations)
    nginx.write()
    nginx.test()
    with ExitStack() as stack:
        command = [find_nginx(), "-c", str(nginx.file)]
        process = stack.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE))
        stack.callback(process.terminate)
        wait_until(lambda: process.poll() is not None or listens(port), "nginx does not listen")
        if process.poll() is not None:
            assert process.stderr is not None
            pytest.fail(process.stderr.read().decode())
        yield nginx


def small_site(live: Path, words: str) -> Path:
    for name in ("index.html", "404.html", "new.html", "zt/index.html"):
        (live / name).parent.mkdir(parents=True, exist_ok=True)
        (live / name).write_text(f"{name} {words}", encoding="utf-8")
    return live
