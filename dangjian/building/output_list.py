"""The list of files that were generated into an output folder: what is ours is known from it.

It lies outside the output and outside the cache, one path a line below the folder's own name. A
path is entered before its file is written, so that a build that was killed leaves no file that is
not on the list.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from dangjian.building.output_state import OutputState
from dangjian.common.errors import InTheWayError, PlaceError
from dangjian.common.files import write_whole
from dangjian.common.output_folder import TEMPORARY
from dangjian.settings.places import check_output
from dangjian.settings.workspace import Workplace

_SYSTEM_FILES = frozenset({"Thumbs.db", "desktop.ini", ".DS_Store"})
_NAMED = 5


class OutputList:
    """The generated files of one output folder."""

    def __init__(self, file: Path, output: Path, paths: set[str] | None) -> None:
        self._file = file
        self._output = output
        self.paths: set[str] = paths or set()

    def owns(self, path: str) -> bool:
        """Whether the file at ``path`` is ours, what a killed build left of one included."""
        return path in self.paths or path.removesuffix(TEMPORARY) in self.paths

    def claim(
        self, paths: Iterable[str], existing: Collection[str], links: Collection[str] = ()
    ) -> None:
        """Enter paths that are about to be written.

        Raises InTheWayError when one of the ``existing`` files is at a path and not ours, or as
        ``check_way`` does.
        """
        paths = dict.fromkeys(paths)
        self.check_way(paths, existing, links)
        fresh = [path for path in paths if path not in self.paths]
        self._refuse_foreign(path for path in fresh if path in existing)
        if fresh:
            self.paths.update(fresh)
            with self._file.open("a", encoding="utf-8", newline="\n") as file:
                file.write("".join(f"{path}\n" for path in fresh))

    def check_way(
        self, paths: Iterable[str], existing: Collection[str], links: Collection[str]
    ) -> None:
        """Raise InTheWayError when a folder of a path is one of ``links``, or a file of others."""
        if not existing and not links:
            return
        folders = dict.fromkeys(folder for path in paths for folder in _folders_of(path))
        if link := next((folder for folder in folders if folder in links), None):
            raise InTheWayError(
                f"{self._output / link} 是符号链接（快捷方式），网页会写到别处去，已停下。"
                "请删去这个链接；要放到别的磁盘，请用 OUTPUT_PATH（或 --output）改整个输出的位置"
            )
        self._refuse_foreign(path for path in folders if path in existing and not self.owns(path))

    def _refuse_foreign(self, paths: Iterable[str]) -> None:
        foreign = list(paths)
        if foreign:
            raise InTheWayError(
                f"{self._output} 里已有不是本程序生成的 {_named(foreign)}，"
                "生成网站会盖掉它，已停下。请移走这些文件，或换一个输出文件夹"
            )

    def keep_only(self, paths: set[str]) -> None:
        """Let the list hold just ``paths``, as the output does now."""
        if self.paths != paths:
            self.paths = set(paths)
            self.save()

    def save(self) -> None:
        """Write the whole list."""
        lines = [f"{self._output}\n", *(f"{path}\n" for path in sorted(self.paths))]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._file, "".join(lines).encode())


def open_output_list(place: Workplace, state: OutputState) -> OutputList:
    """The list of the workplace's output folder.

    What the catalogue recorded is ours too. Raises PlaceError when the folder holds files and
    there is neither list nor record: then nobody can tell whose they are.
    """
    file = list_file(place)
    known = read_list(file)
    listed = OutputList(file, place.output, known)
    if known is None:
        foreign = foreign_files(state.files, listed, place.retain) if not state.rows else []
        if foreign:
            raise PlaceError(_unlisted(place.output, foreign))
        listed.paths.update(state.rows)
        listed.save()
    elif not state.rows.keys() <= known:
        listed.claim(state.rows, ())
    return listed


def output_refusal(place: Workplace, recorded: Collection[str]) -> str:
    """Why a build would write nothing to the workplace's output folder; empty if it would.

    ``recorded`` are the outputs that the catalogue has.
    """
    try:
        check_output(place)
    except PlaceError as error:
        return str(error)
    file = list_file(place)
    if not place.output.is_dir() or recorded or read_list(file) is not None:
        return ""
    paths = (path.relative_to(place.output) for path in place.output.rglob("*") if path.is_file())
    listed = OutputList(file, place.output, None)
    foreign = foreign_files((path.as_posix() for path in paths), listed, place.retain)
    return _unlisted(place.output, foreign) if foreign else ""


def _unlisted(output: Path, foreign: list[str]) -> str:
    return (
        f"{output} 里已有 {len(foreign)} 个文件（{_named(foreign)}），"
        "没有它们是本程序生成的记录，什么也没有改动。请换一个空文件夹；"
        f"如果确实都是以前生成的，请删去整个 {output} 再运行"
    )


def read_list(file: Path) -> set[str] | None:
    """The paths on a list; None when there is none. Raises PlaceError if it is no plain file."""
    if file.exists() and not file.is_file():  # a pipe would be waited for without end
        raise PlaceError(f"{file} 不是文件（是文件夹、管道或设备），请删去它再运行")
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return None
    return {line for line in lines[1:-1] if line}


def list_file(place: Workplace) -> Path:
    """Where the list of the workplace's output folder is stored."""
    return place.records / "outputs" / f"{place.key_of(place.output)}.txt"


def foreign_files(
    files: Iterable[str], listed: OutputList, retain: Collection[str] = ()
) -> list[str]:
    """The files that are not ours, but for those to be retained, hidden ones, and the system's."""
    return sorted(
        path
        for path in files
        if not listed.owns(path)
        and not is_retained(path, retain)
        and path.rpartition("/")[2] not in _SYSTEM_FILES
    )


def is_retained(path: str, retain: Collection[str]) -> bool:
    """Whether a file is at, or below, a top name that others look after."""
    first = path.partition("/")[0]
    return first in retain or first.startswith(".")


def _folders_of(path: str) -> Iterator[str]:
    """The folders that a path lies in, the outermost first."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _named(paths: list[str]) -> str:
    more = "等" if len(paths) > _NAMED else ""
    return "、".join(paths[:_NAMED]) + more
