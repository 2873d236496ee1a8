"""What an office sets in ``pelicanconf.py``: typed and checked."""

from dangjian.settings.model import (
    SETTINGS,
    Badge,
    ExternalLinks,
    Home,
    Office,
    Setting,
)
from dangjian.settings.reading import read_office
from dangjian.settings.values import NamedLink, NamedLinks

__all__ = [
    "SETTINGS",
    "Badge",
    "ExternalLinks",
    "Home",
    "NamedLink",
    "NamedLinks",
    "Office",
    "Setting",
    "read_office",
]
