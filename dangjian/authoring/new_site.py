"""An office's own site in its own folder: ``start FOLDER``.

The folder gets columns, settings, and what makes it run on a machine with Python alone: the same
``tasks.py``, the lock, and the release as a wheel in ``packages/``. A later release replaces the
wheel and the lock, and nothing else.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from string import Template

from msgspec import Struct

from dangjian.authoring.new_article import suggest_slug
from dangjian.common.errors import DangjianError
from dangjian.common.files import write_whole
from dangjian.paths import PACKAGE
from dangjian.schema.export import column_snippet

DEFAULT_COLUMNS = ("组工要闻", "基层党建", "干部工作", "人才工作", "政策文件", "通知公告")
LOCK = "requirements.lock"

# ColumnType words of 国办发〔2017〕47号 for what a column's name says; others report work.
_TYPES = {
    "政策": "政策文件",
    "文件": "政策文件",
    "法规": "政策文件",
    "解读": "政策解读",
    "机构": "机构职能",
    "职能": "机构职能",
    "领导": "负责人信息",
    "服务": "办事服务",
}


class StartError(DangjianError):
    """The folder was not laid out; the message is Chinese."""


class NewColumn(Struct, frozen=True):
    """A column to lay out: its name, and the folder that is its address too."""

    name: str
    folder: str

    @property
    def type(self) -> str:
        """Its ColumnType word."""
        return next((word for part, word in _TYPES.items() if part in self.name), "工作动态")

    @property
    def freshness(self) -> str:
        """How soon it is out of date, by what its name says."""
        return next((word for part, word in _FRESHNESS.items() if part in self.name), "一般")


_FRESHNESS = {"公告": "公告", "公示": "公告", "政策": "公告", "文件": "公告", "要闻": "动态",
              "动态": "动态", "机构": "固定", "职能": "固定"}  # fmt: skip


class Plan(Struct, frozen=True):
    """What an office says of its site."""

    name: str
    owner: str
    columns: tuple[NewColumn, ...]


def read_columns(words: Iterable[str]) -> tuple[NewColumn, ...]:
    """Columns from names, ``名称`` or ``名称=folder``; a sub-column is ``上级/名称``.

    >>> read_columns(["组工要闻", "干部工作=ganbu", "干部工作/公示=gongshi"])[2].folder
    'ganbu/gongshi'
    """
    found: dict[str, NewColumn] = {}
    for word in filter(None, (word.strip() for word in words)):
        path, _, own = word.partition("=")
        above, _, name = path.strip().rpartition("/")
        if above and above not in found:
            raise StartError(f"栏目“{path}”的上级“{above}”要写在它前面。")
        own = own.strip() or suggest_slug(name).replace("-", "")
        if not own.replace("-", "").isalnum() or not own.isascii() or own != own.lower():
            raise StartError(f"栏目“{name}”请用“名称=网址名”的写法，网址名用小写字母、数字。")
        folder = f"{found[above].folder}/{own}" if above else own
        if path in found or folder in {column.folder for column in found.values()}:
            raise StartError(f"栏目“{path}”与另一个栏目同名或网址名相同，请改其中一个。")
        found[path.strip()] = NewColumn(name, folder)
    if not found:
        raise StartError("至少要有一个栏目。")
    return tuple(found.values())


def lay_out(folder: Path, plan: Plan, root: Path) -> None:
    """Fill the empty ``folder`` with a site. ``root`` is the checkout or site this runs in.

    Raises StartError, with nothing written, when the folder holds anything.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StartError(f"{folder} 不是空文件夹，没有改动它。请换一个新文件夹。")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        put_release(folder, root)
    except StartError:
        shutil.rmtree(folder)
        raise
    for order, column in enumerate(plan.columns, 1):
        _write(folder / "content" / column.folder / "_column.md", _column_file(column, order * 10))
    _write(folder / "content" / "about.md", _filled("about.md.txt", plan))
    for target, source in (
        ("pelicanconf.py", "pelicanconf.py.txt"),
        ("publishconf.py", "publishconf.py.txt"),
        (".gitignore", "gitignore.txt"),
    ):
        _write(folder / target, _filled(source, plan))
    shutil.copyfile(own_file("tasks.py", root), folder / "tasks.py")
    _put_manual(folder, root)


def upgrade(folder: Path, root: Path) -> tuple[str, bool]:
    """Give an office's folder the release that runs now.

    Returns the name of its wheel, and whether a setting was renamed.

    Only ``packages/``, the lock, the manual in ``docs/`` and the setting that was renamed change.
    Raises StartError when it is no such folder.
    """
    if not (folder / "pelicanconf.py").is_file() or not (folder / "packages").is_dir():
        raise StartError(f"{folder} 不是由 start 建立的网站文件夹（里面应有 packages）。")
    name = put_release(folder, root)
    _put_manual(folder, root)
    return name, rename_publish_place(folder / "publishconf.py")


def _put_manual(folder: Path, root: Path) -> None:
    """Put the manuals into ``docs/`` and ``docs/administrators/``; other files stay there."""
    for name, where in (("editors", "docs"), ("administrators", "docs/administrators")):
        packed = PACKAGE / "scaffold" / where
        source = packed if packed.is_dir() else root / "docs" / name
        for page in sorted([*source.glob("*.md"), *source.glob("pictures/*.png")]):
            target = folder / where / page.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(page, target)


def rename_publish_place(file: Path) -> bool:
    """Where a site goes live was OUTPUT_PATH of publishconf.py, and is PUBLISH_TO."""
    if not file.is_file():
        return False
    text = file.read_bytes()
    if re.search(rb"^PUBLISH_TO\b", text, re.MULTILINE):
        return False
    written = re.sub(rb"^OUTPUT_PATH\b", b"PUBLISH_TO", text, flags=re.MULTILINE)
    if written != text:
        write_whole(file, written)
    return written != text


def put_release(folder: Path, root: Path) -> str:
    """Put the wheel into ``packages/`` and the lock next to it; return the wheel's name."""
    packages = folder / "packages"
    fresh = folder / "packages.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    wheel = make_wheel(fresh, root)
    shutil.rmtree(packages, ignore_errors=True)
    fresh.rename(packages)
    shutil.copyfile(own_file(LOCK, root), folder / LOCK)
    return wheel.name


def make_wheel(target: Path, root: Path) -> Path:
    """The running release as a wheel in ``target``: made from the checkout, or the site's own."""
    stored = sorted((root / "packages").glob("dangjian-*.whl"))
    if stored:
        return Path(shutil.copy2(stored[-1], target))
    if not (root / "pyproject.toml").is_file():
        raise StartError(f"{root} 里既没有 packages 文件夹，也没有源代码，做不出安装包。")
    made = subprocess.run(  # noqa: S603 - our own build
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target.resolve())],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    wheels = list(target.glob("dangjian-*.whl"))
    if made.returncode or not wheels:
        raise StartError(f"安装包没有做成：{made.stderr.strip() or made.stdout.strip()}")
    return wheels[0]


def own_file(name: str, root: Path) -> Path:
    """A file that an office's folder gets as it is: from the wheel, or from the checkout."""
    packed = PACKAGE / "scaffold" / name
    return packed if packed.is_file() else root / name


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def _column_file(column: NewColumn, order: int) -> str:
    return column_snippet(
        {
            "name": column.name,
            "description": f"发布{column.name}方面的信息。",
            "keywords": column.name,
            "type": column.type,
            "freshness": column.freshness,
            "order": str(order),
        }
    )


def _filled(source: str, plan: Plan) -> str:
    top = [column for column in plan.columns if "/" not in column.folder]
    notices = next((c for word in ("公告", "公示") for c in plan.columns if word in c.name), None)
    blocks = [column.folder for column in top if column is not notices]
    text = (PACKAGE / "scaffold" / source).read_text(encoding="utf-8")
    return Template(text).substitute(
        site=plan.name,
        office=plan.owner,
        name=_literal(plan.name),
        owner=_literal(plan.owner),
        description=_literal(f"{plan.name}由{plan.owner}主办。"),
        keywords=_literal([plan.name, *(column.name for column in top[:4])]),
        notices=f'\n    "notices": {_literal(notices.folder)},' if notices else "",
        blocks=_literal(blocks),
    )


def _literal(value: str | list[str]) -> str:
    """A Python literal with double quotes, as the formatter writes it."""
    return json.dumps(value, ensure_ascii=False)
