"""Articles of one site that every site of a group shows; the canonical address is the origin's.

The origin says which of its column are public, and where (``find_shared``); each site has copies of
them in a folder that nothing else writes to (``mirror``). Whatever is withdrawn, changed or expired
at the origin is so everywhere with the next run. A copy has a line that says where the original is.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct, field

from dangjian.common.digests import digest
from dangjian.common.files import write_whole
from dangjian.content.archive import Archive, Item
from dangjian.content.columns import COLUMN_FILE
from dangjian.pages.addresses import INNER
from dangjian.pages.offered import file_targets
from dangjian.schema.decoding import decode
from dangjian.schema.frontmatter import Source, parse_source
from dangjian.schema.keys import normal
from dangjian.schema.reading import ENTRY, read_entry

_LIST = "shared.json"
_OWN_FIELDS = frozenset(
    {
        "column",
        "also_in",
        "special",
        "flags",
        "top_until",
        "weight",
        "aliases",
        "interprets",
        "interpreted_by",
        "canonical_url",
    }
)
"""What an article says of its place in its own site; in others it would name what is not there."""


class SharedColumn(Struct):
    """What an origin shares: its column's folder, where it is, and each article's address.

    ``files`` are those that the articles show; all paths are below ``content``, the origin's.
    """

    content: str
    column: str
    into: str
    articles: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class Mirrored(Struct):
    """What a site's copies were made from: the digest of each file, as written."""

    into: str = ""
    files: dict[str, str] = field(default_factory=dict)


def find_shared(
    archive: Archive, content: Path, column: str, into: str, base_url: str
) -> tuple[SharedColumn, list[str]]:
    """What of a column can be shared, and a sentence on each article that can't."""
    found = SharedColumn(str(content.resolve()), column, into)
    messages: list[str] = []
    inside = f"{column}/"
    files: set[str] = set()
    public = [item for item in archive.by_path.values() if item.path.startswith(inside)]
    paths = {item.path for item in public if not item.held and item.entry.status != "hidden"}
    if not paths:
        messages.append(f"栏目 {column} 里没有公开的文章")
    for item in sorted(public, key=lambda item: item.path):
        if item.path not in paths or not item.address:
            continue
        if outside := next(_outside(item, inside, paths, moved=into != column), ""):
            messages.append(f"{content.name}/{item.path} 没有共享：{outside}")
            continue
        original = f"{base_url.rstrip('/')}/{item.address}"
        if not _reads_back(content, item, original):
            messages.append(
                f"{content.name}/{item.path} 没有共享：文件头里加不上规范网址，请改成每行一项"
            )
            continue
        found.articles[item.path] = original
        files.update(key.partition(":")[2] for key in file_targets(item))
    found.files = sorted(files)
    return found, messages


def _reads_back(content: Path, item: Item, original: str) -> bool:
    """Whether a copy says what the article says, and where the original is."""
    data = _content(content / item.path)
    if data is None:
        return False
    made, _ = read_entry(parse_source(_adapted(data, item.path, original), item.path))
    return made is not None and (made.title, made.canonical_url) == (item.entry.title, original)


def _outside(item: Item, inside: str, paths: set[str], *, moved: bool) -> Iterator[str]:
    """What an article names that other sites don't have."""
    for reference in item.record.references:
        named = f"“{reference.written}”"
        if reference.kind == "article" and reference.target not in paths:
            yield f"链接{named}在这个栏目以外，别的网站上没有；请写完整的网址"
        elif reference.kind in INNER and reference.kind != "article":
            yield f"链接{named}指向本站，别的网站上没有；请写完整的网址"
        elif moved and reference.written.startswith("/"):
            yield f"{named}以 / 开头，换了栏目就找不到；请写相对的路径"
    for key in file_targets(item):
        path = key.partition(":")[2]
        if not path.startswith(inside):
            yield f"“{path}”在这个栏目以外；请放到文章旁边"


def mirror(shared: SharedColumn, content: Path, records: Path) -> list[str]:
    """Bring a site's copies up to date; returns sentences on what was in the way.

    ``records`` is the site's own folder for what it keeps. Raises OSError.
    """
    if shared.articles and not Path(shared.content, shared.column).is_dir():
        return [f"共享的栏目 {shared.content}/{shared.column} 看不到，共享的文章没有更新"]
    before = _read(records / _LIST)
    messages: list[str] = []
    if before.into and before.into != shared.into:
        _remove(content, before.files)
        before = Mirrored()
    wanted = dict(_copies(shared))
    target = content / shared.into
    foreign = [] if before.files else _foreign(target)
    if foreign and wanted:
        message = (
            f"{content.name}/{shared.into} 里有本站自己的文件（{foreign[0]} 等），"
            "没有放入共享的文章。请在 group.toml 的 [shared] 里用 into 换一个栏目，或移走它们"
        )
        return [message]
    now = Mirrored(shared.into)
    # Listed before it is written: a run cut short leaves nothing that is nobody's.
    noted = Mirrored(shared.into, {**before.files, **dict.fromkeys(wanted, "")})
    _write(records, noted)
    for path, data in wanted.items():
        file, mark = content / path, digest(data).hex()
        old = _content(file)
        if old is not None and before.files.get(path) not in (None, "", digest(old).hex()):
            messages.append(f"{content.name}/{path} 是共享的文章，在本站改动无效，已恢复")
        if old != data:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file, data)
            if os.name != "nt":  # where a file that may only be read could not be replaced
                file.chmod(0o444)
        now.files[path] = mark
    _remove(content, {path: "" for path in before.files if path not in wanted})
    _write(records, now)
    return messages


def remove_copies(content: Path, records: Path) -> None:
    """Remove a site's copies, where nothing is shared any more. Raises OSError."""
    before = _read(records / _LIST)
    if before.into:
        _remove(content, before.files)
        (records / _LIST).unlink()


def _copies(shared: SharedColumn) -> Iterator[tuple[str, bytes]]:
    """Each file for a site by its path below content/; what is gone by now is left out."""
    content = Path(shared.content)
    folders = {path.rpartition("/")[0] for path in shared.articles}
    above = {
        "/".join(parts[:end])
        for parts in (folder.split("/") for folder in folders)
        for end in range(1, len(parts) + 1)
    }
    columns = [
        f"{folder}/{COLUMN_FILE}"
        for folder in sorted(above)
        if folder == shared.column or folder.startswith(f"{shared.column}/")
    ]
    for path in [*columns, *sorted(shared.articles), *shared.files]:
        data = _content(content / path)
        if data is None:
            continue
        if path.endswith(".md"):
            data = _adapted(data, path, shared.articles.get(path, ""))
        yield f"{shared.into}{path.removeprefix(shared.column)}", data


def _adapted(data: bytes, path: str, original: str) -> bytes:
    """A source without what it says of its place in its own site, with the original's address."""
    source = parse_source(data, path)
    lines = decode(data, path)[0].split("\n")
    dropped = _lines_of(source, _OWN_FIELDS if original else frozenset(("aliases",)))
    first = min((one.line for one in source.fields), default=1)
    made: list[str] = []
    for number, line in enumerate(lines, 1):
        if number == first and original:
            made.append(f"规范网址: {original}")
        if number not in dropped:
            made.append(line)
    return "\n".join(made).encode()


def _lines_of(source: Source, fields: frozenset[str]) -> set[int]:
    """The lines of some fields with their values, which end where the next key begins."""
    starts = sorted(one.line for one in source.fields)
    found: set[int] = set()
    for one in source.fields:
        spec = ENTRY.by_name.get(normal(one.key))
        if spec is None or spec.name not in fields:
            continue
        later = [line for line in starts if line > one.line]
        last = later[0] if later else source.body_line - 1
        # Behind the last key is the rule that ends the head.
        found.update(range(one.line, max(last, one.line + 1)))
    return found


def _foreign(folder: Path) -> list[str]:
    return sorted(
        name for _, _, names in os.walk(folder) for name in names if not name.startswith(".")
    )


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _remove(content: Path, paths: Mapping[str, str]) -> None:
    folders: set[Path] = set()
    for path in paths:
        (content / path).unlink(missing_ok=True)
        folders.update((content / path).parents)
    for folder in sorted(folders, reverse=True):
        if folder != content and folder.is_relative_to(content) and folder.is_dir():
            if any(folder.iterdir()):
                continue
            folder.rmdir()


def _read(file: Path) -> Mirrored:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Mirrored)
    except (FileNotFoundError, msgspec.MsgspecError):
        return Mirrored()


def _write(records: Path, mirrored: Mirrored) -> None:
    records.mkdir(parents=True, exist_ok=True)
    write_whole(records / _LIST, msgspec.json.encode(mirrored))
