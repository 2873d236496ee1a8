"""A live folder with a small site, another one to publish there, and both ways of switching."""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dangjian.publishing import releases as publishing
from tests.releases import NEW, OLD, publish_folder, write


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may enter: pytest closes its own when another run begins."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def live(tmp_path: Path) -> Path:
    """A live folder that holds OLD, published in the usual way."""
    place = tmp_path / "www" / "public"
    publish_folder(place, write(tmp_path / "built-old", OLD))
    return place


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return write(tmp_path / "built", NEW)


@pytest.fixture(params=["exchange", "two renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of switching; the second is that of systems which can't exchange."""
    if request.param == "exchange" and sys.platform != "linux":
        pytest.skip("only Linux exchanges folders")
    if request.param == "two renames":
        monkeypatch.setattr(publishing, "exchange", lambda *_: False)
    return str(request.param)
