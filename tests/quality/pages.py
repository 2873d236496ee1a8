"""One page of each type of the sample portal, for checks that take their time."""

import re
from functools import cache
from pathlib import Path

from tests.conftest import ROOT
from tests.sites import Built, Page


@cache
def types_by_stem() -> dict[str, str]:
    """What type of article the sample's files are, by the name that their addresses end in."""
    found = {}
    for path in (ROOT / "content").rglob("*.md"):
        named = re.search(r"^(?:type|类型): *(\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        found[path.stem] = named[1] if named else "news"
    return found


def page_type(page: Page) -> str:
    """What a page is: its kind, and for articles their type."""
    kind = str(page.all("//body/@class")[0])
    article = types_by_stem().get(Path(page.address).stem, "") if page.all("//article") else ""
    return f"{kind} {article}".strip()


def one_of_each(portal: Built) -> dict[str, str]:
    """The address of the richest page of each type, in a fixed order."""
    return _one_of_each(portal.output)


@cache
def _one_of_each(output: Path) -> dict[str, str]:
    found: dict[str, Page] = {}
    for path in sorted(output.rglob("*.html")):
        page = Page(path.relative_to(output).as_posix(), path.read_text(encoding="utf-8"))
        if "http-equiv" in page.source:
            continue
        kind = page_type(page)
        if kind not in found or len(page.source) > len(found[kind].source):
            found[kind] = page
    return {kind: page.address for kind, page in sorted(found.items())}
