"""axe in a page that is open: all display modes of one page without loading it again.

Every rule is asked of the whole page in the layouts that differ; modes that only change colours and
sizes of type are asked about those. Colours, most of the work, are asked of the standard look of
each page, elsewhere of each combination of colour, ground, size and weight of type that a page has:
one element, unless an earlier page had it in the same mode. The long mode asks all rules of all
elements.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.quality.tools import module_file

ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What colours and sizes of type decide. The other rules read the tree, which these don't change.
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
DESKTOP, PHONE = (1280, 900), (375, 740)

# What axe can't decide, by rule and by the element it is in, and why that is all right.
UNDECIDED = {
    ("color-contrast", "#slides"): "a slide out of sight; the first one has the same colours",
    ("color-contrast", ".masthead"): "festive: a drawing in the ground's own red lies under it",
    ("color-contrast", ".table-box"): "a single sign, or out of the part of the box that is seen",
    (
        "color-contrast",
        "article:has(.qr[open])",
    ): "under the open card with the code",
    ("video-caption", ".demo"): "a player without a film, on the page of all components",
    ("link-in-text-block", "video"): "shown only where a browser plays no films",
}


@dataclass(frozen=True)
class Look:
    """A way to show a page: what readers and the office chose (``data-…`` of the root), a size."""

    root: dict[str, str] = field(default_factory=dict)
    size: tuple[int, int] = DESKTOP
    whole: bool = False
    """Whether the page is laid out in another way, so that not only its colours are looked at."""


# A scroll box's shadow is a gradient; axe computes no contrast on one, so it is removed.
_SHOW = """given => {
  const root = document.documentElement;
  window.firstLook = window.firstLook || {...root.dataset};
  for (const name of Object.keys(root.dataset)) delete root.dataset[name];
  Object.assign(root.dataset, window.firstLook, given);
  for (const box of document.querySelectorAll('.table-box')) box.style.backgroundImage = 'none';
  document.dispatchEvent(new CustomEvent('choice', {detail: ''}));
}"""
_DRAWN = """async () => {
  for (let n = 0; n < 2; n += 1) await new Promise((done) => requestAnimationFrame(done));
}"""
_RUN = """async ({context, rules, disabled, known}) => {
  const {violations, incomplete} = await axe.run(
    context === null ? window.newlyLooking : context,
    {runOnly: rules, rules: disabled, resultTypes: ['violations', 'incomplete']});
  const allowed = (id, target) => known.some(([rule, inside]) => (
    rule === id && document.querySelector(target)?.closest(inside)));
  const reported = (what, results, wanted) => results.flatMap(({id, nodes}) => nodes
    .filter(({target}) => wanted(id, target[target.length - 1]))
    .map(({target, failureSummary}) => `${what} ${id}: ${target} ${failureSummary}`));
  return [...reported('violation', violations, () => true),
    ...reported('undecided', incomplete, (id, target) => !allowed(id, target))];
}"""
# Elements with words, by all that their contrast depends on, but for what lies over or under them.
_LOOKS_OF_WORDS = """known => {
  const before = new Set(known);
  const ground = (e) => {
    const {backgroundColor, backgroundImage, opacity, filter} = getComputedStyle(e);
    return [backgroundColor, backgroundImage, opacity, filter].join();
  };
  const found = new Map();
  for (const e of document.querySelectorAll('body *')) {
    if (!Array.from(e.childNodes).some((n) => n.nodeType === 3 && n.data.trim())) continue;
    if (!e.checkVisibility({visibilityProperty: true})) continue;
    const {color, fontSize, fontWeight, textDecorationLine} = getComputedStyle(e);
    const looks = new Set([e.localName, color, fontSize, fontWeight, textDecorationLine]);
    if (e.localName === 'a') looks.add(`in ${getComputedStyle(e.parentElement).color}`);
    for (let up = e; up; up = up.parentElement) looks.add(ground(up));
    const key = Array.from(looks).join(';');
    if (!before.has(key) && !found.has(key)) found.set(key, e);
  }
  window.newlyLooking = Array.from(found.values());
  return Array.from(found.keys());
}"""


def load_axe(page: Page) -> None:
    """Put axe into the page, once after each time it was loaded."""
    page.evaluate(module_file("axe-core/axe.min.js").read_text(encoding="utf-8"))


def show(page: Page, look: Look) -> None:
    """Show a page as a reader with these choices has it, without loading it again."""
    page.set_viewport_size({"width": look.size[0], "height": look.size[1]})
    page.evaluate(_SHOW, look.root)
    wait_until_drawn(page)


def wait_until_drawn(page: Page) -> None:
    """Wait until what watches the sizes of tables and paragraphs has heard of those there are."""
    page.evaluate(_DRAWN)


def faults(page: Page) -> list[str]:
    """What axe objects to or can't decide for no known reason, as the page is now."""
    return _run(page, "html", ALL_RULES)


def faults_of_layout(page: Page) -> list[str]:
    """The same, but for colours."""
    return _run(page, "html", ALL_RULES, without=RULES_OF_COLOURS)


def faults_of_colours(page: Page, seen: set[str]) -> list[str]:
    """Those of colours alone, for words that look like none in ``seen``; adds their looks."""
    new = page.evaluate(_LOOKS_OF_WORDS, sorted(seen))
    seen.update(new)
    return _run(page, None, {"type": "rule", "values": RULES_OF_COLOURS}) if new else []


def _run(page: Page, context: str | None, rules: Any, without: Sequence[str] = ()) -> list[str]:
    disabled = {rule: {"enabled": False} for rule in without}
    given = {"context": context, "rules": rules, "disabled": disabled, "known": list(UNDECIDED)}
    found: list[Any] = page.evaluate(_RUN, given)
    return [str(line) for line in found]
