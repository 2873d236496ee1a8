"""Visits as a picture: a bar for each day, and for the columns and articles opened most (SVG)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from html import escape

_WIDTH, _LEFT, _RIGHT = 960, 60, 20
_DAYS_HEIGHT, _ROW, _HEAD = 220, 26, 46
_NAME_WIDTH = 420
_RED, _INK, _QUIET, _LINE, _PAPER = "#a61b16", "#1f1f1f", "#666", "#ddd", "#fff"
_FONT = "PingFang SC,Microsoft YaHei,Noto Sans CJK SC,sans-serif"
_MAX_NAME = 28

Bars = Sequence[tuple[str, int]]


def draw_visits(title: str, days: dict[date, int], groups: Sequence[tuple[str, Bars]]) -> str:
    """An SVG of the visits on each of ``days``, and of each group's bars (name, count)."""
    parts = [_text(_LEFT, 34, title, 20, bold=True)]
    top = 60
    parts += _days(days, top)
    top += _DAYS_HEIGHT + 60
    for name, bars in groups:
        if bars:
            parts += _bars(name, bars, top)
            top += _HEAD + _ROW * len(bars) + 20
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" '
        f'width="{_WIDTH}" height="{top}" font-family="{_FONT}" role="img">'
    )
    ground = f'<rect width="{_WIDTH}" height="{top}" fill="{_PAPER}"/>'
    return "\n".join([opening, f"<title>{_safe(title)}</title>", ground, *parts, "</svg>", ""])


def _days(days: dict[date, int], top: int) -> Iterator[str]:
    if not days:
        yield _text(_LEFT, top + 40, "没有访问", 14, _QUIET)
        return
    first, last = min(days), max(days)
    count = (last - first).days + 1
    most = _round_up(max(days.values()))
    bottom, width = top + _DAYS_HEIGHT, _WIDTH - _LEFT - _RIGHT
    for part in range(5):
        y = bottom - _DAYS_HEIGHT * part / 4
        yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="{_LINE}"/>'
        yield _text(_LEFT - 8, y + 4, f"{most * part / 4:g}", 12, _QUIET, "end")
    step = width / count
    for number in range(count):
        day = first + timedelta(days=number)
        height = _DAYS_HEIGHT * days.get(day, 0) / most
        left = _LEFT + step * number + step * 0.1
        yield (
            f'<rect x="{left:.2f}" y="{bottom - height:.1f}" width="{step * 0.8:.2f}" '
            f'height="{height:.1f}" fill="{_RED}"><title>{day}：{days.get(day, 0)}</title></rect>'
        )
    every = max(1, -(-count // 8))
    for number in range(0, count, every):
        day = first + timedelta(days=number)
        label = f"{day:%Y-%m-%d}" if number == 0 else f"{day:%m-%d}"
        anchor = "start" if number == 0 and count > 1 else "middle"
        x = _LEFT if anchor == "start" else _LEFT + step * (number + 0.5)
        yield _text(x, bottom + 20, label, 12, _QUIET, anchor)


def _bars(name: str, bars: Bars, top: int) -> Iterator[str]:
    yield _text(_LEFT, top + 18, name, 16, bold=True)
    most = max(count for _, count in bars) or 1
    left = _LEFT + _NAME_WIDTH
    room = _WIDTH - left - _RIGHT - 70
    for row, (label, count) in enumerate(bars):
        y = top + _HEAD + _ROW * row
        short = label if len(label) <= _MAX_NAME else f"{label[: _MAX_NAME - 1]}…"
        width = max(1.0, room * count / most)
        yield f"<g><title>{_safe(label)}：{count}</title>"
        yield _text(left - 10, y, short, 14, anchor="end")
        yield (
            f'<rect x="{left}" y="{y - 13}" width="{width:.1f}" height="17" '
            f'fill="{_RED}" fill-opacity=".85"/>'
        )
        yield _text(left + width + 8, y, str(count), 13, _QUIET) + "</g>"


def _text(
    x: float,
    y: float,
    text: str,
    size: int,
    colour: str = _INK,
    anchor: str = "start",
    *,
    bold: bool = False,
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" '
        f'text-anchor="{anchor}"{weight}>{_safe(text)}</text>'
    )


def _safe(text: str) -> str:
    """A text as XML takes it, without control characters."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text))


def _round_up(number: int) -> int:
    """The next number that four lines of a scale divide evenly."""
    scale = 4
    while scale < number:
        for factor in (2, 2.5, 2):
            scale = int(scale * factor)
            if scale >= number:
                break
    return scale
