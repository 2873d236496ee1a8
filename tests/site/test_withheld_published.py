"""What is withdrawn from a published site is in no file of it: compressed, decoded, or in names."""

import gzip
import io
from pathlib import Path
from urllib.parse import quote

import brotli
import pytest
from PIL import Image

from tests.publishing import Office
from tests.search.test_leaks import payloads, said
from tests.sites import article, column, folder_bytes

WAYS = {
    "draft": "status: draft",
    "expired": "expires: 2026-11-24 09:00",
    "embargo": "publish_at: 2027-01-01",
    "future": "",
    "deleted": "",
}
LETTERS = {"draft": "龘", "expired": "靐", "embargo": "齉", "future": "爨", "deleted": "麤"}


def marks(way: str) -> list[str]:
    """What is nowhere but in the article that goes this ``way``: words, names, pixels."""
    sign = LETTERS[way]
    return [f"{sign}{part}" for part in ("题", "文", "摘", "词", "签", "图", "件", "注")] + [
        f"mark-{way}-{kind}" for kind in ("page", "cover", "body", "file", "old")
    ]


def picture(way: str) -> bytes:
    """A picture that says the article's sign in its metadata, and has a size of its own."""
    exif = Image.Exif()
    exif[0x010E] = f"EXIF-{way}"
    data = io.BytesIO()
    Image.new("RGB", (40 + len(way), 30), (9, 9, 9)).save(data, "JPEG", exif=exif)
    return data.getvalue()


def sources(way: str) -> dict[str, str | bytes]:
    sign, name = LETTERS[way], f"mark-{way}"
    text = article(
        f"{sign}题",
        "2026-11-01 08:00",
        f"{sign}文。\n\n![{sign}图]({name}-body.jpg)\n\n注[^1]\n\n[^1]: {sign}注",
        summary=f"{sign}摘",
        keywords=[f"{sign}词"],
        tags=[f"{sign}签"],
        flags=["头条", "轮播"],
        cover={"src": f"{name}-cover.jpg", "alt": f"{sign}图"},
        attachments=[{"file": f"{name}-file.csv", "title": f"{sign}件"}],
        aliases=[f"/{name}-old.html", f"/{name}-old.asp?id=7"],
        special=["zt"],
        also_in=["gb"],
    )
    return {
        f"content/zc/{name}-page.md": text,
        f"content/zc/{name}-cover.jpg": picture(way),
        f"content/zc/{name}-body.jpg": picture(f"{way}-body"),
        f"content/zc/{name}-file.csv": f"{sign}件\n",
    }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    files: dict[str, str | bytes] = {
        "content/zc/_column.md": column("政策"),
        "content/gb/_column.md": column("干部"),
        "content/zc/zt.md": article("专题", type="special", slug="zt"),
        **{f"content/gb/n{n}.md": article(f"公开{n}", body=f"公开的第{n}篇。") for n in range(8)},
    }
    for way in WAYS:
        files |= sources(way)
    return Office(tmp_path_factory.mktemp("office"), files)


def everything(office: Office) -> dict[str, bytes]:
    """All that a reader can load, as it is and decoded; the paths too."""
    found = folder_bytes(office.live)
    decoded = {"paths": "\n".join(found).encode()}
    for name, data in found.items():
        if name.endswith(".gz"):
            decoded[f"{name} decoded"] = gzip.decompress(data)
        elif name.endswith(".br"):
            decoded[f"{name} decoded"] = brotli.decompress(data)
    decoded |= {f"search {n}": data for n, data in payloads(office.live / "search").items()}
    decoded["search said"] = said(office.live / "search")[0].encode()
    return found | decoded


def holding(found: dict[str, bytes], words: str) -> list[str]:
    forms = {words.encode(e) for e in ("utf-8", "unicode_escape")}
    forms.add(quote(words).encode())
    return [n for n, data in found.items() if any(form in data for form in forms)]


def pixels(folder: Path) -> set[tuple[int, int]]:
    found = set()
    for path in (folder / "media").iterdir():
        if path.suffix in {".jpg", ".webp", ".png"}:
            with Image.open(path) as image:
                found.add(image.size)
    return found


def test_every_way_of_withdrawing_leaves_nothing(office: Office) -> None:
    assert office.publish().result == "published"
    before, sizes = everything(office), {way: (40 + len(way), 30) for way in WAYS}
    for way in WAYS:
        for mark in marks(way):
            if not mark.endswith(("-old", "-page", "-cover", "-body", "-file")):
                assert holding(before, mark), mark
        assert sizes[way] in pixels(office.live)
    for way, line in WAYS.items():
        path = f"content/zc/mark-{way}-page.md"
        if way == "deleted":
            office.site.delete(path)
        elif way == "future":
            office.site.edit(path, "2026-11-01 08:00", "2027-01-01 08:00")
        else:
            office.site.edit(path, "---\n\n", f"{line}\n---\n\n")
    assert office.publish(allow_withdraw=5).result == "published"
    after = everything(office)
    for way in WAYS:
        for mark in (*marks(way), f"mark-{way}", f"EXIF-{way}"):
            assert holding(after, mark) == [], mark
        assert sizes[way] not in pixels(office.live)
    assert holding(after, "公开3")
