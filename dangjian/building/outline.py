"""The archive's outline: the neighbours of each article.

A build that arranges the whole archive leaves it. With it a few articles can be arranged again
without most of the others, as long as nothing but their texts has changed.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from dangjian.content.catalogue import Catalogue
from dangjian.content.related import relatedness_key
from dangjian.feeds.channels import ChannelPlan
from dangjian.pages.presenter import LOOK_BACK, Presenter

_NAME = "outline"


class Outline(Struct, frozen=True, array_like=True):
    """What an archive looks like; articles are given by their paths.

    ``columns`` are the folders that are columns, ``listed`` those of them that the site shows;
    ``column_of`` gives that of each folder with articles. ``own`` are the articles of each column,
    oldest first. ``shown`` are those in feeds, and those on which lists of articles depend:
    specials, documents and their interpretations. ``shadowed`` have no page because another
    article has their address. ``related`` are those of each article, ``relatedness_key`` covers
    what they were found by. ``linked`` are, for each article that links to addresses of the site,
    the articles there.
    """

    columns: list[str]
    listed: list[str]
    column_of: dict[str, str]
    own: list[list[str]]
    shown: list[str]
    shadowed: list[str]
    relatedness_key: bytes
    related: dict[str, tuple[str, ...]]
    linked: dict[str, tuple[str, ...]] = {}

    def around(self, paths: Iterable[str]) -> set[str]:
        """The articles to arrange again so that those at ``paths`` have the neighbours they had.

        With them come all that feeds show, and what any of them links to by an address. What they
        link to by a file's name is not known here.
        """
        asked = set(paths)
        wanted = asked.union(self.shown, *(self.related.get(path, ()) for path in asked))
        for siblings in self.own:
            for place, path in enumerate(siblings):
                if path in asked:
                    wanted.update(siblings[max(place - LOOK_BACK - 1, 0) : place + 2])
        return wanted.union(*(self.linked.get(path, ()) for path in wanted))


def store_outline(
    catalogue: Catalogue, presenter: Presenter, channels: Iterable[ChannelPlan]
) -> None:
    """Store the outline of a whole archive, whose feeds are ``channels``."""
    archive = presenter.archive
    shown = {*archive.interprets, *archive.interpreted_by}
    shown.update(item.path for channel in channels for item in channel.items)
    shown.update(item.path for item in archive.specials)
    outline = Outline(
        list(archive.columns.by_folder),
        [column.folder for column in archive.columns.walk()],
        {folder: column.folder for folder, column in archive.column_of.items() if column},
        [[item.path for item in items] for items in archive.own.values()],
        sorted(shown),
        sorted(archive.shadowed),
        relatedness_key(archive.items),
        dict(presenter.related),
        dict(_linked(presenter)),
    )
    catalogue.set_meta(_NAME, msgspec.msgpack.encode(outline))


def _linked(presenter: Presenter) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path, item in presenter.archive.by_path.items():
        references = item.record.references
        if any(reference.kind in ("page", "site") for reference in references):
            yield path, tuple(presenter.addresses.relied_on(references))


def read_outline(catalogue: Catalogue) -> Outline | None:
    """The outline that the last build of the whole archive left."""
    stored = catalogue.meta(_NAME)
    return msgspec.msgpack.decode(stored, type=Outline) if stored else None
