"""What tests of the search page share: its site, served and as a folder, and a watched page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.search_site import build_search_site
from tests.conftest import Watched


@pytest.fixture(scope="session")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    return build_search_site(tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="session")
def http(output: Path, serve: Callable[[Path], str]) -> str:
    """Where the site is served."""
    return serve(output)


@pytest.fixture(params=["http", "file"])
def address(request: pytest.FixtureRequest, output: Path, http: str) -> str:
    """The site over http, and as a folder opened from disk."""
    return http if request.param == "http" else output.as_uri() + "/"


@pytest.fixture(params=["http", pytest.param("file", marks=pytest.mark.long)])
def site(request: pytest.FixtureRequest, output: Path, http: str) -> str:
    """The same where what is tested is the same on both; in the long mode it is tried on both."""
    return http if request.param == "http" else output.as_uri() + "/"


@pytest.fixture
def page(watched: Watched) -> Page:
    """A page on which nothing may go wrong."""
    return watched.page
