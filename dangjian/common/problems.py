"""Mistakes in content and settings, gathered as they are found and reported together."""

from collections.abc import Iterable
from itertools import groupby
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Level = Literal["error", "warning"]

_LEVELS = {"error": "错误", "warning": "提醒"}


class Problem(Struct, frozen=True):
    """One mistake: where it is, what is wrong, what to write instead.

    ``path`` is relative to ``content/`` (with ``/``), or the name of a settings file (``….py``).
    ``line`` and ``column`` count from 1; 0 is the whole file, the whole line.
    """

    path: str
    line: int
    message: str
    level: Level = "error"
    column: int = 0

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Where a report puts it: by file, then from top to bottom."""
        return (self.path, self.line, self.column, self.level, self.message)


class Problems:
    """Collects the problems of a build; the same problem noted twice is reported once."""

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self._problems: dict[Problem, None] = dict.fromkeys(problems)

    def add(
        self, path: str, line: int, message: str, level: Level = "error", column: int = 0
    ) -> None:
        """Note one problem."""
        self._problems[Problem(path, line, message, level, column)] = None

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over problems found elsewhere."""
        self._problems.update(dict.fromkeys(problems))

    def soften(self, paths: Iterable[str]) -> None:
        """Make warnings of the errors of some files: nobody waits for what is not to be public."""
        wanted = frozenset(paths)
        if wanted:
            self._problems = {
                replace(one, level="warning") if one.path in wanted else one: None
                for one in self._problems
            }

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What stops an article or the build from being right, in the report's order."""
        return tuple(problem for problem in self.sorted() if problem.level == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What an editor should look at, in the report's order."""
        return tuple(problem for problem in self.sorted() if problem.level == "warning")

    def sorted(self) -> tuple[Problem, ...]:
        """All problems by file and line."""
        return tuple(sorted(self._problems, key=lambda problem: problem.order))

    def __len__(self) -> int:
        return len(self._problems)

    def __bool__(self) -> bool:
        return bool(self._problems)


def has_error(problems: Iterable[Problem]) -> bool:
    """Whether any of ``problems`` is more than a notice."""
    return any(problem.level == "error" for problem in problems)


def report(problems: Iterable[Problem], folder: str = "content") -> str:
    """The problems as an editor reads them: by file, a line each, the counts last.

    ``folder`` is the name of the content folder, put before the paths of articles.
    Returns an empty string when there is nothing to tell.
    """
    found = Problems(problems)
    if not found:
        return ""
    groups = []
    for _, group in groupby(found.sorted(), key=lambda problem: problem.path):
        groups.append("\n".join(_line(problem, folder) for problem in group))
    counts = []
    if errors := len(found.errors):
        counts.append(f"{errors} 处错误")
    if warnings := len(found.warnings):
        counts.append(f"{warnings} 处提醒")
    groups.append(f"共 {'、'.join(counts)}，涉及 {len(groups)} 个文件。")
    return "\n\n".join(groups)


def _line(problem: Problem, folder: str) -> str:
    place = problem.path
    if folder and not place.endswith(".py"):
        place = f"{folder.rstrip('/')}/{place}"
    if problem.line:
        place += f":{problem.line}"
    return f"{place}  {_LEVELS[problem.level]}：{problem.message}"
