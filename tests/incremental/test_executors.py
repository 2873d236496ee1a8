"""Another executor can do the parsing and rendering: a Dask cluster, threads."""

from concurrent.futures import Executor, ThreadPoolExecutor

import pytest

from tests.benchmarks.archive import write_archive
from tests.conftest import MakeSite
from tests.sites import assert_same


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what Dask and tornado warn of is theirs
def test_dask_makes_the_same_bytes(make_site: MakeSite, dask_executor: Executor) -> None:
    site = make_site({}, executor=dask_executor)
    write_archive(site.folder, 120)
    built = site.build()
    assert not built.errors
    site.executor = None
    assert_same(built.files(), site.clean_build())


def test_threads_make_the_same_bytes(make_site: MakeSite) -> None:
    with ThreadPoolExecutor(3) as threads:
        site = make_site({}, executor=threads)
        write_archive(site.folder, 60)
        built = site.build()
    assert not built.errors
    site.executor = None
    assert_same(built.files(), site.clean_build())
