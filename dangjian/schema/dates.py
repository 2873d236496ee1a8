"""Dates as editors write them, to Asia/Shanghai; a wrong one says why."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

from dangjian.common.errors import DangjianError
from dangjian.common.patterns import regex
from dangjian.common.timezone import SHANGHAI

ACCEPTED: Final = "2026-03-02 08:30、2026-03-02、2026/3/2、2026年3月2日 8:30"
EARLIEST: Final = 1900
DAY_END: Final = time(23, 59, 59)

_DATE: Final = regex(
    r"(?P<year>\d{1,4})\s*(?P<mark>[-/.年])\s*(?P<month>\d{1,2})\s*(?P<then>[-/.月])\s*"
    r"(?P<day>\d{1,2})(?P<last>\s*[日号])?"
    r"(?P<clock>(?:\s*T\s*|\s*)(?P<hour>\d{1,2})\s*(?::|时|点)\s*(?P<minute>\d{1,2})\s*分?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?:[.,]\d{1,9})?\s*秒?)?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)

# As programs write it, and nearly all articles have it.
_USUAL: Final = regex("[0-9]{4}-[0-9]{2}-[0-9]{2} (?:[01][0-9]|2[0-3]):[0-9]{2}")
_WEEKDAY: Final = regex(r"\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?\s*")
_DASH: Final = regex("[—–―‒−]")
_HALF: Final = regex(r"上午|早上|早晨|凌晨|中午|下午|傍晚|晚上|\b[AP]M\b", re.IGNORECASE)
_AFTER_NOON: Final = frozenset(("下午", "傍晚", "晚上", "PM", "pm"))
_SPOKEN: Final = regex(
    r"(?<![\d:])(?P<hour>\d{1,2})\s*(?:[点时]\s*(?:(?P<half>半)|整|(?=\d|$))|:)"
    r"(?:\s*(?P<minute>\d{1,2})\s*分?)?$"
)


class DateError(DangjianError, ValueError):
    """A text that is no date; the message says why, in Chinese."""


def read_date(text: str, day_end: bool = False) -> datetime:
    """A date, with or without time of day, in +08:00.

    Without a time it is the day's beginning, or with ``day_end`` its last second. A zone is
    converted. Raises ``DateError``.
    """
    if usual := _usual(text):
        return usual
    plain, found = _matched(text)
    if found is None or not _paired(found):
        raise DateError(_why(plain))
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    _check_day(year, month, day, found["year"])
    if found["clock"] is None:
        if found["zone"]:
            raise DateError("写了时区就要写几时几分")
        clock = DAY_END if day_end else time()
    else:
        clock = _clock(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    moment = datetime.combine(date(year, month, day), clock, SHANGHAI)
    return _moved(moment, found["zone"]) if found["zone"] else moment


def has_clock(text: str) -> bool:
    """Whether a date that ``read_date`` takes says the time of day."""
    if _USUAL.fullmatch(text):
        return True
    found = _matched(text)[1]
    return found is not None and found["clock"] is not None


def _usual(text: str) -> datetime | None:
    """The quick way to read the usual form; None for any other, and for a day that is none."""
    if not _USUAL.fullmatch(text) or int(text[:4]) < EARLIEST:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None


@lru_cache(maxsize=64)  # an article's date is asked about twice
def _matched(text: str) -> tuple[str, re.Match[str] | None]:
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    plain = plain.strip()
    return plain, _DATE.fullmatch(plain) or _DATE.fullmatch(_in_figures(plain))


def _in_figures(text: str) -> str:
    """A date as it is spoken (下午3点半, 星期五) in the form of the others; any other as it is."""
    text = _DASH.sub("-", _WEEKDAY.sub(" ", text)).strip()
    half = _HALF.search(text)
    bare = f"{text[: half.start()]} {text[half.end() :]}".strip() if half else text
    clock = _SPOKEN.search(bare)
    if clock is None:
        return text
    hour = int(clock["hour"])
    if half and half[0] in _AFTER_NOON and hour < 12:
        hour += 12
    elif half and hour == 12 and half[0] not in ("中午", "PM"):
        return text
    minute = 30 if clock["half"] else int(clock["minute"] or 0)
    return f"{bare[: clock.start()].strip()} {hour}:{minute:02}"


def _paired(found: re.Match[str]) -> bool:
    """年 goes with 月 and 日; strokes are alike; digits do not run into the hour."""
    mark, then, last = found["mark"], found["then"], found["last"]
    clock = found["clock"]
    if (then != "月") if mark == "年" else (then != mark or bool(last)):
        return False
    if mark == "年" and not last and clock is not None:
        return False
    return not clock or not clock[0].isdigit() or bool(last)


def _check_day(year: int, month: int, day: int, written: str) -> None:
    if len(written) != 4 or year < EARLIEST:
        raise DateError(f"年份“{written}”不对，要写四位数，从 {EARLIEST} 年起")
    if not 1 <= month <= 12:
        raise DateError(f"没有 {month} 月")
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise DateError(f"{year} 年 {month} 月只有 {days} 天，没有 {day} 日")


def _clock(hour: int, minute: int, second: int) -> time:
    if hour > 23:
        raise DateError(f"没有 {hour} 时，小时是 0 到 23")
    if minute > 59:
        raise DateError(f"没有 {minute} 分，分钟是 0 到 59")
    if second > 59:
        raise DateError(f"没有 {second} 秒，秒是 0 到 59")
    return time(hour, minute, second)


def _moved(moment: datetime, zone: str) -> datetime:
    if zone in ("Z", "UTC"):
        offset = timedelta()
    else:
        hours, minutes = int(zone[1:3]), int(zone[-2:])
        if hours > 14 or minutes > 59:
            raise DateError(f"没有“{zone}”这个时区，北京时间是 +08:00")
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)
    try:
        return moment.replace(tzinfo=timezone(offset)).astimezone(SHANGHAI)
    except OverflowError:
        raise DateError("年份太大，超过了 9999 年") from None


def _why(text: str) -> str:
    if re.fullmatch(r"\d{1,2}\s*[-/.月]\s*\d{1,2}日?(\s.*)?", text):
        return "缺少年份"
    if re.fullmatch(r"\d{4}\s*[-/.年]\s*\d{1,2}月?", text):
        return "缺少几日"
    if re.fullmatch(r"\d{8}(\d{4}|\d{6})?", text):
        return "年月日之间要有横线"
    return "不是日期"
