"""Publishes that are killed while nginx serves the site: what a reader gets, file by file.

Two versions of a site are known to the byte. While publishes of them are killed at random moments,
a reader asks a real nginx for every file of both, all the time; and after each kill, for all of
them. A few moments are tried; the long mode and FAULTS try more.
"""

import http.client
import os
import random
import sys
import threading
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.faults.test_faults import FILES, edit, killed
from tests.nginx import HOST, Nginx, free_port, served
from tests.publishing import Office

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="as test_faults")

MOMENTS = int(os.environ.get("FAULTS", "4"))
LONG_MOMENTS = 50

Site = dict[str, bytes]


def fetch(connection: http.client.HTTPConnection, path: str) -> bytes | None:
    """A file as a reader gets it; None for one that is not there."""
    connection.request("GET", f"/{quote(path)}", headers={"Host": HOST})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status in (200, 404), (path, answer.status)
    return body if answer.status == 200 else None


class Reader(threading.Thread):
    """Asks for one file after another; notes each that is of neither version."""

    def __init__(self, port: int, one: Site, other: Site) -> None:
        super().__init__(daemon=True)
        self.port, self.one, self.other = port, one, other
        self.paths = sorted({*one, *other} - {"404.html"})
        self.ended = threading.Event()
        self.wrong: list[str] = []
        self.count = 0

    def run(self) -> None:
        while not self.ended.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            for path in self.paths:
                found = fetch(connection, path)
                self.count += 1
                if found not in (self.one.get(path), self.other.get(path)):
                    self.wrong.append(path)
            connection.close()

    def site(self) -> Site:
        """Every file that is served now."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        found = {path: fetch(connection, path) for path in self.paths}
        connection.close()
        return {path: data for path, data in found.items() if data is not None}


def without_404(site: Site) -> Site:
    return {path: data for path, data in site.items() if path != "404.html"}


def test_readers_get_the_old_site_or_the_new_whatever_is_killed(tmp_path: Path, long: bool) -> None:
    port = free_port()
    office = Office(tmp_path / "site", FILES, f'SITEURL = "http://{HOST}:{port}"\n')
    versions = []
    for words in ("第一版", "第二版"):
        edit(office, words)
        office.publish()
        versions.append(without_404(office.files()))
    configuration = office.site.folder / ".dangjian" / "server" / "public" / "nginx.conf"
    chance = random.Random(MOMENTS)
    with served(make_folder(tmp_path / "nginx"), port, [configuration]) as nginx:
        assert isinstance(nginx, Nginx)
        reader = Reader(port, *versions)
        assert reader.site() == versions[1]
        reader.start()
        for number in range(LONG_MOMENTS if long else MOMENTS):
            before, after = versions[(number + 1) % 2], versions[number % 2]
            edit(office, ("第一版", "第二版")[number % 2])
            killed(office, "publish", chance.uniform(0, 1.5))
            assert reader.site() in (before, after), number
            office.publish()
            assert reader.site() == after, number
        reader.ended.set()
        reader.join()
    assert reader.wrong == []
    assert reader.count > len(reader.paths)


def make_folder(folder: Path) -> Path:
    folder.mkdir()
    return folder
