"""Publishing to an S3-compatible store, a real one: what is sent, in which order, and what goes."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dangjian.common.timezone import SHANGHAI
from dangjian.publishing import delivery
from dangjian.publishing.errors import PublishError
from dangjian.publishing.targets import s3 as s3_target
from dangjian.publishing.targets.bucket import Bucket, opened_bucket
from dangjian.publishing.targets.s3 import S3Site
from dangjian.settings.destinations import S3Bucket, read_destination
from tests.publishing import Office
from tests.releases import plan_of, write
from tests.seaweed import BUCKET, KEYS, Store, running_store
from tests.sites import article, assert_same, column

OLD = {
    "index.html": "old",
    "same.html": "same",
    "a/2020/06/gone.html": "gone",
    "static/app.0123456789.css": "o",
    "media/p.0123456789.jpg": "old picture",
}
NEW = {
    "index.html": "new",
    "same.html": "same",
    "a/2020/06/more 新.html": "more",
    "static/app.abcdef0123.css": "n",
}
LATE = "static/app.0123456789.css"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        with running_store(tmp_path_factory.mktemp("weed") / "server") as running:
            yield running


class Cloud:
    """A prefix of the bucket, and what one machine publishes there."""

    def __init__(self, store: Store, prefix: str, mine: Path) -> None:
        self.store, self.prefix, self.mine = store, prefix, mine

    def open(self) -> S3Site:
        at = read_destination(self.store.address(self.prefix))
        assert isinstance(at, S3Bucket)
        folder = self.mine / "records"
        folder.mkdir(parents=True, exist_ok=True)
        site = S3Site(opened_bucket(at), folder)
        site.connect()
        return site

    def publish(self, files: dict[str, str], site: S3Site | None = None) -> S3Site:
        built = self.mine / "built"
        shutil.rmtree(built, ignore_errors=True)
        write(built, files)
        site = site or self.open()
        site.publish(built, plan_of(built))
        return site

    def read(self) -> dict[str, str]:
        found = self.store.objects(self.prefix)
        return {path: data.decode() for path, data in found.items()}


@pytest.fixture
def cloud(store: Store, tmp_path: Path) -> Cloud:
    return Cloud(store, tmp_path.name.replace("_", "-"), tmp_path / "mine")


def test_what_changed_is_sent_with_its_type_and_how_long_it_may_be_cached(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.publish(OLD)
    assert cloud.read() == OLD
    sent: list[str] = []
    send = Bucket.send

    def watch(bucket: Bucket, path: str, file: Path, sha256: str) -> None:
        sent.append(path)
        if path == "index.html":
            # Whatever the home page leads to is there, and what is withdrawn is so after it.
            assert set(cloud.read()) == {*OLD, *NEW}
        send(bucket, path, file, sha256)

    monkeypatch.setattr(Bucket, "send", watch)
    cloud.publish(NEW)
    assert sent == ["static/app.abcdef0123.css", "a/2020/06/more 新.html", "index.html"]
    # The theme's old file stays for pages that are open; an old picture does not.
    assert cloud.read() == {**NEW, LATE: "o"}
    client = cloud.store.client()

    def head(path: str) -> tuple[str, str]:
        found = client.head_object(Bucket=BUCKET, Key=f"{cloud.prefix}/{path}")
        return found["ContentType"], found["CacheControl"]

    assert head("index.html") == ("text/html; charset=utf-8", "no-cache")
    assert head("static/app.abcdef0123.css") == (
        "text/css; charset=utf-8",
        "public, max-age=31536000, immutable",
    )
    sent.clear()
    cloud.publish(NEW)
    assert sent == []


def test_what_has_stayed_long_enough_goes(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.publish(OLD)
    cloud.publish(NEW).settle()
    assert LATE in cloud.read()
    monkeypatch.setattr(delivery, "GRACE", timedelta(seconds=-1))
    cloud.publish(OLD)
    cloud.publish(NEW)
    assert cloud.read() == NEW
    monkeypatch.undo()
    cloud.publish(OLD)
    site = cloud.publish(NEW)
    late = {path: delivery.Kept(datetime.now().astimezone(), 1) for path in site.state.kept}
    site.state.kept = late
    site.settle()
    assert cloud.read() == NEW


def test_rollback_puts_back_what_is_missing(cloud: Cloud) -> None:
    cloud.publish(OLD)
    newest = cloud.publish(NEW).state.live
    site = cloud.open()
    site.roll_back(held="mark")
    assert {path: text for path, text in cloud.read().items() if path in OLD} == OLD
    assert "a/2020/06/more 新.html" not in cloud.read()
    site = cloud.open()
    assert site.state.held == "mark"
    with pytest.raises(PublishError, match="没有更早的版本"):
        site.roll_back()
    site.roll_back(newest)
    assert cloud.read() == {**NEW, LATE: "o"}
    shutil.rmtree(cloud.mine / "records" / "bytes")
    with pytest.raises(PublishError, match=r"缺 .* 的内容"):
        cloud.open().roll_back()
    assert cloud.read() == {**NEW, LATE: "o"}


def test_only_so_many_are_kept(cloud: Cloud) -> None:
    for number in range(6):
        cloud.publish({"index.html": str(number)})
    site = cloud.open()
    assert len(site.names) == 3
    assert len(list((site.folder / "bytes").glob("*/*"))) == 4
    site.roll_back(site.names[0])
    assert cloud.read() == {"index.html": "2"}


def test_other_objects_are_named_and_stay(cloud: Cloud) -> None:
    client = cloud.store.client()
    client.put_object(Bucket=BUCKET, Key=f"{cloud.prefix}/upload/x.doc", Body=b"x")
    with pytest.raises(PublishError, match=r"upload/x\.doc"):
        cloud.open().check_ours()
    cloud.publish(OLD)
    cloud.open().check_ours()
    cloud.publish(NEW)
    assert cloud.read()["upload/x.doc"] == "x"


def test_of_two_machines_one_is_refused(store: Store, cloud: Cloud, tmp_path: Path) -> None:
    other = Cloud(store, cloud.prefix, tmp_path / "other")
    cloud.publish(OLD)
    slow = cloud.open()
    other.publish(NEW)
    with pytest.raises(PublishError, match="另一台机器"):
        cloud.publish({"index.html": "late"}, slow)
    assert cloud.read() == {**NEW, LATE: "o"}
    cloud.publish({"index.html": "late"})
    assert cloud.read()["index.html"] == "late"
    assert other.open().record() is not None


def test_a_publish_that_was_cut_short_is_made_good(
    store: Store, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.publish(OLD)
    send = Bucket.send

    def cut(bucket: Bucket, path: str, file: Path, sha256: str) -> None:
        if path == "index.html":
            raise PublishError("cut")
        send(bucket, path, file, sha256)

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "send", cut)
        with pytest.raises(PublishError, match="cut"):
            cloud.publish(NEW)
    assert cloud.read()["index.html"] == "old"
    other = Cloud(store, cloud.prefix, tmp_path / "other")
    with pytest.raises(PublishError, match="正在被"):
        other.publish(NEW)
    sent: list[str] = []

    def watch(bucket: Bucket, path: str, file: Path, sha256: str) -> None:
        sent.append(path)
        send(bucket, path, file, sha256)

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "send", watch)
        # What was sent and is not wanted any more goes; what was not sure is looked at.
        site = cloud.open()
        built = write(tmp_path / "again", OLD)
        assert site.compare(built, plan_of(built)).changed == ["index.html"]
        site.publish(built, plan_of(built))
    assert sent == []
    assert {path: text for path, text in cloud.read().items() if path in OLD} == OLD
    assert not set(cloud.read()) - {*OLD}
    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "send", cut)
        with pytest.raises(PublishError, match="cut"):
            cloud.publish(NEW)
        patch.setattr(s3_target, "ABANDONED", timedelta(seconds=0))
        patch.setattr(Bucket, "send", watch)
        other.publish(NEW)
    assert sent == ["index.html"]
    assert cloud.read() == {**NEW, LATE: "o"}


def test_another_machines_claim_is_respected_for_an_hour(cloud: Cloud, tmp_path: Path) -> None:
    cloud.publish(OLD)
    began = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)
    cloud.open()._claim(["index.html"], began)
    other = Cloud(cloud.store, cloud.prefix, tmp_path / "other").open()
    with pytest.raises(PublishError, match="正在被"):
        other._claim(["index.html"], began + s3_target.ABANDONED - timedelta(seconds=1))
    other._claim(["index.html"], began + s3_target.ABANDONED)
    assert other.state.claim is not None
    assert other.state.claim.time == began + s3_target.ABANDONED


def test_what_a_killed_run_did_not_delete_is_deleted_by_the_next(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.publish(OLD)

    def cut(_bucket: Bucket, path: str) -> None:
        raise PublishError(path)

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "delete", cut)
        with pytest.raises(PublishError):
            cloud.publish(NEW)
    assert "a/2020/06/gone.html" in cloud.read()
    cloud.publish({**NEW, "index.html": "third"})
    assert cloud.read() == {**NEW, "index.html": "third", LATE: "o"}


def test_a_store_without_conditions_is_used_and_named(cloud: Cloud) -> None:
    cloud.publish(OLD)
    site = cloud.open()
    site.bucket.conditional = False
    cloud.publish(NEW, site)
    assert cloud.read() == {**NEW, LATE: "o"}
    assert site.settle() == [f"{site.name} 不支持有条件的写入，请不要让两台机器同时发布到那里"]
    stale = cloud.open()
    cloud.publish(OLD)
    stale.bucket.conditional = False
    with pytest.raises(PublishError, match="另一台机器"):
        cloud.publish({"index.html": "late"}, stale)


FILES: dict[str, str | bytes] = {
    "content/yw/_column.md": column("要闻"),
    **{f"content/yw/n{n}.md": article(f"稿件{n}", body=f"第{n}篇。") for n in range(3)},
}


def test_a_whole_site(store: Store, tmp_path: Path) -> None:
    to = ["public", store.address("whole")]
    office = Office(tmp_path / "site", FILES, f"PUBLISH_TO = {to!r}\n")
    assert not office.publish().failed
    assert_same(store.objects("whole"), office.files())
    office.site.edit("content/yw/n1.md", "第1篇", "改过了")
    office.site.delete("content/yw/n2.md")
    changes = office.publish(allow_withdraw=1).places[1].changes
    assert (changes.changed, changes.withdrawn) == (["稿件1"], ["稿件2"])
    assert_same(store.objects("whole"), office.files())
    assert [one.result for one in office.publish().places] == ["unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("prefix", "more", "says"),
    [("x", {"AWS_SECRET_ACCESS_KEY": "no"}, "密钥不对"), ("other", {}, "没有这个桶")],
)
def test_what_does_not_work_is_reported(
    store: Store, monkeypatch: pytest.MonkeyPatch, prefix: str, more: dict[str, str], says: str
) -> None:
    for name, value in more.items():
        monkeypatch.setenv(name, value)
    bucket = BUCKET if more else "no-such-bucket"
    at = S3Bucket(bucket, prefix, store.endpoint, "cn-test")
    with pytest.raises(PublishError, match=says):
        opened_bucket(at).get("x")
