"""The preview's server: this machine only, ranges, headers, and word of every build."""

import http.client
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from dangjian.common.http_headers import SECURITY_HEADERS
from dangjian.preview import server as preview_server
from dangjian.preview.requests import Span, asked_span, locate
from dangjian.preview.server import (
    EVENTS,
    SCRIPT,
    Handler,
    PortError,
    State,
    open_server,
)

PAGE = "<!doctype html><html lang=zh><body><p>华亭</p></body></html>"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    (folder / "jcdj" / "2020").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "404.html").write_text("<body>没有这一页</body>", encoding="utf-8")
    (folder / "jcdj" / "index.html").write_text(PAGE, encoding="utf-8")
    (folder / "search.bin").write_bytes(bytes(range(256)) * 4)
    (folder / "中文 名.txt").write_text("文字", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


@contextmanager
def serving(folder: Path, state: State | None = None) -> Iterator[int]:
    server = open_server(folder, 0, state)
    # Asked to end, it looks up after this many seconds.
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    with serving(site) as number:
        yield number


def ask(port: int, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=named)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_pages_with_type_and_the_recommended_headers(port: int) -> None:
    answer, body = ask(port, "/")
    assert (answer.status, body.decode()) == (200, PAGE)
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert answer.getheader("Cache-Control") == "no-cache"
    for name, value in SECURITY_HEADERS.items():
        assert answer.getheader(name) == value


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_head_sends_no_body(port: int) -> None:
    answer, body = ask(port, "/", "HEAD")
    assert answer.getheader("Content-Length") == str(len(PAGE.encode()))
    assert body == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(port: int, method: str) -> None:
    assert ask(port, "/index.html", method)[0].status == 501


def test_missing_pages_get_the_sites_own(port: int) -> None:
    answer, body = ask(port, "/jcdj/none.html")
    assert answer.status == 404
    assert "没有这一页" in body.decode()


def test_a_folder_is_asked_for_with_a_slash(port: int) -> None:
    answer, _ = ask(port, "/jcdj?q=1")
    assert (answer.status, answer.getheader("Location")) == (301, "/jcdj/?q=1")
    answer, _ = ask(port, "//jcdj")
    assert answer.getheader("Location") == "/jcdj/"
    assert ask(port, "/jcdj/")[0].status == 200
    assert ask(port, "/index.html/")[0].status == 404


def test_names_in_chinese(port: int) -> None:
    answer, body = ask(port, "/%E4%B8%AD%E6%96%87%20%E5%90%8D.txt")
    assert (answer.status, body.decode()) == (200, "文字")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/jcdj/..%2f..%2f/secret.txt",
        "/..%5csecret.txt",
        "//etc/passwd",
        "/C:/Windows/win.ini",
        "/index.html%00.txt",
        "/.git/config",
    ],
)
def test_nothing_outside_the_folder(port: int, path: str) -> None:
    answer, body = ask(port, path)
    assert answer.status == 404
    assert b"secret" not in body


def test_a_link_out_of_the_folder_leads_nowhere(site: Path, port: int) -> None:
    try:
        (site / "out.txt").symlink_to(site.parent / "secret.txt")
    except OSError:
        pytest.skip("this system makes no symbolic links for everyone")
    assert ask(port, "/out.txt")[0].status == 404


@given(st.text(alphabet=st.sampled_from("./\\%2eC:ab\0~"), max_size=12))
def test_locate_never_leaves_its_folder(
    tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    root = tmp_path_factory.getbasetemp()
    found = locate(root, path)
    assert found is None or found.resolve().is_relative_to(root.resolve())


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("evil.example", 421),
        ("evil.example:8000", 421),
        ("127.0.0.1.evil.example", 421),
        ("127.0.0.1:8123.evil.example", 421),
        ("127.0.0.1:", 421),
        ("LOCALHOST:80", 200),
        ("", 421),
    ],
)
def test_only_names_of_this_machine(port: int, host: str, status: int) -> None:
    assert ask(port, "/", Host=host)[0].status == status


@pytest.mark.parametrize(
    ("site_", "mode", "dest", "status"),
    [
        ("same-origin", "no-cors", "script", 200),
        ("none", "navigate", "document", 200),
        ("cross-site", "navigate", "document", 200),
        ("cross-site", "no-cors", "script", 403),
        ("cross-site", "cors", "empty", 403),
        ("cross-site", "navigate", "iframe", 403),
        ("same-site", "no-cors", "image", 403),
    ],
)
def test_other_pages_can_lead_here_and_read_nothing(
    port: int, site_: str, mode: str, dest: str, status: int
) -> None:
    headers = {"Sec-Fetch-Site": site_, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    answer, _ = ask(port, "/", **headers)
    assert answer.status == status
    assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"


@pytest.mark.parametrize("line", ["GET //[ HTTP/1.1", "GET /%00 HTTP/1.1", "GET /%ff%fe HTTP/1.1"])
def test_a_malformed_request_is_answered(port: int, line: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"{line}\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert connection.recv(100).split()[1] in {b"400", b"404"}


def test_two_names_of_a_host_are_refused(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
        )
        assert connection.recv(100).split()[1] == b"421"


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError])
@pytest.mark.parametrize("name", ["jcdj/index.html", "search.bin"])
def test_a_file_that_goes_while_it_is_asked_for_is_a_page_not_found(
    port: int, monkeypatch: pytest.MonkeyPatch, error: type[OSError], name: str
) -> None:
    """As when a build removes it in between: nothing on the terminal, an answer in the browser."""

    def gone(path: Path, *_: object) -> bytes:
        raise error(2, "gone", str(path))

    monkeypatch.setattr(Path, "read_bytes", gone)
    monkeypatch.setattr(Path, "open", gone)
    assert ask(port, f"/{name}")[0].status == 404


def test_a_half_open_request_has_its_time(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Handler, "timeout", 0.2)
    with (
        serving(site) as port,
        socket.create_connection(("127.0.0.1", port), timeout=20) as slow,
        suppress(ConnectionError),  # where its time was over before it had sent that
    ):
        slow.sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert slow.recv(100) == b""


def test_head_of_the_events_has_no_body(site: Path) -> None:
    with serving(site, State()) as port:
        answer, body = ask(port, "/_preview/events", "HEAD")
        assert (answer.status, body) == (200, b"")


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, Span(0, 100)),
        ("bytes=0-9", Span(0, 10, True)),
        ("bytes=90-", Span(90, 100, True)),
        ("bytes=90-500", Span(90, 100, True)),
        ("bytes=-7", Span(93, 100, True)),
        ("bytes=-500", Span(0, 100, True)),
        ("bytes=100-", None),
        ("bytes=-0", None),
        ("bytes=9-3", Span(0, 100)),
        ("bytes=-", Span(0, 100)),
        ("bytes=0-1,5-6", Span(0, 100)),
        ("pages=1-2", Span(0, 100)),
        (f"bytes=0-{'9' * 5000}", Span(0, 100)),
        (f"bytes=-{'9' * 5000}", Span(0, 100)),
        ("bytes=٣-٤", Span(0, 100)),
    ],
)
def test_ranges(header: str | None, span: Span | None) -> None:
    assert asked_span(header, 100) == span


def test_a_range_of_the_index(port: int) -> None:
    answer, body = ask(port, "/search.bin", Range="bytes=256-259")
    assert (answer.status, body) == (206, b"\0\1\2\3")
    assert answer.getheader("Content-Range") == "bytes 256-259/1024"
    answer, body = ask(port, "/search.bin", Range="bytes=4096-")
    assert (answer.status, answer.getheader("Content-Range")) == (416, "bytes */1024")
    tag = ask(port, "/search.bin")[0].getheader("ETag") or ""
    assert ask(port, "/search.bin", Range="bytes=0-1", If_Range=tag)[0].status == 206
    assert ask(port, "/search.bin", Range="bytes=0-1", If_Range='"old"')[0].status == 200


def test_what_is_known_is_not_sent_again(site: Path, port: int) -> None:
    for path in ("/", "/search.bin"):
        answer, _ = ask(port, path)
        tag = answer.getheader("ETag") or ""
        assert ask(port, path, If_None_Match=tag)[0].status == 304
    modified = ask(port, "/search.bin")[0].getheader("Last-Modified") or ""
    assert ask(port, "/search.bin", If_Modified_Since=modified)[0].status == 304
    for wrong in ("nonsense", "", "Sat, 01 Jan 999999999999 00:00:00 GMT", "Sat, 01 Jan 2020", "0"):
        assert ask(port, "/search.bin", If_Modified_Since=wrong)[0].status == 200
    (site / "search.bin").write_bytes(b"new")
    assert ask(port, "/search.bin", If_None_Match=tag)[1] == b"new"


def test_the_preview_adds_its_script_as_it_serves(site: Path) -> None:
    state = State()
    state.put('{"build": "a-1"}')
    with serving(site, state) as port:
        answer, body = ask(port, "/")
        script = f'<script src="{SCRIPT}?build=a-1" defer></script></body>'
        assert body.decode() == PAGE.replace("</body>", script)
        assert answer.getheader("Content-Length") == str(len(body))
        assert "EventSource" in ask(port, SCRIPT)[1].decode()
        tag = answer.getheader("ETag") or ""
        assert ask(port, "/", If_None_Match=tag)[0].status == 304
        state.put('{"build": "a-2"}')
        assert ask(port, "/", If_None_Match=tag)[0].status == 200
    assert (site / "index.html").read_text(encoding="utf-8") == PAGE


def test_a_plain_server_adds_nothing(port: int) -> None:
    assert ask(port, SCRIPT)[0].status == 404
    assert ask(port, EVENTS)[0].status == 404


def test_every_build_is_reported_to_who_listens(site: Path) -> None:
    state = State()
    state.put('{"build": "1"}')
    with serving(site, state) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", EVENTS)
        answer = connection.getresponse()
        assert answer.getheader("Content-Type") == "text/event-stream; charset=utf-8"
        assert answer.readline() == b'data: {"build": "1"}\n'
        state.put('{"build": "2"}')
        assert answer.readline() == b"\n"
        assert answer.readline() == b'data: {"build": "2"}\n'
        connection.close()


@pytest.fixture
def _own_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other ports than previews of other tests take and leave meanwhile."""
    monkeypatch.setattr(preview_server, "FIRST_PORT", 20_000 + os.getpid() % 200 * 10)


@pytest.mark.usefixtures("_own_ports")
def test_ports_that_are_taken(site: Path) -> None:
    first = open_server(site)
    second = open_server(site)
    try:
        assert preview_server.FIRST_PORT <= first.server_port < second.server_port
        with pytest.raises(PortError, match=f"端口 {first.server_port} 已被占用"):
            open_server(site, first.server_port)
    finally:
        first.server_close()
        second.server_close()


@pytest.mark.usefixtures("_own_ports")
def test_so_many_ports_are_tried_and_no_more(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_server(site) as first, open_server(site) as second:
        monkeypatch.setattr(preview_server, "FIRST_PORT", first.server_port)
        between = second.server_port - first.server_port
        monkeypatch.setattr(preview_server, "PORTS_TRIED", between + 1)
        with pytest.raises(PortError, match=f"{first.server_port} 到 {second.server_port} 的端口"):
            open_server(site)
        monkeypatch.setattr(preview_server, "PORTS_TRIED", 1000)
        with open_server(site) as third:
            assert third.server_port > second.server_port


def test_a_line_without_news_shows_that_it_is_up(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between builds a comment comes now and then, so that nobody in between closes the line."""
    state = State()
    state.put('{"build": "1"}')
    monkeypatch.setattr(preview_server, "HEARTBEAT_SECONDS", 0.01)
    with serving(site, state) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", EVENTS)
        answer = connection.getresponse()
        lines = [answer.readline() for _ in range(6)]
        assert lines == [b'data: {"build": "1"}\n', b"\n", b": \n", b"\n", b": \n", b"\n"]
        state.put('{"build": "2"}')
        while (line := answer.readline()) in (b": \n", b"\n"):
            pass
        assert line == b'data: {"build": "2"}\n'
        connection.close()
