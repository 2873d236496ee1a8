"""A server that sends as nginx would (ranges, gzip) and remembers how many bytes it sent."""

import gzip
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dangjian.common.mime_types import content_type

_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_COMPRESSED = (".html", ".js", ".css", ".json", ".svg")
_HEADERS = 250


class Sender:
    """A folder, and what was sent of it: pairs of path and bytes (with headers)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: list[tuple[str, int]] = []
        self.packed: dict[str, bytes] = {}
        self.lock = threading.Lock()

    def answer(self, path: str, wanted: str, encodings: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers for a path."""
        file = self.folder / path
        if not file.is_file():
            return 404, b"", {}
        data = file.read_bytes()
        headers = {"Content-Type": content_type(file.name), "Accept-Ranges": "bytes"}
        headers["Cache-Control"] = "no-cache" if path.endswith("manifest.js") else "max-age=3600"
        span = _RANGE.fullmatch(wanted)
        if span:
            start, end = int(span[1]), min(int(span[2]), len(data) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
            return 206, data[start : end + 1], headers
        if "gzip" in encodings and file.suffix in _COMPRESSED:
            if path not in self.packed:
                self.packed[path] = gzip.compress(data, 6)
            headers["Content-Encoding"] = "gzip"
            return 200, self.packed[path], headers
        return 200, data, headers

    def take(self) -> list[tuple[str, int]]:
        """What was sent since last asked."""
        with self.lock:
            sent, self.sent = self.sent, []
        return sent


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Sender]]:
    """Serve a folder; gives the address and the sender."""
    sender = Sender(folder)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body in one packet, as nginx sends them.
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path).lstrip("/")
            status, body, headers = sender.answer(
                path, self.headers.get("Range", ""), self.headers.get("Accept-Encoding", "")
            )
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            with sender.lock:
                sender.sent.append((path, len(body) + _HEADERS))

        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", sender
    finally:
        server.shutdown()
        server.server_close()
