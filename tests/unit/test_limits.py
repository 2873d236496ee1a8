"""Limits that switch what is done: the last value on one side, the first on the other."""

import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from dangjian.authoring.new_article import suggest_slug
from dangjian.building.last_build import MAX_RECHECKED
from dangjian.building.output_list import _named
from dangjian.building.snapshot import MAX_RECHECKED_BYTES, MTIME_GRACE_NS
from dangjian.cli.publishing import _names
from dangjian.cli.summary import tell_withheld
from dangjian.common.filenames import can_be_file, is_address_stem
from dangjian.common.problems import Problem
from dangjian.common.report import Report, Withheld
from dangjian.common.timezone import SHANGHAI
from dangjian.common.workers import ENOUGH_FOR_PROCESSES, WorkerPool
from dangjian.content.archive import Archive, Clock, Item, build_archive
from dangjian.content.catalogue import Record
from dangjian.content.columns import build_tree
from dangjian.content.files import missing_reason
from dangjian.content.related import related_articles
from dangjian.content.withdrawal import read_withdrawal
from dangjian.feeds.channels import newest
from dangjian.group.task import _lines
from dangjian.inspection.freshness import stale_columns
from dangjian.pages.head_tags import news_article
from dangjian.pages.presenter import Presenter, _make_room
from dangjian.publishing.changes import needs_permission
from dangjian.publishing.checks import check_clock
from dangjian.publishing.errors import PublishError
from dangjian.publishing.hooks import run_hook
from dangjian.publishing.outcome import Options
from dangjian.publishing.servers.nginx import _can_be_file, _exact
from dangjian.publishing.targets import Target
from dangjian.rendering import views
from dangjian.schema.column_entry import ColumnEntry
from dangjian.schema.entry import Entry
from dangjian.schema.frontmatter import Source
from dangjian.settings.path_text import path_mistake
from dangjian.settings.workspace import Workplace
from dangjian.statistics.access_log import parse_line
from dangjian.statistics.plot import draw_visits
from dangjian.statistics.tables import as_dict
from dangjian.statistics.visits import Visits
from tests.conftest import ROOT

DAY = datetime(2026, 6, 1, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("length", "fits"), [(100, True), (101, False)])
def test_a_stem_of_an_address_has_at_most_100_characters(length: int, fits: bool) -> None:
    assert is_address_stem("a" * length) is fits


@pytest.mark.parametrize(
    ("part", "fits"),
    [("a" * 200, True), ("a" * 201, False), ("长" * 66, True), ("长" * 67, False)],
)
def test_a_part_of_a_path_has_at_most_200_bytes(part: str, fits: bool) -> None:
    assert can_be_file(f"old/{part}") is fits
    assert can_be_file(f"{part}/x.html") is fits


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
@pytest.mark.parametrize(
    ("amount", "workers", "forked"),
    [(ENOUGH_FOR_PROCESSES, 2, True), (ENOUGH_FOR_PROCESSES - 1, 2, False), (9999, 1, False)],
)
def test_processes_are_forked_for_enough_work(
    monkeypatch: pytest.MonkeyPatch, amount: int, workers: int, forked: bool
) -> None:
    monkeypatch.setattr("dangjian.common.workers.can_fork", lambda: True)
    with WorkerPool(workers) as pool:
        assert pool.forks(amount) is forked


def test_what_is_there_and_no_file_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "p.png").mkdir()
    assert "不是普通文件" in missing_reason(tmp_path, "p.png")
    assert "大小写不同" in missing_reason(tmp_path, "P.png")
    assert "找不到。请把文件放到" in missing_reason(tmp_path, "q.png")


@pytest.mark.parametrize(("last", "slug"), [(19, 40), (20, 20)])
def test_a_suggested_name_has_whole_words_of_40_letters_at_most(last: int, slug: int) -> None:
    assert len(suggest_slug(f"{'a' * 20} {'b' * last}")) == slug


@pytest.mark.parametrize(
    ("path", "fits"),
    [
        ("a" * 255, True),
        ("a" * 256, False),
        ("长" * 85, True),
        ("长" * 86, False),
        ("/aaa" * 1000, True),
        ("/aaa" * 1000 + "a", False),
    ],
)
def test_a_path_of_settings_has_names_of_255_bytes_and_4000_in_all(path: str, fits: bool) -> None:
    assert ("太长" not in path_mistake(path)) is fits


@pytest.mark.parametrize(
    ("withdrawn", "before", "asked"),
    [
        (20, 1000, False),
        (21, 1000, True),
        (10, 100, False),
        (11, 100, True),
        (2, 3, False),
        (3, 9, True),
    ],
)
def test_withdrawing_many_articles_at_once_is_asked_about(
    withdrawn: int, before: int, asked: bool
) -> None:
    """More than 20, or than a tenth; two may always go."""
    assert needs_permission(withdrawn, before, emptied=False) is asked


def test_20_articles_that_are_not_public_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for number in (20, 21):
        tell_withheld(
            Report(withheld=[Withheld(f"n{n}.md", "", "draft") for n in range(number)]), "content"
        )
        shown.append(capsys.readouterr().out)
    assert [text.count("content/n") for text in shown] == [20, 20]
    assert ["另有" in text for text in shown] == [False, True]
    assert "……另有 1 篇" in shown[1]


def archive(entries: list[Entry]) -> Archive:
    """Articles n0, n1, … of one column; the days of ``entries`` say their order."""
    records = {f"jcdj/n{n}.md": Record(digest=b"", entry=one) for n, one in enumerate(entries)}
    column = ColumnEntry(name="基层党建", freshness="dynamic")
    tree = build_tree(["jcdj"], {"jcdj": column})
    clock = Clock(DAY + timedelta(days=999), drafts=False)
    return build_archive(records, tree, {"jcdj": tree.by_folder["jcdj"]}, clock)


def entries(count: int) -> list[Entry]:
    """One a day."""
    return [Entry(title=f"第{n}篇", date=DAY + timedelta(days=n)) for n in range(count)]


def names(items: list[Item] | tuple[Item, ...]) -> list[str]:
    return [item.stem for item in items]


def test_a_feed_has_all_articles_of_less_than_three_days() -> None:
    three = timedelta(days=3)
    ages = [three, three - timedelta(minutes=1), timedelta(days=1), timedelta(0)]
    found = archive([Entry(title=f"{n}", date=DAY - age) for n, age in enumerate(ages)])
    assert names(newest(found.items, 1)) == ["n3", "n2", "n1"]


def test_an_article_is_related_to_the_next_two_that_share_a_keyword() -> None:
    found = archive([Entry(title=f"{n}", date=DAY + timedelta(n), tags=("甲",)) for n in range(5)])
    assert related_articles(found.items)["jcdj/n0.md"] == ("jcdj/n1.md", "jcdj/n2.md")


@pytest.mark.parametrize(("between", "first"), [(11, True), (12, False)])
def test_an_article_is_related_to_the_last_twelve_with_a_keyword(between: int, first: bool) -> None:
    """An old one with two keywords in common is the nearest as long as both windows reach it."""
    shared = [("甲", "乙"), *[("甲",)] * between, ("甲", "乙")]
    found = archive(
        [Entry(title=f"{n}", date=DAY + timedelta(n), tags=t) for n, t in enumerate(shared)]
    )
    related = related_articles(found.items)[f"jcdj/n{between + 1}.md"]
    assert (related[0] == "jcdj/n0.md") is first


def test_an_article_names_five_from_before_the_previous_one() -> None:
    found = archive(entries(9))
    presenter = Presenter(found, {}, {}, DAY, "主办单位", "编辑")
    assert names(presenter.earlier(found.by_path["jcdj/n8.md"])) == ["n6", "n5", "n4", "n3", "n2"]


@pytest.mark.parametrize(("count", "left"), [(11_999, 11_999), (12_000, 0)])
def test_cards_of_12000_articles_are_at_hand(count: int, left: int) -> None:
    found = archive(entries(1))
    card = Presenter(found, {}, {}, DAY, "主办单位", "编辑").card(found.items[0])
    cards: dict[str, views.Card] = dict.fromkeys(map(str, range(count)), card)
    _make_room(cards)
    assert len(cards) == left


@pytest.mark.parametrize(("days", "notices"), [(14, []), (15, ["index.html", "jcdj/_column.md"])])
def test_news_are_out_of_date_after_two_weeks(days: int, notices: list[str]) -> None:
    found = archive(entries(1))
    for column in found.columns.walk():
        column.declared = True
    stale = stale_columns(found, DAY + timedelta(days=days))
    assert [problem.path for problem in stale] == notices


def test_a_headline_for_search_engines_has_110_characters() -> None:
    found = news_article("题" * 111, "https://example.org/a.html", DAY, "主办单位")
    assert found["headline"] == "题" * 110


def test_200_characters_of_what_a_failed_command_wrote_are_shown(tmp_path: Path) -> None:
    said = []
    for length in (200, 201):
        line = f"import sys; print('a' * {length}); sys.exit(3)"
        said.append(run_hook([sys.executable, "-I", "-c", line], "", tmp_path))
    assert said[0].endswith(f"（状态 3）：{'a' * 200}")
    assert said[1].endswith(f"（状态 3）：{'a' * 200}……")


@pytest.mark.parametrize(
    ("year", "counted"), [(1994, False), (1995, True), (2199, True), (2200, False)]
)
def test_a_year_of_a_clock_that_was_not_set_is_not_counted(year: int, counted: bool) -> None:
    line = f'1.2.3.4 - - [15/Jun/{year}:08:00:00 +0800] "GET / HTTP/1.1" 200 9 "-" "Mozilla/5.0"'
    request = parse_line(line.encode())
    assert (request is not None) is counted


def test_20_addresses_that_were_not_found_are_shown() -> None:
    missing = Counter({f"/a{n}": 30 - n for n in range(21)})
    days = Counter({date(2026, 6, 1): 1})
    shown = as_dict(Visits(missing=missing, days=days), {})["not_found"]
    assert list(shown) == [f"/a{n}" for n in range(20)]


def test_a_name_in_a_plot_has_28_characters() -> None:
    labels = ("栏" * 28, "目" * 29)
    plot = draw_visits("访问", {date(2026, 6, 1): 1}, [("栏目", [(one, 1) for one in labels])])
    assert f">{labels[0]}<" in plot
    assert f">{'目' * 27}…<" in plot


def test_the_docs_say_what_a_comparison_trusts() -> None:
    """The numbers themselves would need hundreds of files, and 256 MB."""
    stated = " ".join((ROOT / "docs/engineers.md").read_text(encoding="utf-8").split())
    assert f"changed within {MTIME_GRACE_NS // 10**9} seconds of the last snapshot" in stated
    assert f"up to {MAX_RECHECKED} sources" in stated
    assert f"up to {MAX_RECHECKED_BYTES // 10**6} MB of other files" in stated


@pytest.mark.parametrize(("more", "seen"), [(0, True), (1, False)])
def test_20000_bytes_of_a_head_that_is_broken_are_searched_for_a_withdrawal(
    more: int, seen: bool
) -> None:
    words = "\n状态: 草稿".encode()
    data = b"---\n" + b"a" * (20_000 - 4 - len(words) + more) + words + b"\n---\n"
    broken = Source("a.md", (), "", 0, (), "none", broken=True)
    assert read_withdrawal(broken, data)[0] is seen


def test_so_many_names_are_in_a_message() -> None:
    paths = [f"n{number}.md" for number in range(22)]
    assert _named(paths[:5]) == "、".join(paths[:5])
    assert _named(paths[:6]) == "、".join(paths[:5]) + "等"
    assert _names(paths[:20]) == "、".join(paths[:20])
    assert _names(paths[:21]) == "、".join(paths[:20]) + " 等 21 个"
    problems = [Problem(path, 1, "错") for path in paths]
    assert len(_lines(problems[:20], "content")) == 20
    assert _lines(problems[:21], "content")[20:] == ["另有 1 处"]


@pytest.mark.parametrize(("late", "refused"), [(timedelta(0), False), (timedelta(seconds=1), True)])
def test_a_clock_may_be_ten_minutes_behind_the_last_publish(late: timedelta, refused: bool) -> None:
    place = cast("Workplace", SimpleNamespace(office=SimpleNamespace(build_at=DAY)))
    last = SimpleNamespace(published=DAY + timedelta(minutes=10) + late)
    target = cast("Target", SimpleNamespace(state=last))
    if not refused:
        check_clock(place, target, Options())
        return
    with pytest.raises(PublishError, match="时钟多半不对"):
        check_clock(place, target, Options())
    check_clock(place, target, Options(again=True))


def test_nginx_gets_long_locations_as_patterns() -> None:
    """It keeps the length of a plain one in a byte; a file's name with ``.gz`` has 255 of them."""
    assert _exact("/" + "a" * 253).startswith("location = ")
    assert _exact("/" + "a" * 254).startswith("location ~ ")
    assert _can_be_file("/a/" + "b" * 252)
    assert not _can_be_file("/a/" + "b" * 253)
