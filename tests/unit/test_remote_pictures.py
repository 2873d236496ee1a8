"""``check --fetch`` takes pictures at other hosts in, tried against a server of our own."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from dangjian.authoring import remote_pictures
from dangjian.authoring.remote_pictures import FetchError, fetch, fetch_pictures
from dangjian.content.reader import ReadingRules
from tests.sites import article


def picture() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (8, 5), "red").save(buffer, "PNG")
    return buffer.getvalue()


class Answers(BaseHTTPRequestHandler):
    """A picture, a page, a picture without end, and redirects."""

    def do_GET(self) -> None:
        if self.path.startswith("/to"):
            self.send_response(302)
            self.send_header(
                "Location", "ftp://127.0.0.1/a.png" if "bad" in self.path else "/a.png"
            )
            self.end_headers()
            return
        self.send_response(404 if "none" in self.path else 200)
        self.end_headers()
        body = b"<html>" if "page" in self.path else picture()
        self.wfile.write(body + b"\0" * 3000 if "long" in self.path else body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=partial(server.serve_forever, poll_interval=0.05))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_pictures_come_next_to_their_articles(host: str, tmp_path: Path) -> None:
    folder = tmp_path / "xw"
    folder.mkdir()
    text = f'![会场]({host}/a.png?x=1&y=2 "现场")\n\n<img alt="门" src="{host}/to?x=1&amp;y=2">\n'
    written = article("甲", body=text).encode()
    (folder / "a.md").write_bytes(written)
    (folder / "b.md").write_text(article("乙", body=f"![无]({host}/none.png)"), encoding="utf-8")
    done = list(fetch_pictures(tmp_path, ReadingRules()))
    assert [(one.path, bool(one.name), one.error) for one in done] == [
        ("xw/a.md", True, ""),
        ("xw/a.md", True, ""),
        ("xw/b.md", False, "对方网站回答 404"),
    ]
    changed = (folder / "a.md").read_text(encoding="utf-8")
    assert f'![会场]({done[0].name} "现场")' in changed
    assert f'src="{done[1].name}"' in changed
    assert all((folder / one.name).read_bytes() == picture() for one in done[:2])
    assert next(fetch_pictures(tmp_path, ReadingRules())).path == "xw/b.md"


@pytest.mark.parametrize(("path", "says"), [("/none", "404"), ("/to-bad", "302")])
def test_what_is_no_picture_is_refused(host: str, path: str, says: str) -> None:
    with pytest.raises(FetchError, match=says):
        fetch(host + path)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.cn/x.png", "http://", "data:,x"])
def test_only_web_addresses_are_asked(url: str) -> None:
    with pytest.raises(FetchError, match="不是 http"):
        fetch(url)


def test_a_page_is_not_saved(host: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(article("甲", body=f"![图]({host}/page)"), encoding="utf-8")
    (done,) = fetch_pictures(tmp_path, ReadingRules())
    assert "不是 JPG" in done.error
    assert [file.name for file in tmp_path.iterdir()] == ["a.md"]


def test_size_is_limited(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_pictures, "MAX_BYTES", 3000)
    assert fetch(f"{host}/a.png") == picture()
    with pytest.raises(FetchError, match="超过"):
        fetch(f"{host}/long.png")
