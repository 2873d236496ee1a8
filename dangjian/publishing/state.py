"""What is remembered of a place that a site is published to, from one run to the next."""

from datetime import datetime

from msgspec import Struct


class State(Struct, omit_defaults=True):
    """What is live (by the name it was published under), and what was decided about it.

    ``published`` is when the last publish took place. ``held`` covers the content at the time of a
    rollback: while the content is the same, the site stays rolled back.
    """

    live: str = ""
    published: datetime | None = None
    held: str = ""


def new_name(moment: datetime, others: list[str]) -> str:
    """A release's name by the time, later than all others even when the clock went back."""
    name = f"{moment:%Y%m%d-%H%M%S}"
    latest = max(others, default="")
    if name > latest:
        return name
    stem, _, number = latest.partition("_")
    return f"{stem}_{int(number or 1) + 1:04d}"
