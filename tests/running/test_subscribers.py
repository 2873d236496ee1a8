"""Subscribers over twelve days: whatever the office does, each article comes once and none is lost.

Read by newsboat and feedparser, from a server, after each day's build.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import feedparser
import pytest

from tests.conftest import MakeSite
from tests.sites import Site, article, column

MARK = re.compile(r"记号\d{3}")
SIZE = 10


@dataclass
class Office:
    """An office that publishes day by day, and what its subscribers have got so far."""

    site: Site
    address: str
    reader: Path
    marks: dict[str, set[str]] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=dict)
    number: int = 0

    def write(self, path: str, title: str, date: str, **fields: object) -> str:
        """Write an article with a mark in its text that tells it from every other."""
        self.number += 1
        mark = f"记号{self.number:03}"
        self.site.write(f"content/{path}", article(title, date, f"正文，{mark}。", **fields))
        return mark

    def publish(self, now: str) -> None:
        """Build at a moment, and let the subscribers look."""
        self.site.settings["BUILD_AT"] = now
        self.let_a_second_pass()
        built = self.site.build()
        assert built.errors == []
        for form in ("rss.xml", "atom.xml"):
            found = feedparser.parse((built.output / f"feeds/all.{form}").read_bytes())
            assert not found.bozo
            self.note([(entry.id, entry.content[0].value) for entry in found.entries])
        self.poll()

    def let_a_second_pass(self) -> None:
        """Publish in another second than last time.

        HTTP dates have whole seconds: a feed written twice in one is not modified for a reader who
        came in between. An office publishes hours apart.
        """
        feed = self.site.output / "feeds/all.rss.xml"
        if feed.exists():
            time.sleep(max(0.0, int(feed.stat().st_mtime) + 1 - time.time()))

    def note(self, entries: list[tuple[str, str]]) -> None:
        assert len({key for key, _ in entries}) == len(entries)
        for key, text in entries:
            mark = MARK.findall(text)[0]
            self.marks.setdefault(key, set()).add(mark)
            self.ids.setdefault(mark, set()).add(key)

    def poll(self) -> None:
        """Let newsboat fetch the feed, as a program of a subscriber's does by itself."""
        urls = self.reader / "urls"
        urls.write_text(f"{self.address}feeds/all.rss.xml\n", encoding="utf-8")
        (self.reader / "config").write_text("", encoding="utf-8")
        command = ["newsboat", "-u", str(urls), "-C", str(self.reader / "config")]
        command += ["-c", str(self.reader / "cache.db"), "-x", "reload"]
        environment = os.environ | {"HOME": str(self.reader), "LC_ALL": "C.UTF-8"}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)

    def received(self) -> list[str]:
        """The marks of all items in newsboat, once for each."""
        with closing(sqlite3.connect(self.reader / "cache.db")) as database:
            rows = database.execute("SELECT content FROM rss_item").fetchall()
        return sorted(MARK.findall(content)[0] for (content,) in rows)


@pytest.fixture
def office(make_site: MakeSite, serve: Callable[[Path], str], tmp_path: Path) -> Office:
    if shutil.which("newsboat") is None:
        if os.environ.get("CI"):
            pytest.fail("newsboat is missing")
        pytest.skip("newsboat is missing")
    site = make_site(
        {
            "content/yaowen/_column.md": column("要闻"),
            "content/zhengce/_column.md": column("政策"),
        },
        {"FEED_SIZE": SIZE, "FEED_AUTHORITY": "dj.example.gov.cn"},
    )
    site.output.mkdir(parents=True)
    address = serve(site.output)
    site.settings["SITEURL"] = address.rstrip("/")
    reader = tmp_path / "reader"
    reader.mkdir()
    return Office(site, address, reader)


def test_twelve_days(office: Office) -> None:
    site = office.site
    # 1: the first articles, one with an id of its own, one embargoed.
    for number in range(8):
        office.write(f"yaowen/jia-{number}.md", f"甲{number}", f"2026-12-01 08:{number:02}")
    office.write("yaowen/bianhao.md", "有编号的", "2026-12-01 08:30", id="2026-7")
    late = office.write(
        "yaowen/dingshi.md", "定时的", "2026-11-25 08:00", publish_at="2026-12-06 08:00"
    )
    office.publish("2026-12-01 10:00")
    assert late not in office.received()
    # 2: words corrected, with and without a time of change.
    site.edit("content/yaowen/jia-0.md", "正文", "改正后的正文")
    site.edit("content/yaowen/jia-1.md", "正文", "改正后的正文")
    site.edit("content/yaowen/jia-1.md", "title:", "updated: 2026-12-02 09:00\ntitle:")
    office.publish("2026-12-02 10:00")
    # 3: another title, another day, another hour.
    site.edit("content/yaowen/jia-2.md", "甲2", "甲二改题")
    site.edit("content/yaowen/jia-3.md", "2026-12-01", "2026-12-02")
    site.edit("content/yaowen/jia-4.md", "08:04", "07:00")
    site.edit("content/yaowen/bianhao.md", "2026-12-01", "2026-11-30")
    office.publish("2026-12-03 10:00")
    # 4: moved to another column, renamed, another address; with the old addresses. The one with
    # an id of its own moves without.
    for old, new, more in (
        ("yaowen/jia-5.md", "zhengce/jia-5.md", ""),
        ("yaowen/jia-6.md", "yaowen/jia-liu.md", ""),
        ("yaowen/jia-7.md", "yaowen/jia-7.md", "slug: qi\n"),
    ):
        if old != new:
            site.rename(f"content/{old}", f"content/{new}")
        was = f"/yaowen/2026/12/{Path(old).stem}.html"
        site.edit(f"content/{new}", "title:", f'{more}aliases: ["{was}"]\ntitle:')
    site.rename("content/yaowen/bianhao.md", "content/zhengce/bianhao.md")
    office.publish("2026-12-04 10:00")
    # 5: one withdrawn, one expired.
    site.edit("content/yaowen/jia-0.md", "title:", "status: draft\ntitle:")
    site.edit("content/yaowen/jia-1.md", "title:", "expires: 2026-12-04\ntitle:")
    office.publish("2026-12-05 10:00")
    # 6: the embargoed one comes, though its own date is older than what the feed held.
    office.publish("2026-12-06 10:00")
    assert late in office.received()
    # 7: far more at once than a feed holds.
    for number in range(45):
        date = f"2026-12-07 08:{number:02}"
        office.write(f"yaowen/bing-{number}.md", f"丙{number}", date)
    office.publish("2026-12-07 10:00")
    # 8: a namesake with an earlier hour in another column.
    office.write("zhengce/tz.md", "政策通知", "2026-12-08 08:30")
    office.publish("2026-12-08 09:00")
    office.write("yaowen/tz.md", "要闻通知", "2026-12-08 08:00")
    office.publish("2026-12-08 10:00")
    # 9: the first of the two is withdrawn.
    site.delete("content/zhengce/tz.md")
    office.publish("2026-12-09 10:00")
    # 10: withdrawn by mistake and restored.
    kept = (site.content / "yaowen/bing-3.md").read_text(encoding="utf-8")
    site.delete("content/yaowen/bing-3.md")
    office.publish("2026-12-10 09:00")
    site.write("content/yaowen/bing-3.md", kept)
    office.publish("2026-12-10 10:00")
    # 11: another domain.
    site.settings["SITEURL"] = "https://www.sub.example.gov.cn"
    office.publish("2026-12-11 10:00")
    # 12: an id is written where there was none: that by which subscribers know the article.
    site.edit("content/yaowen/tz.md", "title:", "id: yaowen.2026.12.tz\nslug: tz\ntitle:")
    office.publish("2026-12-12 10:00")

    assert {mark: len(ids) for mark, ids in office.ids.items() if len(ids) != 1} == {}
    assert {key: marks for key, marks in office.marks.items() if len(marks) != 1} == {}
    assert office.received() == sorted(office.ids)
    assert len(office.ids) == office.number
