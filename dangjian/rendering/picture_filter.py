"""The templates' filter for pictures: ``{{ cover|img('(min-width: 48rem) 9rem, 6.5rem') }}``."""

import jinja2
from jinja2.runtime import Context
from markupsafe import Markup, escape

from dangjian.rendering.views import Picture
from dangjian.text.picture_tags import picture_tag

TEXT_LAYOUT = "(min-width: 48rem) 45rem, calc(100vw - 2rem)"
"""How wide a picture of a text is at most: a line's measure; on a phone, all but the margins."""


@jinja2.pass_context
def img(
    context: Context,
    picture: Picture,
    layout: str = "",
    *,
    alt: str | None = None,
    loading: str = "lazy",
) -> Markup:
    """A picture whose size the browser chooses; ``layout`` says how wide it is shown.

    ``layout`` is the ``sizes`` of HTML; without it the picture has one size. ``alt`` stands for the
    picture's own words. ``loading`` is lazy, eager, or high (eager and before all others).
    """
    words = picture.alt if alt is None else alt
    attributes = f' alt="{escape(words)}"'
    if picture.focus:
        across, down = picture.focus.split()
        attributes += f' class="fx-{across} fy-{down}"'
    attributes += {"lazy": ' loading="lazy"', "high": ' fetchpriority="high"'}.get(loading, "")
    main = (picture.url, picture.width, picture.height)
    smaller, avif = (picture.smaller, picture.avif) if layout else ((), ())
    tag = picture_tag(main, smaller, avif, context["root"], layout, attributes)
    return Markup(tag)  # noqa: S704 - words are escaped, addresses are ours
