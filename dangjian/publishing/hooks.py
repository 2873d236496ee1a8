"""Commands and addresses of the office's own, for after a publish or when something is wrong."""

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from dangjian.common.web_addresses import to_uri

SECONDS = 120
"""How long a command, or an answer, may take."""


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
        done = subprocess.run(  # noqa: S603 - the office's own command, not by a shell
            list(command),
            input=text.encode(),
            cwd=folder,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except OSError as error:
        return f"命令 {command[0]} 运行不了：{error.strerror}"
    except subprocess.TimeoutExpired:
        return f"命令 {command[0]} 在 {SECONDS} 秒内没有结束，已停止"
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return f"命令 {command[0]} 没有成功（状态 {done.returncode}）：{''.join(words)}"
    return ""


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
