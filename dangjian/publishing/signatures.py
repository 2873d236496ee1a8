"""Signatures by the system's own ``ssh-keygen`` (OpenSSH 8.2 or later; Windows has it too).

The format is that of OpenSSH's PROTOCOL.sshsig; whose signature counts is written in a file of
allowed signers as in ssh-keygen(1): a name and a public key a line.
"""

import subprocess
import tempfile
from pathlib import Path

from dangjian.publishing.errors import PublishError

_PURPOSE = "dangjian"
"""The namespace: a signature made for something else (a commit, a letter) does not count."""


def sign(data: bytes, key: Path) -> bytes:
    """The signature of ``data`` by a private key, or by the agent that has the one of a public key.

    Raises PublishError.
    """
    if not key.is_file():
        raise PublishError(
            f"没有签名用的密钥 {key}（SIGNING_KEY）。生成一个：ssh-keygen -t ed25519 -f {key}"
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data"
        file.write_bytes(data)
        _keygen("sign", ["-f", str(key), str(file)], failed=f"用 {key} 签不了名")
        return file.with_name("data.sig").read_bytes()


def verify(data: bytes, signature: bytes, signers: Path) -> str:
    """Who of the allowed ``signers`` signed ``data``. Raises PublishError if none of them did."""
    if not signers.is_file():
        raise PublishError(
            f"没有 {signers}（ALLOWED_SIGNERS），不知道谁签的名可以相信。"
            "请写好：一行一个，先名称，再公钥（发布那边的 .pub 文件里的那一行）"
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.sig"
        file.write_bytes(signature)
        message = f"签名不对，或签名的人不在 {signers} 里"
        given = ["-s", str(file), "-f", str(signers)]
        names = _keygen("find-principals", given, failed=message).decode().splitlines()
        who = names[0] if names else ""
        _keygen("verify", [*given, "-I", who], data, message)
    return who


def _keygen(action: str, words: list[str], data: bytes = b"", failed: str = "") -> bytes:
    command = ["ssh-keygen", "-Y", action, "-n", _PURPOSE, *words]
    if action == "find-principals":
        command = ["ssh-keygen", "-Y", action, *words]
    try:
        done = subprocess.run(command, input=data, capture_output=True, check=False)  # noqa: S603 - no shell
    except OSError as error:
        raise PublishError(
            "这台机器没有 ssh-keygen，签名和核对都要用它。请先装上，例如 apt install openssh-client"
        ) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise PublishError(f"{failed}（{''.join(said)}）。")
    return done.stdout
