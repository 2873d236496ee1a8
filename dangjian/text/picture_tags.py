"""How a picture is written into a page: the one place that writes ``<picture>`` and ``<img>``."""

from collections.abc import Sequence

from markupsafe import escape

Sizes = Sequence[tuple[str, int]]
"""Addresses from the site's root with the widths in pixels of what is there."""


def picture_tag(
    main: tuple[str, int, int],
    smaller: Sizes,
    avif: Sizes,
    root: str,
    layout: str,
    attributes: str,
) -> str:
    """A picture whose size the browser chooses by ``layout`` (the ``sizes`` of HTML).

    ``main`` is address, width and height of what every browser shows; ``root`` leads to the site's
    root; ``attributes`` are HTML and begin with a space.
    """
    url, width, height = main
    chosen = f' sizes="{escape(layout)}"' if layout and (smaller or avif) else ""
    several = ""
    if smaller:
        several = f' srcset="{_listed([*smaller, (url, width)], root)}"{chosen}'
    image = f'<img src="{root}{escape(url)}"{several}{attributes}'
    if " width=" not in attributes:
        image += f' width="{width}" height="{height}"'
    image += ">"
    if not avif:
        return image
    source = f'<source type="image/avif" srcset="{_listed(avif, root)}"{chosen}>'
    return f"<picture>{source}{image}</picture>"


def _listed(sizes: Sizes, root: str) -> str:
    return ", ".join(f"{root}{url} {width}w" for url, width in sizes)
