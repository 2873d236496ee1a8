"""The benchmark's figures as Markdown: what each took, and how that compares with the reach."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

LABELS = {
    "first": "Dangjian, first build",
    "first_edit": "Dangjian, first edit after a first build",
    "edit": "Dangjian, one body edited",
    "nothing": "Dangjian, nothing changed",
    "preview": "Dangjian preview: saved → shown",
    "hugo": "Hugo",
    "pagefind": "Pagefind extended, after Hugo",
    "eleventy": "Eleventy",
    "pelican": "stock Pelican",
}


def latest(seconds: Mapping[str, Sequence[float]]) -> str:
    """The newest time of each scenario, for the progress lines."""
    return ", ".join(f"{name} {times[-1]:.2f} s" for name, times in seconds.items())


def _median(figures: Mapping[str, Any], name: str) -> float | None:
    times = figures["seconds"].get(name)
    return statistics.median(times) if times else None


def _seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def _spread(figures: Mapping[str, Any], name: str) -> str:
    times = figures["seconds"].get(name)
    if not times:
        return "–"
    middle = _seconds(statistics.median(times))
    return f"{middle} ({_seconds(min(times))}–{_seconds(max(times))})" if len(times) > 1 else middle


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def times_table(results: Mapping[str, Any]) -> list[str]:
    """Median and range of every scenario at every size, then peak memory."""
    sizes = results["sizes"]
    names = [name for name in LABELS if any(name in size["seconds"] for size in sizes)]
    lines = [
        _row(["work", *(f"{size['articles']:,} articles" for size in sizes)]),
        _row(["---", *("---:" for _ in sizes)]),
    ]
    lines += [_row([LABELS[name], *(_spread(size, name) for size in sizes)]) for name in names]
    for name in names:
        if any(name in size["cpu"] for size in sizes):
            used = [size["cpu"].get(name) for size in sizes]
            cells = [_seconds(statistics.median(times) if times else None) for times in used]
            lines.append(_row([f"processor time, {LABELS[name]}", *cells]))
    for name in names:
        if any(name in size["memory"] for size in sizes):
            peaks = [size["memory"].get(name) for size in sizes]
            cells = [f"{peak / 1e6:,.0f} MB" if peak else "–" for peak in peaks]
            lines.append(_row([f"peak memory, {LABELS[name]}", *cells]))
    made = [f"{size['files']:,} files, {size['bytes'] / 1e6:,.0f} MB" for size in sizes]
    return [*lines, _row(["Dangjian's output", *made])]


Check = tuple[str, str, float | None, float]


def _against_peers(size: Mapping[str, Any]) -> list[Check]:
    first, edit = _median(size, "first"), _median(size, "edit")
    hugo, pagefind = _median(size, "hugo"), _median(size, "pagefind")
    if first is None or hugo is None:
        return []
    checks: list[Check] = [("first build ÷ Hugo alone", "×", first / hugo, 2)]
    if pagefind is not None:
        both = hugo + pagefind
        checks.append(("first build ÷ (Hugo + Pagefind)", "×", first / both, 0.25))
        if edit is not None:
            checks.append(("one body edited ÷ (Hugo + Pagefind)", "×", edit / both, 0.02))
    return checks


def _at_10k(size: Mapping[str, Any]) -> list[Check]:
    memory = size["memory"].get("first")
    return [
        *_against_peers(size),
        ("one body edited, from cold", "s", _median(size, "edit"), 1),
        ("nothing changed, from cold", "s", _median(size, "nothing"), 0.6),
        ("preview: saved → shown", "s", _median(size, "preview"), 0.3),
        ("peak memory, first build", "MB", memory / 1e6 if memory else None, 500),
    ]


def _first_edit(size: Mapping[str, Any]) -> list[Check]:
    first, later = _median(size, "first_edit"), _median(size, "edit")
    if first is None or later is None:
        return []
    return [("first edit after a first build ÷ later edits", "×", first / later, 1.5)]


def _growth(small: Mapping[str, Any], large: Mapping[str, Any]) -> list[Check]:
    checks: list[Check] = []
    first, last = _median(small, "first"), _median(large, "first")
    if first is not None and last is not None and small["articles"] < large["articles"]:
        ratio = (last / large["articles"]) / (first / small["articles"])
        label = f"first build, cost an article, {small['articles']:,} → {large['articles']:,}"
        checks.append((label, "×", ratio, 1.3))
    return checks


def _at_50k(results: Mapping[str, Any], size: Mapping[str, Any]) -> list[Check]:
    ten = next((s for s in results["sizes"] if s["articles"] == 10000), None)
    before = _median(ten, "edit") if ten else None
    edit = _median(size, "edit")
    memory = size["memory"].get("first")
    ratio = edit / before if edit is not None and before is not None else None
    return [
        ("one body edited ÷ the same at 10,000", "×", ratio, 2.5),
        ("peak memory, first build", "MB", memory / 1e6 if memory else None, 1200),
    ]


def reach_table(results: Mapping[str, Any]) -> list[str]:
    """Each figure that has a reach, with the reach, and whether it was met."""
    rows: list[tuple[int, Check]] = []
    for size in results["sizes"]:
        rows += [(size["articles"], check) for check in _first_edit(size)]
        if size["articles"] == 10000:
            rows += [(10000, check) for check in _at_10k(size)]
        if size["articles"] == 50000:
            rows += [(50000, check) for check in _at_50k(results, size)]
    if results["sizes"]:
        small = min(results["sizes"], key=lambda s: s["articles"])
        large = max(results["sizes"], key=lambda s: s["articles"])
        rows += [(large["articles"], check) for check in _growth(small, large)]
    lines = [
        _row(["at", "what", "measured", "reach", "met"]),
        _row(["---:", "---", "---:", "---:", "---"]),
    ]
    for articles, (label, unit, value, most) in rows:
        if value is not None:
            met = "yes" if value <= most else "no"
            shown = f"{value:.3g} {unit}"
            lines.append(_row([f"{articles:,}", label, shown, f"≤ {most:g} {unit}", met]))
    return lines if len(lines) > 2 else []


def markdown(results: Mapping[str, Any]) -> str:
    """The whole report."""
    versions = "; ".join(results["versions"].values())
    lines = [
        f"Medians (fastest–slowest), builds taken in turn; {results['machine']}; {versions}",
        "",
        *times_table(results),
    ]
    lines += ["", *reach_table(results)]
    missing = results["missing"].items()
    lines += [f"\n{LABELS[name]} was left out: {reason}" for name, reason in missing]
    return "\n".join(lines)
