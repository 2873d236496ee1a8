"""One wrong article holds up no other: it stays as it was last published, and a new one waits.

While a site is built for publishing, the catalogue saves the published version of each source
that it reads again or that is gone (``Catalogue.set_aside``). The version of a source with an error
is put back before anything is made, so that nothing of the wrong one shows anywhere. A source that
says it is a draft, or has expired, is not public whatever else is wrong with it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from dangjian.building.published import noted_articles
from dangjian.common.problems import Problem, Problems
from dangjian.content.archive import Archive
from dangjian.content.catalogue import Catalogue, FileFacts, FileRow, Record, SourceRow
from dangjian.pages.offered import file_targets


class HeldBack:
    """The sources of one build whose new versions are held back.

    ``rows`` are the sources as known, which are changed; ``now`` is the moment the build is for.
    """

    def __init__(self, catalogue: Catalogue, rows: dict[str, SourceRow], now: datetime) -> None:
        self.paths: set[str] = set()
        self._catalogue = catalogue
        self._rows = rows
        self._now = now

    def hold(self, problems: Problems, archive: Archive) -> bool:
        """Put back the published version of every source with an error.

        Whether there are any that were not held back before: then the archive has to be arranged
        again.
        """
        self._note_in_the_way(problems, archive)
        wrong = {p.path for p in problems.errors if not p.path.endswith(".py")} - self.paths
        self.paths |= wrong
        held = False
        for path in sorted(wrong):
            row = self._rows.get(path)
            if row is None:
                # From a folder that can't be read, what was published stays.
                held |= self._restore(self._catalogue.set_aside_below(path))
            elif not is_withdrawn(row.record, self._now):
                self._restore([path])
                held = True
        return held

    def _restore(self, paths: Iterable[str]) -> bool:
        restored = False
        for path in paths:
            self.paths.add(path)
            if path in self._rows and not self._catalogue.is_set_aside(path):
                continue  # it is as it was published; the error lies elsewhere
            row = self._catalogue.restore(path)
            if row is None:
                self._rows.pop(path, None)
            else:
                self._rows[path] = row
            restored = True
        return restored

    def _note_in_the_way(self, problems: Problems, archive: Archive) -> None:
        """A new article that takes the address of one that is held back, and was there first."""
        shadowed = self.paths.intersection(archive.shadowed)
        if not shadowed:
            return
        public = noted_articles(self._catalogue)
        for path in shadowed & public.keys():
            address = public[path][1]
            for other in archive.by_path.values():
                if other.address == address and public.get(other.path, ("", ""))[1] != address:
                    message = (
                        f"网址与“{path}”相同（{address}），那篇先登出，本篇没有发布。"
                        "请改文件名，或在文件头写上不同的“网址名”"
                    )
                    problems.add(other.path, 1, message)

    def with_published_files(
        self,
        archive: Archive,
        facts: dict[str, FileFacts],
        rows: Mapping[str, FileRow],
        output: Path,
    ) -> dict[str, FileFacts]:
        """``facts``, where the files of held back articles are as they were published.

        That is so for files that are now missing or broken, while they are still in the output.
        """
        for path in self.paths & archive.by_path.keys():
            for key in file_targets(archive.by_path[path]):
                found, row = facts.get(key), rows.get(key)
                if found is None or not found.error or row is None or row.facts.error:
                    continue
                if (output / row.facts.name).is_file():
                    facts[key] = row.facts
        return facts

    def without_drafts(self, problems: Problems) -> Problems:
        """The same problems; those of articles that are not public are no errors."""
        return Problems(self._judged(problem) for problem in problems.sorted())

    def _judged(self, problem: Problem) -> Problem:
        row = self._rows.get(problem.path)
        if problem.level != "error" or row is None or not is_withdrawn(row.record, self._now):
            return problem
        return Problem(problem.path, problem.line, problem.message, "warning", problem.column)


def is_withdrawn(record: Record, now: datetime) -> bool:
    """Whether a source says, in spite of any mistakes, that it is a draft or has expired."""
    entry = record.entry
    draft = record.draft or (entry is not None and entry.status == "draft")
    expires = entry.expires if entry is not None else record.expires
    return draft or (expires is not None and expires <= now)
