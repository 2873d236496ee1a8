"""The system's own ssh and rsync, with which another machine is reached.

What is sent by ``rsync`` is compared there by its checksum, so that a transfer that was cut short
goes on where it ended.
"""

import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from dangjian.publishing.errors import PublishError
from dangjian.settings.destinations import SshFolder

CONNECT_SECONDS = 20
"""How long a machine may take to answer, and be silent on a line that is up."""

_ALIVE = ("ServerAliveInterval=10", "ServerAliveCountMax=3")
_UNREACHED = 255  # what ssh itself ends with
_FILE_ERROR = 11  # rsync(1), "Error in file I/O": the reason gets lost where the line ends first
_NO_ROOM = re.compile(r"No space left|Disk quota exceeded")
_NO_KEY = re.compile(
    r"Permission denied \((?![0-9])|Host key verification failed|REMOTE HOST IDENTIFICATION"
)
_NO_RIGHT = re.compile(r"Permission denied|Read-only file system|Operation not permitted")


class RemoteShell(Struct, frozen=True):
    """How to reach ``at``: by the office's ssh command, without asking for passwords."""

    at: SshFolder
    command: tuple[str, ...] = ("ssh",)

    def run(self, script: str, data: bytes = b"") -> tuple[int, bytes]:
        """Run a POSIX shell script there with ``data`` as its input; its status and output.

        Statuses from 64 to 113 are the script's own; any other but 0 raises PublishError.
        """
        words = [*self._ssh(), self.at.login, f"exec sh -c {shlex.quote(script)}"]
        done = _run(words, data)
        if done.returncode == 0 or 64 <= done.returncode < 114:
            return done.returncode, done.stdout
        raise PublishError(self._why(done.returncode, done.stderr))

    def send(self, folder: Path, to: str, hear: Callable[[int, int], None]) -> None:
        """Make the folder ``to`` there the same as ``folder``; ``hear`` gets the progress.

        Raises PublishError.
        """
        host = f"[{self.at.login}]" if ":" in self.at.host else self.at.login
        if ":" in self.at.host and self.at.user:
            host = f"{self.at.user}@[{self.at.host}]"
        words = [
            "rsync", "-rt", "-s", "--checksum", "--delete", "--chmod=D755,F644",
            "--partial-dir=.partial", "--compress", "--out-format=%n",
            "-e", shlex.join(self._ssh()), f"{folder}{os.sep}", f"{host}:{to}/",
        ]  # fmt: skip
        total = sum(len(names) for _, _, names in os.walk(folder))
        with tempfile.TemporaryFile() as errors:
            try:
                process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors)  # noqa: S603 - no shell
            except OSError as error:
                raise PublishError(_missing("rsync")) from error
            with process:
                for number, _ in enumerate(process.stdout or (), 1):
                    hear(min(number, total - 1), total)
            errors.seek(0)
            said = errors.read()
        if process.returncode:
            raise PublishError(self._why(process.returncode, said))
        hear(total, total)

    def _ssh(self) -> list[str]:
        options = ["BatchMode=yes", f"ConnectTimeout={CONNECT_SECONDS}", *_ALIVE]
        given = [word for option in options for word in ("-o", option)]
        port = ["-p", str(self.at.port)] if self.at.port else []
        return [*self.command, *given, *port]

    def _why(self, status: int, stderr: bytes) -> str:
        """What went wrong, in Chinese, with ssh's own last words."""
        said = stderr.decode(errors="replace").strip()
        last = (said.splitlines() or [f"状态 {status}"])[-1].strip()
        if _NO_KEY.search(said):
            message = (
                f"登录不了（{last}）。请用发布的用户运行一次 ssh {self.at.login}，"
                "核对主机密钥，并用 ssh-copy-id 放好登录密钥"
            )
        elif _NO_ROOM.search(said):
            message = "那边的磁盘已满，请腾出空间后重新发布"
        elif _NO_RIGHT.search(said):
            message = f"那边没有写的权限（{last}）"
        elif "rsync: command not found" in said or "rsync: not found" in said:
            message = "那边没有装 rsync，请先装上，例如 apt install rsync"
        elif status == _FILE_ERROR:
            message = "那边的磁盘已满或写不进去，请查看后重新发布"
        elif status == _UNREACHED:
            message = f"连不上（{last}）"
        else:
            message = f"没有成功（{last}）"
        return f"{self.at} {message}。"


def _run(words: Sequence[str], data: bytes) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(words, input=data, capture_output=True, check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise PublishError(_missing(words[0])) from error


def _missing(program: str) -> str:
    return (
        f"这台机器没有 {program}，发布到另一台机器要用它。请先装上，例如 apt install "
        f"{'rsync' if program == 'rsync' else 'openssh-client'}"
    )
