"""A build's report: what it found, what it made, how long each stage took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec
from msgspec import Struct, field

from dangjian.common.problems import Problems

Held = Literal["", "draft", "scheduled", "expired"]


class Withheld(Struct, frozen=True):
    """A source that is read and not public: why, and since or until when.

    ``planned``: a schedule of its own says so, not just its date.
    """

    path: str
    title: str
    why: Held
    moment: datetime | None = None
    planned: bool = False


class Moved(Struct, frozen=True):
    """An address that no longer answers, the source it belongs to, and that one's address now."""

    old: str
    source: str
    new: str


class Unnumbered(Struct, frozen=True):
    """An article without an id (编号): its source, the id that keeps it the same to subscribers.

    ``slug`` is the last part of its address, which an id would change.
    """

    source: str
    id: str
    slug: str


class Stage(StrEnum):
    """The stages of a build, by the names that people see."""

    COMPARE = "比对"
    OPEN = "打开目录"
    READ = "读取文章"
    COLUMNS = "整理栏目"
    FILES = "图片与附件"
    RELATED = "相关文章"
    PLAN = "规划"
    RENDER = "排版"
    SEARCH = "搜索"
    CLEAN = "清理"
    SEND = "传送"


class Production(Struct):
    """What one build did to the output folder; lists hold output paths.

    ``foreign`` are files found there that were not generated, and stay.
    """

    rendered: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    kept: int = 0
    removed: int = 0
    foreign: list[str] = field(default_factory=list)


class Report(Struct):
    """What a build found and did. ``seconds`` is per stage, in the order they ran.

    ``sources``, ``columns`` and ``files`` count what was looked at, ``withheld`` are articles that
    are right and not public, ``left_out`` those that have no page because of a mistake. Only a
    check knows which are ``unnumbered``.
    """

    problems: Problems = field(default_factory=Problems)
    production: Production = field(default_factory=Production)
    read: list[str] = field(default_factory=list)
    articles: int = 0
    pages: int = 0
    withheld: list[Withheld] = field(default_factory=list)
    sources: int = 0
    columns: int = 0
    files: int = 0
    left_out: list[str] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    unnumbered: list[Unnumbered] = field(default_factory=list)
    next_change: datetime | None = None
    seconds: dict[Stage, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Add what the block takes to a stage's seconds."""
        start = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start

    @property
    def failed(self) -> bool:
        return bool(self.problems.errors)

    def as_dict(self) -> dict[str, object]:
        """The numbers for a file: counts, lists of outputs, seconds, problems."""
        return {
            "articles": self.articles,
            "pages": self.pages,
            "withheld": [msgspec.to_builtins(one) for one in self.withheld],
            "read": sorted(self.read),
            "rendered": sorted(self.production.rendered),
            "written": sorted(self.production.written),
            "kept": self.production.kept,
            "removed": self.production.removed,
            "next_change": self.next_change.isoformat() if self.next_change else None,
            "seconds": {stage.value: round(taken, 4) for stage, taken in self.seconds.items()},
            "problems": [msgspec.to_builtins(one) for one in self.problems.sorted()],
        }
