"""The theme's static files, prepared so that browsers can cache them for ever.

Every file's name has a digest of its content. Style sheets are put together from what they
``@import``, scripts from the modules they import; both lose comments and needless spaces. A style
sheet refers to other files by their final names.
"""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import msgspec

from dangjian.common.errors import ThemeError
from dangjian.common.filenames import ascii_stem
from dangjian.common.files import write_whole
from dangjian.common.patterns import regex
from dangjian.rendering.bundle import ScriptError, bundle, parse_module

_VERSION = 2
_CHECKSUM = hashlib.sha256().digest_size
_CSS_TOKEN = regex(
    r"""(?P<comment>/\*.*?\*/|@charset[^;]*;)
    |@import\s+(?P<import>"[^"]*"|'[^']*'|url\([^)]*\))(?P<rest>[^;]*);
    |url\(\s*(?P<url>"[^"]*"|'[^']*'|[^)'"]*)\s*\)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""",
    re.VERBOSE | re.DOTALL,
)
_CSS_SPACE = regex(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\s*([{};,])\s*|\s+""", re.DOTALL)


class AssetError(ThemeError):
    """A static file of the theme that can't be published; the message names file and reason."""

    part = "脚本或样式"


class Asset(msgspec.Struct, frozen=True):
    """A finished static file: address relative to the site's root, and content."""

    url: str
    data: bytes


def build_assets(static: Path, cache: Path | None = None) -> dict[str, Asset]:
    """Everything under the theme's ``static`` folder by logical name.

    The logical name of a style sheet or script is its file's name (``site.css``), of any other
    file its path in ``static``. A script at the top of ``js``, and a style sheet at the top of
    ``css``, that no other imports is published. ``cache`` is a folder for the previous result.
    Raises AssetError, in English, for the theme's author.
    """
    sources = {
        path.relative_to(static).as_posix(): path.read_bytes()
        for path in sorted(static.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-3:])
    }
    if cache is None:
        return _Builder(sources).build()
    digest = hashlib.sha256(str(_VERSION).encode())
    for name, data in sources.items():
        digest.update(f"\0{name}\0{len(data)}\0".encode() + data)
    stored = cache / f"assets-{digest.hexdigest()[:24]}.msgpack"
    assets = _recall(stored)
    if assets is not None:
        return assets
    assets = _Builder(sources).build()
    stored.parent.mkdir(parents=True, exist_ok=True)
    payload = msgspec.msgpack.encode(assets)
    write_whole(stored, hashlib.sha256(payload).digest() + payload, shared=True)
    return assets


def _recall(stored: Path) -> dict[str, Asset] | None:
    """The result of last time, if it is there and its checksum says that it is undamaged."""
    try:
        data = stored.read_bytes()
    except OSError:
        return None
    payload = data[_CHECKSUM:]
    if hashlib.sha256(payload).digest() != data[:_CHECKSUM]:
        return None
    return msgspec.msgpack.decode(payload, type=dict[str, Asset])


def minify_css(css: str) -> str:
    """A style sheet without the spaces that mean nothing; strings stay as they are."""

    def shorter(match: re.Match[str]) -> str:
        return match[1] or match[2] or " "

    return _CSS_SPACE.sub(shorter, css).replace(";}", "}").strip()


class _Builder:
    """Puts one theme's files together. Files that are referred to are finished first."""

    def __init__(self, sources: dict[str, bytes]) -> None:
        self.sources = sources
        self.assets: dict[str, Asset] = {}

    def build(self) -> dict[str, Asset]:
        try:
            return self._build()
        except ScriptError as error:
            raise AssetError(str(error)) from error

    def _build(self) -> dict[str, Asset]:
        for path in self.sources:
            if not path.startswith(("css/", "js/")):
                self._add(path, path, self.sources[path])
        for path in self._entries("js/", ".js", self._script_imports):
            self._add(path.removeprefix("js/"), path, bundle(path, self._text).encode())
        for path in self._entries("css/", ".css", self._style_imports):
            css = minify_css(self._style(path, [])) + "\n"
            self._add(path.removeprefix("css/"), path, css.encode())
        return self.assets

    def _add(self, name: str, path: str, data: bytes) -> Asset:
        if name in self.assets:
            raise AssetError(f"{path}: there are two files that would be called {name}")
        plain = PurePosixPath(path)
        digest = hashlib.sha256(data).hexdigest()[:12]
        stem = ascii_stem(plain, "file")
        self.assets[name] = Asset(f"static/{stem}.{digest}{plain.suffix.lower()}", data)
        return self.assets[name]

    def _text(self, path: str) -> str:
        try:
            return self.sources[path].decode()
        except UnicodeDecodeError as error:
            raise AssetError(f"{path}: not UTF-8 ({error.reason} at byte {error.start})") from error

    def _entries(self, folder: str, suffix: str, imports: Callable[[str], list[str]]) -> list[str]:
        """The files at the top of a folder that no file in it takes in."""
        paths = [p for p in self.sources if p.startswith(folder) and p.endswith(suffix)]
        taken = {target for path in paths for target in imports(path)}
        return [path for path in paths if path.count("/") == 1 and path not in taken]

    def _script_imports(self, path: str) -> list[str]:
        module = parse_module(path, self._text(path))
        return [_joined(path, where) for where, _, _ in module.imports]

    def _style_imports(self, path: str) -> list[str]:
        found = _CSS_TOKEN.finditer(self._text(path))
        return [_joined(path, _unquoted(m["import"])) for m in found if m["import"]]

    def _style(self, path: str, trail: list[str]) -> str:
        """A style sheet's text with its imports in place and its addresses final."""
        if path in trail:
            raise AssetError(f"{path}: imports in a circle: {' -> '.join([*trail, path])}")

        def finished(match: re.Match[str]) -> str:
            if match["comment"] is not None:
                return " "
            if match["string"] is not None:
                return match["string"]
            if match["url"] is not None:
                return self._style_url(path, _unquoted(match["url"]), match)
            target = _joined(path, _unquoted(match["import"]))
            if match["rest"].strip() or target not in self.sources:
                raise AssetError(f"{_place(path, match)}: write @import './other.css'; of a file")
            return self._style(target, [*trail, path])

        return _CSS_TOKEN.sub(finished, self._text(path))

    def _style_url(self, path: str, where: str, match: re.Match[str]) -> str:
        if where.startswith(("#", "data:")):
            return match[0]
        address, mark, fragment = where.partition("#")
        target = _joined(path, address)
        if target not in self.assets:
            raise AssetError(f"{_place(path, match)}: url({where}) is no file of the theme")
        return f"url({PurePosixPath(self.assets[target].url).name}{mark}{fragment})"


def _joined(path: str, where: str) -> str:
    """The path that ``where`` means in the file ``path``; paths out of the theme stay."""
    parts = list(PurePosixPath(path).parent.parts)
    for part in where.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return where if where.startswith("/") or ":" in where else "/".join(parts)


def _unquoted(text: str) -> str:
    inner = text.removeprefix("url(").removesuffix(")") if text.startswith("url(") else text
    return inner.strip().strip("'\"")


def _place(path: str, match: re.Match[str]) -> str:
    return f"{path}:{match.string.count(chr(10), 0, match.start()) + 1}"
