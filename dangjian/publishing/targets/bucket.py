"""An S3-compatible object store: the few requests that publishing makes, and what went wrong.

Many stores speak S3 (OSS, COS, OBS, MinIO, SeaweedFS), few all of it. So objects are deleted one by
one, checksums are sent only where they are asked for, and a store that knows no access lists or
conditional writes is used without them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from dangjian.common.mime_types import content_type
from dangjian.publishing.delivery import cache_control
from dangjian.publishing.errors import PublishError
from dangjian.settings.destinations import S3Bucket

CONNECTIONS = 8
"""So many requests are made at the same time."""

_CONNECT_SECONDS = 15
_READ_SECONDS = 60
_TRIES = 5

_NOT_THERE = frozenset({"NoSuchKey", "404", "NotFound"})
_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_UNKNOWN = frozenset({"NotImplemented", "501", "AccessControlListNotSupported", "InvalidArgument"})
_REASONS = {
    "NoSuchBucket": "没有这个桶，请先在控制台建好",
    "InvalidBucketName": "桶的名称不对",
    "AccessDenied": "没有权限（要能读、写、删除桶里的对象）",
    "403": "没有权限（要能读、写、删除桶里的对象）",
    "InvalidAccessKeyId": "密钥不对",
    "SignatureDoesNotMatch": "密钥不对",
    "RequestTimeTooSkewed": "这台机器的时钟不对",
    "QuotaExceeded": "桶的容量用完了",
    "EntityTooLarge": "文件太大",
}


class ChangedError(PublishError):
    """Somebody else has written the object in between."""


class Bucket(Struct):
    """A bucket, open; ``conditional`` until the store has said that it knows no conditions."""

    at: S3Bucket
    client: Any
    anonymous: Any
    conditional: bool = True

    def get(self, path: str) -> tuple[bytes, str] | None:
        """An object's content and what tells its versions apart; None if there is none."""
        with self._told():
            try:
                found = self.client.get_object(Bucket=self.at.bucket, Key=self._key(path))
                return found["Body"].read(), found["ETag"]
            except self.client.exceptions.ClientError as error:
                if _code(error) in _NOT_THERE:
                    return None
                raise

    def digest_of(self, path: str) -> str:
        """The SHA-256 that a file was sent with; empty if there is no such object."""
        with self._told():
            try:
                found = self.client.head_object(Bucket=self.at.bucket, Key=self._key(path))
                return str(found["Metadata"].get("sha256", ""))
            except self.client.exceptions.ClientError as error:
                if _code(error) in _NOT_THERE:
                    return ""
                raise

    def send(self, path: str, file: Path, sha256: str) -> None:
        """Put a file of the site at its path, with its type and how long it may be cached."""
        with self._told(), file.open("rb") as body:
            self.client.put_object(
                Bucket=self.at.bucket,
                Key=self._key(path),
                Body=body,
                ContentType=content_type(path),
                CacheControl=cache_control(path),
                Metadata={"sha256": sha256},
            )

    def put_private(self, path: str, data: bytes) -> None:
        """Put what readers have no business with, out of their reach where the store can."""
        self._put(path, data, {})

    def replace(self, path: str, data: bytes, version: str) -> str:
        """Put ``data`` in the place of ``version`` (empty: of nothing); returns its own version.

        Raises ChangedError when there is another one.
        """
        if self.conditional:
            condition = {"IfMatch": version} if version else {"IfNoneMatch": "*"}
            try:
                return self._put(path, data, condition)
            except self.client.exceptions.ClientError as error:
                if _code(error) in _CHANGED:
                    raise self._changed() from error
                if _code(error) not in _UNKNOWN:
                    raise PublishError(self._why(_code(error))) from error
                self.conditional = False
        found = self.get(path)
        if (found[1] if found else "") != version:
            raise self._changed()
        return self._put(path, data, {})

    def delete(self, path: str) -> None:
        """Delete an object, if there is one."""
        with self._told():
            self.client.delete_object(Bucket=self.at.bucket, Key=self._key(path))

    def some(self) -> list[str]:
        """The keys of a few objects where the site is to be."""
        with self._told():
            prefix = self._key("")
            found = self.client.list_objects_v2(
                Bucket=self.at.bucket, Prefix=prefix, MaxKeys=5
            ).get("Contents", [])
        return [one["Key"] for one in found]

    def is_public(self, path: str) -> bool:
        """Whether anybody may read an object."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - optional

        try:
            self.anonymous.head_object(Bucket=self.at.bucket, Key=self._key(path))
        except (ClientError, BotoCoreError):
            return False
        return True

    def _key(self, path: str) -> str:
        return f"{self.at.prefix}/{path}" if self.at.prefix else path

    def _put(self, path: str, data: bytes, condition: dict[str, str]) -> str:
        given = {"Bucket": self.at.bucket, "Key": self._key(path), "Body": data, **condition}
        if not condition:
            with self._told():
                return self._put_with_access(given)
        with self._told(passed=_CHANGED | _UNKNOWN):
            return self._put_with_access(given)

    def _put_with_access(self, given: dict[str, Any]) -> str:
        """Put an object that only its owner reads; without a word on that where none is known."""
        try:
            return str(self.client.put_object(**given, ACL="private")["ETag"])
        except self.client.exceptions.ClientError as error:
            if _code(error) not in _UNKNOWN:
                raise
        return str(self.client.put_object(**given)["ETag"])

    @contextmanager
    def _told(self, passed: frozenset[str] = frozenset()) -> Iterator[None]:
        """Turn what goes wrong into a PublishError, but for errors whose code is ``passed``."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - optional

        try:
            yield
        except ClientError as error:
            if _code(error) in passed:
                raise
            raise PublishError(self._why(_code(error))) from error
        except BotoCoreError as error:
            name = type(error).__name__
            if "Credentials" in name or "Profile" in name:
                raise PublishError(f"{self.at} 没有找到密钥（{error}）。") from error
            raise PublishError(f"{self.at} 连不上（{error}）。") from error

    def _why(self, code: str) -> str:
        return f"{self.at} {_REASONS.get(code, '没有成功')}（{code}）。"

    def _changed(self) -> ChangedError:
        return ChangedError(f"{self.at} 正在被另一台机器发布，或刚刚发布过。请等一会儿再发布。")


def opened_bucket(at: S3Bucket) -> Bucket:
    """A bucket by its address, with the keys of the environment or of ``~/.aws``.

    Raises PublishError.
    """
    try:
        import boto3  # noqa: PLC0415 - optional
        from botocore import UNSIGNED  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415
    except ImportError as error:
        raise PublishError(
            "发布到对象存储要用 boto3，还没有装。请运行："
            ".venv/bin/python -m pip install boto3（Windows 是 .venv\\Scripts\\python）"
        ) from error
    style = {"addressing_style": at.style} if at.style else {}
    given = {
        "connect_timeout": _CONNECT_SECONDS,
        "read_timeout": _READ_SECONDS,
        "retries": {"max_attempts": _TRIES, "mode": "standard"},
        "max_pool_connections": CONNECTIONS,
        "request_checksum_calculation": "when_required",
        "response_checksum_validation": "when_required",
        "s3": style,
    }
    try:
        session = boto3.Session(profile_name=at.profile or None)
        region = at.region or session.region_name or "us-east-1"
        place = {"endpoint_url": at.endpoint or None, "region_name": region}
        client = session.client("s3", config=Config(**given), **place)
        anonymous = session.client(
            "s3", config=Config(**given, signature_version=UNSIGNED), **place
        )
    except (BotoCoreError, ValueError) as error:
        raise PublishError(f"{at} 的设置不对：{error}。") from error
    return Bucket(at, client, anonymous)


def _code(error: Exception) -> str:
    response = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
