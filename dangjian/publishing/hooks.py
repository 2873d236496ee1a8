"""Commands and addresses of the office's own, for after a publish or when something is wrong."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from dangjian.common.errors import os_error_reason
from dangjian.common.web_addresses import to_uri
from dangjian.schema.forms import shortened

SECONDS = 120
"""How long a command, or an answer, may take."""
_READ = 4096
_SHOWN = 200
"""So many bytes of what a failed command wrote are looked at, and so many characters shown."""


def run_hook(command: Sequence[str], said: str | Mapping[str, object], folder: Path) -> str:
    """Run a command in the site's folder with ``said`` as its input: text, or a mapping as JSON.

    A command that is just an address (``https://…``) is sent it by POST. Returns what went wrong,
    in Chinese; empty if nothing did, or there is no command.
    """
    if not command:
        return ""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    if len(command) == 1 and command[0].startswith(("http://", "https://")):
        kind = "text/plain; charset=utf-8" if isinstance(said, str) else "application/json"
        return _post(command[0], text.encode(), kind)
    try:
        status, words = _run(command, text.encode(), folder)
    except OSError as error:
        return f"命令 {command[0]} 运行不了：{os_error_reason(error)}"
    except subprocess.TimeoutExpired:
        return f"命令 {command[0]} 在 {SECONDS} 秒内没有结束，已停止"
    return f"命令 {command[0]} 没有成功（状态 {status}）：{words}" if status else ""


def _run(command: Sequence[str], data: bytes, folder: Path) -> tuple[int, str]:
    """Run a command; returns its status and the last line it wrote.

    What it writes goes to a file: a pipe would be open as long as anything it has started runs in
    the background. Raises OSError and TimeoutExpired, with the command and its children ended.
    """
    with TemporaryFile() as given, TemporaryFile() as written:
        given.write(data)
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 - the office's own command, not by a shell
            list(command),
            stdin=given,
            stdout=written,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
        )
        try:
            status = process.wait(SECONDS)
        except BaseException:
            _end(process)
            raise
        written.seek(max(0, written.seek(0, os.SEEK_END) - _READ))
        lines = written.read().decode(errors="replace").strip().splitlines()[-1:]
    plain = "".join(sign if sign.isprintable() else "?" for sign in "".join(lines))
    return status, shortened(plain, _SHOWN)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if os.name == "nt":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _post(address: str, data: bytes, kind: str) -> str:
    """Send ``data`` to an address of the office's own."""
    request = urllib.request.Request(  # noqa: S310 - http or https, as checked
        to_uri(address), data, {"Content-Type": kind, "User-Agent": "dangjian"}, method="POST"
    )
    host = urlsplit(address).hostname
    try:
        with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310 - as above
            return ""
    except urllib.error.HTTPError as error:
        return f"通知 {host} 没有成功（状态 {error.code}）"
    except (OSError, ValueError) as error:
        return f"通知 {host} 没有成功：{getattr(error, 'reason', error)}"
