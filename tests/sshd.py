"""A real sshd on this machine, of one test run's own: its keys, its port, its one user."""

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.waiting import listens, wait_until

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"


class Sshd:
    """A running server: its port, and the ssh command that is let in without asking."""

    def __init__(self, port: int, command: list[str]) -> None:
        self.port = port
        self.command = command

    def address(self, folder: Path) -> str:
        return f"ssh://127.0.0.1:{self.port}{folder}"

    def settings(self, folder: Path) -> str:
        """Lines of publishconf.py that publish to a folder by this server."""
        return f"PUBLISH_TO = {self.address(folder)!r}\nSSH_COMMAND = {self.command!r}\n"


@contextmanager
def running_sshd(folder: Path) -> Iterator[Sshd]:
    """Run an sshd whose files are in ``folder``; skips where there is none, or no rsync."""
    if not Path(SSHD).exists() or shutil.which("rsync") is None:
        if os.environ.get("CI"):
            pytest.fail("sshd and rsync are needed", pytrace=False)
        pytest.skip("sshd and rsync are needed")
    folder.mkdir(parents=True)
    for name in ("host", "user"):
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(key, check=True)
    with suppress(OSError):
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lines = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {folder / 'host'}",
        f"AuthorizedKeysFile {folder / 'user.pub'}",
        f"PidFile {folder / 'pid'}",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "MaxStartups 100",
        f"AllowUsers {getpass.getuser()}",
        # The shell there reads no start-up file of whoever runs the tests.
        f"SetEnv HOME={folder}",
        # The usual exchange of keys takes longer than all that a test does by it.
        "KexAlgorithms curve25519-sha256",
    ]
    (folder / "sshd_config").write_text("\n".join(lines) + "\n", encoding="utf-8")
    host = (folder / "host.pub").read_text(encoding="utf-8")
    (folder / "known").write_text(f"[127.0.0.1]:{port} {host}", encoding="utf-8")
    log = folder / "log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=written
        )
    try:
        wait_until(lambda: server.poll() is not None or listens(port), "sshd does not listen")
        assert server.poll() is None, log.read_text(errors="replace")
        command = ["ssh", "-F", "none", "-i", str(folder / "user"), "-o", "IdentitiesOnly=yes"]
        command += ["-o", f"UserKnownHostsFile={folder / 'known'}"]
        yield Sshd(port, command)
    finally:
        server.terminate()
        server.wait()
