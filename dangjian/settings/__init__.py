"""What an office sets in ``pelicanconf.py``: typed and checked."""

from dangjian.settings.model import (
    SETTINGS,
    Badge,
    ExternalLinks,
    Home,
    Office,
    PublishOptions,
    Setting,
)
from dangjian.settings.reading import read_office, read_publishing
from dangjian.settings.values import NamedLink, NamedLinks

__all__ = [
    "SETTINGS",
    "Badge",
    "ExternalLinks",
    "Home",
    "NamedLink",
    "NamedLinks",
    "Office",
    "PublishOptions",
    "Setting",
    "read_office",
    "read_publishing",
]
