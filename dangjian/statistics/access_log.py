"""Access logs in nginx's ``combined`` format, as Apache and Caddy's plug-in write it too.

    203.0.113.7 - - [28/Nov/2026:10:00:00 +0800] "GET /a.html HTTP/1.1" 200 5316 "from" "browser"

Further fields at the end are passed over. Of a line only what is needed to count is taken: when,
what was asked for, what came of it, and whether a program asked. The reader's address is not.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct

from dangjian.common.errors import DangjianError
from dangjian.common.timezone import SHANGHAI

_LINE = re.compile(
    rb'\S+ \S+ .*?\[([^\]]{20,30})\] "((?:[^"\\]|\\.)*)" (\d{3}) (?:\d+|-)'
    rb'(?: "(?:[^"\\]|\\.)*" "((?:[^"\\]|\\.)*)")?'
)
_REQUEST = re.compile(rb"([A-Z]+) (\S+) HTTP/[\d.]+")
_WHOLE = re.compile(r"https?://[^/?]*", re.IGNORECASE)
"""The beginning of a target as proxies send it (RFC 9112, 3.2.2)."""
_ESCAPED = re.compile(r"\\x([0-9A-Fa-f]{2})")
_GZIP = b"\x1f\x8b"
_OTHER_PACKED = {b"BZ": "bzip2", b"\x28\xb5": "zstd", b"\xfd7": "xz", b"PK": "zip"}
_YEARS = (1995, 2199)
_ROBOT = re.compile(
    r"bot\b|bot[/_-]|spider|crawl|slurp|fetch|scan|monitor|preview|archiver|validator|\+https?:"
    r"|headless|lighthouse|phantom|curl|wget|python|java/|ruby|perl|libwww|go-http|okhttp|httpclient"
    r"|axios|node|postman|apachebench|externalhit|compatible; (?!msie|konqueror)|^-?$",
    re.IGNORECASE,
)
"""What programs call themselves; whoever says nothing is one too."""


class Request(Struct, frozen=True):
    """One line: the day in China, the method, the target as sent, the status.

    ``robot`` is None where the log does not have the browser's name.
    """

    day: date
    method: str
    target: str
    status: int
    robot: bool | None


class BrokenLogError(DangjianError):
    """The rest of a log can't be read; the message is a sentence's part in Chinese."""


def read_log(file: Path) -> Iterator[Request | None]:
    """The requests of a log, plain or compressed by gzip; None for a line that can't be read.

    Raises BrokenLogError where the file ends in the middle, or is damaged, and OSError.
    """
    with file.open("rb") as opened:
        beginning = opened.read(2)
        packed = beginning == _GZIP
        if beginning in _OTHER_PACKED:
            raise BrokenLogError(f"是 {_OTHER_PACKED[beginning]} 压缩的，没有读，请先解压")
        opened.seek(0)
        if not packed:
            yield from _requests(opened)
            return
        try:
            with gzip.open(opened) as unpacked:
                yield from _requests(unpacked)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BrokenLogError("压缩文件不完整，后面的没有读到") from error


def _requests(lines: Iterable[bytes]) -> Iterator[Request | None]:
    for line in lines:
        if line.strip():
            yield parse_line(line)


def parse_line(line: bytes) -> Request | None:
    """The request that a line is about; None if it is in another format."""
    found = _LINE.match(line)
    if found is None:
        return None
    when, request, status, browser = found.groups()
    day = _day(when)
    if day is None:
        return None
    asked = _REQUEST.fullmatch(request)
    method, target = asked.groups() if asked is not None else (b"", b"")
    robot = None if browser is None else _is_robot(browser)
    return Request(day, method.decode(), target.decode("utf-8", "replace"), int(status), robot)


def path_of(target: str) -> str:
    r"""The decoded path of a target; nginx writes bytes beyond ASCII as ``\xE4``."""
    path = _WHOLE.sub("", target, count=1).partition("?")[0]
    return unquote(_ESCAPED.sub(r"%\1", path) if "\\x" in path else path)


@lru_cache(maxsize=4096)
def _is_robot(browser: bytes) -> bool:
    return _ROBOT.search(browser.decode("latin-1")) is not None


@lru_cache(maxsize=4096)
def _day(when: bytes) -> date | None:
    try:
        moment = datetime.strptime(when.decode("latin-1"), "%d/%b/%Y:%H:%M:%S %z")
        day = moment.astimezone(SHANGHAI).date()
    except (ValueError, OverflowError):
        return None
    # A year out of these comes from a clock that was not set, and would stretch a plot beyond use.
    return day if _YEARS[0] <= day.year <= _YEARS[1] else None
