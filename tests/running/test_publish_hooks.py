"""What follows a publish: commands, addresses, the examples of the manual, and status.json."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from dangjian.common.errors import os_error_reason
from dangjian.publishing import hooks
from dangjian.publishing.errors import PublishError
from dangjian.publishing.hooks import run_hook
from tests.conftest import ROOT
from tests.publishing import Office
from tests.sites import article, column
from tests.waiting import wait_until

FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    **{f"content/yw/n{n}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(4)},
}
PAGE = "yw/2020/06/n1.html"


@contextmanager
def listening(status: int = 200) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A server for hooks: its address, and what it was sent (type and content)."""
    got: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            got.append((self.headers["Content-Type"], self.rfile.read(length)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", got
        finally:
            server.shutdown()


def test_hooks_get_what_changed_and_what_is_wrong(tmp_path: Path) -> None:
    save = 'import sys; open(sys.argv[1], "ab").write(sys.stdin.buffer.read() + b"\\n")'
    command = ["python3", "-c", save]
    more = f"AFTER_PUBLISH = {[*command, 'after']}\nON_PROBLEM = {[*command, 'wrong']}\n"
    office = Office(tmp_path / "site", FILES, more)
    office.publish()
    after = json.loads((office.site.folder / "after").read_text(encoding="utf-8"))
    assert PAGE in after["new"]
    assert after["articles"]["appeared"] == [f"稿件{n}" for n in range(4)]
    office.publish()
    assert len((office.site.folder / "after").read_text(encoding="utf-8").splitlines()) == 1
    shutil.rmtree(office.site.content)
    office.site.content.mkdir()
    for _ in range(3):
        with pytest.raises(PublishError):
            office.publish()
    assert (office.site.folder / "wrong").read_text(encoding="utf-8").count("没有发布") == 1


def test_a_hook_that_fails_is_reported_and_the_site_is_live(tmp_path: Path) -> None:
    office = Office(tmp_path / "site", FILES, 'AFTER_PUBLISH = "no-such-program x"\n')
    outcome = office.publish()
    assert outcome.result == "published"
    assert outcome.notices[-1:] == [
        "AFTER_PUBLISH：命令 no-such-program 运行不了：" + os_error_reason(FileNotFoundError(2, ""))
    ]


@pytest.mark.skipif(os.name == "nt", reason="these are commands of Unix")
def test_a_hook_is_waited_for_and_not_what_it_leaves_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_hook(["sh", "-c", "sleep 30 & echo $! > pid"], "x" * 200_000, tmp_path) == ""
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)  # it was still running
    said = run_hook(["sh", "-c", "head -c 99999 /dev/zero; echo; echo 坏了; exit 3"], "", tmp_path)
    assert said == "命令 sh 没有成功（状态 3）：坏了"
    long = run_hook(["sh", "-c", "printf '\\001%0300d' 7 >&2; exit 1"], "", tmp_path)
    assert len(long) < 300
    assert "：?000" in long
    monkeypatch.setattr(hooks, "SECONDS", 1)
    said = run_hook(["sh", "-c", "sleep 60 & echo $! > pid; wait"], "", tmp_path)
    assert said == "命令 sh 在 1 秒内没有结束，已停止"
    child = Path("/proc") / (tmp_path / "pid").read_text().strip()
    wait_until(lambda: ended(child), "it goes on running")


def ended(process: Path) -> bool:
    """Whether a process, by its folder in ``/proc``, is gone, or waits to be asked how it ended."""
    try:
        return " Z " in (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_several_hooks_and_addresses_get_whole_addresses(tmp_path: Path) -> None:
    with listening() as (address, got):
        more = f"AFTER_PUBLISH = [['{address}/hook'], ['no-such-program'], ['{address}/又']]\n"
        office = Office(tmp_path / "site", FILES, more)
        outcome = office.publish()
        assert [note for note in outcome.notices if "no-such-program" in note]
        assert len(got) == 2
        office.site.edit("content/yw/n1.md", "第1篇", "改过了")
        office.site.delete("content/yw/n2.md")
        office.publish()
    kind, data = got[2]
    payload = json.loads(data)
    assert kind == "application/json"
    top = payload["url"].rstrip("/")
    assert payload["pages"] == [f"{top}/{PAGE}", f"{top}/yw/2020/06/n3.html"]  # and its neighbour
    assert {f"{top}/", f"{top}/yw/", f"{top}/{PAGE}", f"{top}/yw/2020/06/n2.html"} <= {
        *payload["addresses"]
    }
    assert not [one for one in payload["addresses"] if one.endswith((".gz", ".br", "index.html"))]


def test_an_address_that_refuses_or_is_not_there_is_reported(tmp_path: Path) -> None:
    with listening(500) as (address, _):
        assert run_hook([address], "x", tmp_path) == "通知 127.0.0.1 没有成功（状态 500）"
    assert run_hook([address], "x", tmp_path).startswith("通知 127.0.0.1 没有成功：")


def examples() -> dict[str, str]:
    """The programs in the manual by the file each is for."""
    text = (ROOT / "docs/administrators/hooks.md").read_text(encoding="utf-8")
    found = re.findall(r"`hooks/(\w+)\.py`.*?```python\n(.*?)```", text, re.DOTALL)
    return dict(found)


def run_example(program: str, pages: int) -> None:
    payload = {
        "url": "https://dj.example.gov.cn",
        "pages": [f"https://dj.example.gov.cn/{n}.html" for n in range(pages)],
        "addresses": [f"https://dj.example.gov.cn/{n}.html" for n in range(pages)],
    }
    subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(payload).encode(), check=True, timeout=60
    )


@pytest.mark.parametrize("name", ["push_baidu", "push_indexnow"])
def test_the_examples_that_tell_search_engines_work_as_they_are(name: str) -> None:
    with listening() as (address, got):
        program, count = re.subn(
            r'ADDRESS = "https?://[^/]+', f'ADDRESS = "{address}', examples()[name]
        )
        assert count == 1
        run_example(program, 3)
        run_example(program, 0)
    [(_, data)] = got
    assert data.count(b"https://dj.example.gov.cn/") == 3
    if name == "push_baidu":
        assert data.decode().splitlines()[2] == "https://dj.example.gov.cn/2.html"
    else:
        assert json.loads(data)["host"] == "dj.example.gov.cn"


def test_the_example_that_purges_a_cdn_does_it_in_batches(tmp_path: Path) -> None:
    log = tmp_path / "log"
    save = f"import sys; open({str(log)!r}, 'a').write(sys.argv[1] + '\\n--\\n')"
    command = f"COMMAND = {[sys.executable, '-c', save]!r}"
    program, count = re.subn(r"COMMAND = .*", lambda _: command, examples()["purge_cdn"])
    assert count == 1
    run_example(program, 250)
    batches = log.read_text(encoding="utf-8").split("\n--\n")[:-1]
    assert [len(batch.splitlines()) for batch in batches] == [100, 100, 50]


def test_status_says_what_is_published_and_no_clock_is_in_it(tmp_path: Path) -> None:
    office = Office(tmp_path / "site", FILES)
    office.publish()
    status = json.loads(office.text("status.json"))
    assert (status["articles"], status["updated"][:10]) == (4, "2020-06-16")
    assert status["pages"] == sum(name.endswith(".html") for name in office.files())
    assert status["files"] == len(office.files()) - 1
    shutil.rmtree(office.site.cache)
    assert office.publish().result == "unchanged"
    office.site.write("content/yw/neu.md", article("新的", date="2021-01-02"))
    office.publish()
    assert json.loads(office.text("status.json"))["updated"][:10] == "2021-01-02"
    office.site.write("content/_root/status.json", "{}")
    office.publish()
    assert office.text("status.json") == "{}"
