"""Commands of the office's own, run after a publish or when there is something to see to."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

SECONDS = 120
"""How long a command may take."""


def run_hook(command: Sequence[str], said: str | Mapping[str, object], folder: Path) -> str:
    """Run a command in the site's folder with ``said`` as its input: text, or a mapping as JSON.

    Returns what went wrong, in Chinese; empty if nothing did, or there is no command.
    """
    if not command:
        return ""
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
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
