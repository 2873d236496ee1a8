"""The files that pages offer: which an article needs, and how templates see those to download."""

from collections.abc import Iterable, Mapping

from dangjian.content.archive import Archive, Item
from dangjian.content.catalogue import FileFacts
from dangjian.media.attachments import download_name, is_saved
from dangjian.rendering import views
from dangjian.schema.entry import Entry
from dangjian.text.references import Reference

_NARROWEST, _WIDEST = 1.25, 1.9

Files = Mapping[str, FileFacts]
"""Facts by ``media:path`` and ``file:path``, paths relative to ``content/``."""


def files_in(references: Iterable[Reference]) -> list[str]:
    """The files a text refers to, as ``media:path`` and ``file:path``."""
    return [f"{r.kind}:{r.target}" for r in references if r.kind in ("media", "file")]


def file_targets(item: Item) -> list[str]:
    """The files an item needs, as ``media:path`` for pictures and ``file:path`` for the rest."""
    entry, references = item.entry, item.record.references
    if not (
        references
        or entry.cover
        or entry.gallery
        or entry.attachments
        or entry.video
        or entry.banner
    ):
        return []
    found = files_in(references)
    pictures = (entry.cover, entry.banner, *entry.gallery)
    found += [f"media:{picture.src}" for picture in pictures if picture is not None]
    found += [f"file:{attachment.file}" for attachment in entry.attachments]
    if entry.video:
        video = entry.video
        if video.poster:
            found.append(f"media:{video.poster}")
        found += [f"file:{path}" for path in (video.src, video.captions, video.transcript) if path]
    return found


def can_be_cover(facts: FileFacts) -> bool:
    """Whether a picture of a text can stand for the article: a photograph of a usual shape.

    Lists crop covers to between 4:3 and 16:9; of a drawing, or of a tall or very wide picture, that
    would leave a part without sense.
    """
    if not facts.height or facts.name.endswith(".svg"):
        return False
    return _NARROWEST <= facts.width / facts.height <= _WIDEST


def attachments_of(entry: Entry, files: Files) -> tuple[views.Attachment, ...]:
    """An article's attachments; one that can't be published is reported elsewhere."""
    made = []
    for attachment in entry.attachments:
        facts = files.get(f"file:{attachment.file}")
        if facts is None or facts.error:
            continue
        title = attachment.title or attachment.file.rpartition("/")[2]
        saved = download_name(attachment.title, attachment.file, facts.name)
        made.append(
            views.Attachment(
                facts.name, title, facts.kind, facts.size, facts.bytes, facts.mime, saved
            )
        )
    return tuple(made)


def video_of(entry: Entry, files: Files, poster: views.Picture | None) -> views.Video | None:
    """An article's video, with what belongs to it."""
    video = entry.video
    facts = files.get(f"file:{video.src}") if video else None
    if video is None or facts is None or facts.error:
        return None
    return views.Video(
        facts.name,
        facts.mime,
        poster,
        _address(video.captions, files),
        _address(video.transcript, files),
        download_name(entry.title, video.src, facts.name),
    )


def _address(path: str, files: Files) -> str:
    facts = files.get(f"file:{path}") if path else None
    return facts.name if facts and not facts.error else ""


def download_names(archive: Archive, files: Files) -> dict[str, str]:
    """What each attachment is saved as, by its address: the title of the first that names it.

    For a web server, which sends the same as ``Content-Disposition``. Pictures, sound and video
    are shown by the browser and have none.
    """
    titles: dict[str, str] = {}
    for path in sorted(archive.by_path):
        for attachment in archive.by_path[path].entry.attachments:
            titles.setdefault(f"file:{attachment.file}", attachment.title)
    return {
        facts.name: download_name(titles.get(key, ""), key.partition(":")[2], facts.name)
        for key, facts in sorted(files.items())
        if key.startswith("file:") and not (facts.error or facts.at_root) and is_saved(facts.mime)
    }
