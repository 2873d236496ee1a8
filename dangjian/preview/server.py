"""The preview's web server: this machine only, the headers of the real site, live reload.

It runs as a process of its own, so that a page comes at once while the site is being built. The
builder writes one JSON line of state to its standard input after each build; browsers get it by
Server-Sent Events. Files on disk stay as published: the script that listens is put into a page as
it is served. Its security headers are those that servers are configured to send.
"""

import json
import os
import re
import sys
import threading
from email.utils import formatdate, parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from dangjian.common.errors import DangjianError
from dangjian.common.http_headers import SECURITY_HEADERS
from dangjian.common.mime_types import content_type
from dangjian.paths import theme_path
from dangjian.preview.requests import Span, asked_span, locate

HOST = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TRIED = 100
EVENTS = "/_preview/events"
SCRIPT = "/_preview/preview.js"
HEARTBEAT_SECONDS = 15.0
REQUEST_SECONDS = 30.0
"""How long a connection may stay silent before its request is complete."""
CHUNK = 256 * 1024

_OWN_HOST = re.compile(r"(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?", re.IGNORECASE)


class PortError(DangjianError):
    """No port to serve on; the message is Chinese."""


class State:
    """The newest state of the build, for every listening page to wait on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._number = 0
        self._text = "{}"

    def put(self, text: str) -> None:
        """Take over a new state (JSON on one line) and wake the requests that wait for it."""
        with self._changed:
            self._number += 1
            self._text = text
            self._changed.notify_all()

    def after(self, number: int, timeout: float) -> tuple[int, str]:
        """The state as soon as it is newer than ``number``; the same one after ``timeout``."""
        with self._changed:
            self._changed.wait_for(lambda: self._number > number, timeout)
            return self._number, self._text

    @property
    def build(self) -> str:
        """Which build the output is of."""
        with self._changed:
            return str(json.loads(self._text).get("build", ""))


class Handler(BaseHTTPRequestHandler):
    """Serves one folder; ``state`` is what pages are sent, None for a plain server."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the browser waits for the last small packet
    server_version = "dangjian"
    sys_version = ""
    timeout = REQUEST_SECONDS

    def __init__(self, *arguments: object, root: Path, script: bytes, state: State | None) -> None:
        self.root = root
        self.script = script
        self.state = state
        super().__init__(*arguments)  # type: ignore[arg-type]  # socketserver's three

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        try:
            self._route()
        except OSError:  # the browser went away, or a disk failed in the middle of an answer
            self.close_connection = True

    def _route(self) -> None:
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1 or not _OWN_HOST.fullmatch(hosts[0]):
            # A page of another site that points its own name at this machine gets nothing.
            self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
            return
        if not self._is_asked_from_here():
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        try:
            target = urlsplit(self.path)
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if self.state is not None and target.path == EVENTS:
            self._tell(self.state)
        elif self.state is not None and target.path == SCRIPT:
            self._send_bytes(HTTPStatus.OK, self.script, content_type(SCRIPT))
        else:
            try:
                self._serve(target.path, target.query)
            except (FileNotFoundError, PermissionError):
                # A build has removed it since it was looked for, or nobody may read it.
                self._refuse(HTTPStatus.NOT_FOUND)

    def _is_asked_from_here(self) -> bool:
        """Whether the person or a page of ours asks (Fetch Metadata); others may only link here.

        Drafts are not for the scripts of whatever other page is open in the same browser.
        """
        if self.headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}:
            return True
        led = self.headers.get("Sec-Fetch-Mode"), self.headers.get("Sec-Fetch-Dest")
        return led == ("navigate", "document")

    def _serve(self, address: str, query: str) -> None:
        found = locate(self.root, address)
        if found is not None and found.is_dir():
            if not address.endswith("/"):
                self._redirect(address + "/", query)
                return
            found /= "index.html"
        elif found is not None and address.endswith("/"):
            found = None
        if found is None or not found.is_file():
            missing = self.root / "404.html"
            if missing.is_file():
                self._send_page(missing, HTTPStatus.NOT_FOUND)
            else:
                self._refuse(HTTPStatus.NOT_FOUND)
        elif found.suffix == ".html":
            self._send_page(found, HTTPStatus.OK)
        else:
            self._send_file(found)

    def _send_page(self, path: Path, status: HTTPStatus) -> None:
        """A page, with the script that reloads it in preview."""
        page = path.read_bytes()
        tag = _entity_tag(path.stat())
        if self.state is not None:
            build = self.state.build
            script = f'<script src="{SCRIPT}?build={quote(build)}" defer></script>'.encode()
            head, closing, rest = page.rpartition(b"</body>")
            page = head + script + closing + rest if closing else page + script
            tag = f'{tag[:-1]}-{quote(build)}"'
        if status is HTTPStatus.OK and self.headers.get("If-None-Match") == tag:
            self._not_modified(tag)
            return
        self._send_bytes(status, page, content_type(path.name), tag)

    def _send_file(self, path: Path) -> None:
        with path.open("rb") as file:
            stat = os.fstat(file.fileno())
            tag = _entity_tag(stat)
            if self._unchanged(tag, stat.st_mtime):
                self._not_modified(tag)
                return
            condition = self.headers.get("If-Range")
            asked = self.headers.get("Range") if condition in {None, tag} else None
            span = asked_span(asked, stat.st_size)
            if span is None:
                self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                self.send_header("Content-Range", f"bytes */{stat.st_size}")
                self._end_headers(0)
                return
            self.send_response(HTTPStatus.PARTIAL_CONTENT if span.partial else HTTPStatus.OK)
            if span.partial:
                self.send_header(
                    "Content-Range", f"bytes {span.start}-{span.end - 1}/{stat.st_size}"
                )
            self.send_header("Content-Type", content_type(path.name))
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Last-Modified", formatdate(stat.st_mtime, usegmt=True))
            self.send_header("ETag", tag)
            self._end_headers(span.end - span.start)
            if self.command == "GET":
                self._copy(file, span)

    def _unchanged(self, tag: str, modified: float) -> bool:
        known = self.headers.get("If-None-Match")
        if known is not None:
            return tag in {part.strip() for part in known.split(",")} or known.strip() == "*"
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return int(modified) <= parsedate_to_datetime(since).timestamp()
        except (ValueError, TypeError, OverflowError, OSError):
            return False

    def _copy(self, file: BinaryIO, span: Span) -> None:
        file.seek(span.start)
        left = span.end - span.start
        while left and (chunk := file.read(min(CHUNK, left))):
            self.wfile.write(chunk)
            left -= len(chunk)
        if left:
            self.close_connection = True

    def _tell(self, state: State) -> None:
        """Send the state now and after every build, for as long as the page listens."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.close_connection = True
        self._end_headers(None)
        if self.command == "HEAD":
            return
        number = 0
        while True:
            newest, text = state.after(number, HEARTBEAT_SECONDS)
            line = f"data: {text}\n\n" if newest > number else ": \n\n"
            self.wfile.write(line.encode())
            self.wfile.flush()
            number = newest

    def _redirect(self, address: str, query: str) -> None:
        # One slash in front: `//name` would lead to another host.
        location = "/" + address.lstrip("/") + (f"?{query}" if query else "")
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", location)
        self._end_headers(0)

    def _refuse(self, status: HTTPStatus) -> None:
        self._send_bytes(
            status, f"{status.value} {status.phrase}\n".encode(), content_type("status.txt")
        )

    def _not_modified(self, tag: str) -> None:
        self.send_response(HTTPStatus.NOT_MODIFIED)
        self.send_header("ETag", tag)
        self._end_headers(None)

    def _send_bytes(self, status: HTTPStatus, body: bytes, kind: str, tag: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if tag:
            self.send_header("ETag", tag)
        self._end_headers(len(body))
        if self.command == "GET":
            self.wfile.write(body)

    def _end_headers(self, length: int | None) -> None:
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        for name, value in SECURITY_HEADERS.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Stay silent: an editor's terminal is for what the editor has to do."""


def _entity_tag(stat: os.stat_result) -> str:
    return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'


class Server(ThreadingHTTPServer):
    """Bound to this machine alone; a port in use is refused on Windows too."""

    daemon_threads = True
    allow_reuse_address = os.name != "nt"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle of an answer is no event."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def open_server(root: Path, port: int = 0, state: State | None = None) -> Server:
    """A server for ``root`` on ``port``, or on the first free one from 8000 on when it is 0.

    Raises PortError when there is none.
    """
    script = preview_script() if state is not None else b""
    handler = partial(Handler, root=root, script=script, state=state)
    ports = [port] if port else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for candidate in ports:
        try:
            return Server((HOST, candidate), handler)
        except OSError:
            continue
    if port:
        raise PortError(f"端口 {port} 已被占用，请换一个，或不写 --port，由程序自选。")
    raise PortError(
        f"{FIRST_PORT} 到 {FIRST_PORT + PORTS_TRIED - 1} 的端口都被占用，请用 --port 指定。"
    )


def preview_script() -> bytes:
    """The script that listens for builds, from the theme."""
    return (theme_path() / "preview.js").read_bytes()


def serve(root: Path, port: int) -> int:
    """Serve ``root`` until standard input ends; each line of it is a new state."""
    state = State()
    try:
        server = open_server(root, port, state)
    except PortError as error:
        _answer_builder({"error": str(error)})
        return 1
    _answer_builder({"port": server.server_port})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for line in sys.stdin:
            state.put(line.strip())
    except KeyboardInterrupt:
        pass
    return 0


def _answer_builder(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(serve(Path(sys.argv[1]), int(sys.argv[2])))
