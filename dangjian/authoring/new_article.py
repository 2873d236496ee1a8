"""A new article: in which column, under what name, and with what front matter."""

import os
import re
import shlex
import subprocess
import sys
import unicodedata
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from dangjian.authoring.addresses import columns_of
from dangjian.common.errors import DangjianError
from dangjian.content.columns import Column, ColumnTree, build_tree
from dangjian.schema.export import snippet
from dangjian.schema.terms import STATUS_NAMES, TYPE_NAMES

MAX_SLUG_LENGTH = 40
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class NewArticleError(DangjianError):
    """The article can't be made; the message is Chinese."""


class Draft(Struct, frozen=True):
    """What is known of an article before it is written. ``column`` is None for a page on top."""

    title: str
    column: Column | None
    slug: str
    type: str = "news"
    values: dict[str, str] = {}

    @property
    def path(self) -> str:
        """Its file, relative to ``content/``."""
        folder = f"{self.column.folder}/" if self.column else ""
        return f"{folder}{self.slug}.md"


def read_tree(content: Path) -> ColumnTree:
    """The columns of ``content`` as they stand, those without articles too."""
    return build_tree(*columns_of(content))


def with_suffix_number(tree: ColumnTree) -> list[tuple[str, Column]]:
    """The columns as a person picks them: ``1``, ``1.2``, in the order of the site."""
    found: list[tuple[str, Column]] = []

    def add(columns: list[Column], before: str) -> None:
        for number, column in enumerate(columns, 1):
            found.append((f"{before}{number}", column))
            add(column.children, f"{before}{number}.")

    add(tree.top, "")
    return found


def pick_column(tree: ColumnTree, word: str) -> Column:
    """The column that ``word`` means: its number, folder, address or name."""
    by_number = dict(with_suffix_number(tree))
    column = by_number.get(word.strip()) or tree.find(word)
    if column is None:
        known = "、".join(f"{number} {one.name}" for number, one in by_number.items())
        raise NewArticleError(f"没有“{word}”这个栏目。现有栏目：{known}。")
    return column


def pick_type(word: str) -> str:
    """The type that ``word`` means, by its English or Chinese name."""
    if word in TYPE_NAMES:
        return word
    for name, chinese in TYPE_NAMES.items():
        if word == chinese:
            return name
    raise NewArticleError(f"没有“{word}”这种类型。可用的有：{'、'.join(TYPE_NAMES.values())}。")


_KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "解读": ("news", {"interprets": ""}),
    "转载": ("news", {"reprint": "是", "source": "", "original_title": "", "original_url": ""}),
    "公示": ("notice", {"notice_start": "", "notice_end": ""}),
}
"""Kinds of articles that are no types of their own: the type, and keys to fill in."""


def pick_kind(word: str) -> tuple[str, dict[str, str]]:
    """The type that ``word`` means, with the keys that such an article has to fill in."""
    found = _KINDS.get(word)
    return (found[0], dict(found[1])) if found else (pick_type(word), {})


def check_title(title: str) -> str:
    """``title`` if it has any words. Raises NewArticleError."""
    if not any(character.isalnum() for character in title):
        raise NewArticleError("标题不能是空的。")
    return title


def suggest_slug(title: str) -> str:
    """A readable name for a file, by pinyin: only a proposal for the editor to accept or change."""
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - a quarter of a second to load

    syllables = lazy_pinyin(unicodedata.normalize("NFKC", title), style=Style.NORMAL)
    words = re.findall(r"[a-z0-9]+", " ".join(syllables).lower())
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:MAX_SLUG_LENGTH]
        if len(longer) > MAX_SLUG_LENGTH:
            break
        slug = longer
    return slug


def check_slug(slug: str) -> str:
    """``slug`` if it can be a file's name and part of an address. Raises NewArticleError."""
    if not _SLUG.fullmatch(slug):
        raise NewArticleError(f"文件名“{slug}”不能用：请用小写字母、数字，中间可以加连字符。")
    return slug


def free_slug(content: Path, column: Column | None, slug: str) -> str:
    """``slug``, with a number behind it when the column has a file of this name."""
    folder = content / column.folder if column else content
    number = 2
    free = slug
    while (folder / f"{free}.md").exists():
        free = f"{slug}-{number}"
        number += 1
    return free


def new_id(now: datetime, slug: str) -> str:
    """The id of an article that is begun at a moment; others begun then have other names."""
    return f"{now:%Y%m%d%H%M%S}-{slug}"


_DRAFT = "状态: 草稿\n"
_DRAFT_NOTE = "状态: 草稿  # 写完以后删去这一行，文章才会公开\n"


def write_draft(content: Path, draft: Draft, now: datetime) -> Path:
    """Write the article's file and return it. A file that exists is never touched.

    An article gets an id (编号), by which subscribers know it whatever becomes of its title, date
    and address; its file name makes the address all the same.
    """
    values = {"title": draft.title, "date": f"{now:%Y-%m-%d %H:%M}"}
    values |= {"id": new_id(now, draft.slug), "slug": draft.slug, "status": STATUS_NAMES["draft"]}
    values |= draft.values
    if draft.type == "page":
        for name in ("date", "id", "slug"):
            del values[name]
    file = content / draft.path
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(snippet(draft.type, values).replace(_DRAFT, _DRAFT_NOTE, 1))
    except FileExistsError:
        raise NewArticleError(f"{draft.path} 已经有了，没有改动它。请换一个文件名。") from None
    return file


def open_in_editor(file: Path) -> bool:
    """Open ``file`` in the editor of VISUAL or EDITOR, or in what the system opens it with.

    Returns False where there is none, or none that starts.
    """
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    try:
        if chosen:
            command = [*shlex.split(chosen, posix=os.name != "nt"), str(file)]
            return subprocess.run(command, check=False).returncode == 0  # noqa: S603
        if sys.platform == "win32":
            os.startfile(file)  # noqa: S606 - the editor's own choice for .md
            return True
        if sys.platform == "darwin":
            return subprocess.run(["open", str(file)], check=False).returncode == 0  # noqa: S603, S607
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            return subprocess.run(["xdg-open", str(file)], check=False).returncode == 0  # noqa: S603, S607
    except OSError:
        return False
    return False
