"""A small living archive and what editors do to it, for the property that must always hold.

``Archive`` keeps what the files should say; an edit changes one thing and writes the file again.
Edits are plain values, so that a failing sequence is printed and shrunk.
"""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from PIL import Image

from tests.sites import Site, column, front_matter

COLUMNS = {"jcdj": "基层党建", "jcdj/csdj": "城市党建", "gbgz": "干部工作", "tzgg": "通知公告"}
TAGS = ("网格", "党课", "AI")
LONG = "\n\n" + "小广场上人来人往，说的都是身边事。" * 12
WORDS = ("轻装上阵", "露天服务", "网格管理", "睦邻文化节", "三项清单", "义工协会")
MOMENTS = (
    "2019-12-31 23:59",
    "2020-06-01 08:00",
    "2020-06-16 12:24",
    "2020-07-01 00:00",
    "2026-11-23 09:00",
)
CLOCKS = (
    "2026-11-24 10:00",
    "2026-11-25 00:00",
    "2026-12-01 12:00",
    "2026-12-31 23:59",
    "2027-06-01 00:00",
)
HELD = (None, "2026-11-25 00:00", "2026-12-15 08:00")
ENDS = (None, "2026-11-24 12:00", "2026-12-20 00:00")
TEMPLATES = ("article.html", "column.html", "page.html", "feeds.html", "special.html", "tag.html")
SETTINGS: dict[str, tuple[Any, ...]] = {
    "SITENAME": ("示例市党建网", "示例先锋"),
    "ICP": ("", "陇ICP备08000414号-2"),
    "PAGE_SIZE": (5, 6, 20),
    "FEED_SIZE": (2, 30),
    "HOME": ({}, {"notices": "tzgg", "blocks": ["jcdj"]}, {"latest": 3}),
    "HOT_WORDS": ([], ["网格"]),
    "GRAYSCALE": (False, True),
    "DEFAULT_EDITOR": ("", "张三"),
}


@cache
def picture(shade: int) -> bytes:
    """A small PNG of one grey."""
    data = io.BytesIO()
    Image.new("RGB", (24, 16), (shade, shade, shade)).save(data, "PNG")
    return data.getvalue()


@dataclass
class Draft:
    """One article as it should stand on disk."""

    folder: str
    stem: str
    fields: dict[str, Any]
    body: str

    @property
    def name(self) -> str:
        """The file, below the site's folder."""
        return f"content/{self.folder}/{self.stem}.md" if self.folder else f"content/{self.stem}.md"


@dataclass
class Archive:
    """The site on disk and the articles in it."""

    site: Site
    articles: list[Draft] = field(default_factory=list)
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: int = 0
    seconds: int = 1_600_000_000

    def write(self, name: str, data: str | bytes) -> None:
        """Write a file, with a modification time of its own, long ago: it is trusted later."""
        path = self.site.write(name, data)
        self.seconds += 60
        os.utime(path, (self.seconds, self.seconds))

    def save(self, draft: Draft) -> None:
        """Write an article's file."""
        self.write(draft.name, front_matter(draft.fields, draft.body))

    def save_column(self, folder: str) -> None:
        """Write a column's file."""
        fields = {**self.columns[folder]}
        self.write(f"content/{folder}/_column.md", column(fields.pop("name"), **fields))

    def add(self, folder: str, title: str, date: str, body: str, **fields: Any) -> Draft:
        """A new article, long enough that what is added at its end is in no list's excerpt."""
        self.made += 1
        body += LONG
        draft = Draft(folder, f"a{self.made}", {"title": title, "date": date, **fields}, body)
        self.articles.append(draft)
        self.save(draft)
        return draft


def found(site: Site) -> Archive:
    """The archive that every sequence starts from: each type of article, linked to one another."""
    archive = Archive(site)
    for order, (folder, name) in enumerate(COLUMNS.items()):
        archive.columns[folder] = {"name": name, "order": order}
        archive.save_column(folder)
    archive.write("content/jcdj/pic.png", picture(90))
    archive.write("content/jcdj/list.csv", "单位,人数\n甲,3\n")
    add = archive.add
    add(
        "jcdj",
        "三级联动拧紧动力轴",
        MOMENTS[1],
        "轻装上阵抓推动。\n\n![广场](pic.png)",
        tags=["网格"],
    )
    add("jcdj/csdj", "露天服务平台进广场", MOMENTS[2], "露天平台7处。见[前文](../a1.md)。")
    add("jcdj/csdj", "网格里的党课", MOMENTS[2], "楼上建支部。" * 30, tags=["网格", "党课"])
    add("gbgz", "关于考核的通知", MOMENTS[0], "请各单位填报。", type="document",
        doc_number="示组发〔2019〕3号", validity="有效",
        attachments=[{"file": "/jcdj/list.csv", "title": "名单"}])  # fmt: skip
    add("gbgz", "解读考核通知", MOMENTS[3], "一问一答。", interprets=["a4"], special=["zt"])
    add("tzgg", "任前公示", MOMENTS[4], "公示如下。", type="notice",
        notice_start="2026-11-23", notice_end="2026-11-30")  # fmt: skip
    add("jcdj", "“三治融合”专题", MOMENTS[1], "导语。", type="special", slug="zt")
    add("", "联系我们", MOMENTS[0], "地址和电话。", type="page", slug="lxwm")
    del archive.articles[-1].fields["date"]
    archive.save(archive.articles[-1])
    return archive


@dataclass(frozen=True)
class Edit:
    """One thing an editor does: what, to which of the articles or columns, with which value."""

    what: str
    which: int = 0
    value: int = 0

    def apply(self, archive: Archive) -> None:
        """Do it on disk."""
        EDITS[self.what](archive, self.which, self.value)


def _pick(archive: Archive, which: int) -> Draft | None:
    return archive.articles[which % len(archive.articles)] if archive.articles else None


def _set(key: str, choices: tuple[Any, ...]) -> Callable[[Archive, int, int], None]:
    def edit(archive: Archive, which: int, value: int) -> None:
        draft = _pick(archive, which)
        if draft is None or (key == "status" and draft.fields.get("type") == "special"):
            return
        draft.fields[key] = choices[value % len(choices)]
        archive.save(draft)

    return edit


def _body(archive: Archive, which: int, value: int) -> None:
    draft = _pick(archive, which)
    if draft is not None:
        draft.body += "，" + WORDS[value % len(WORDS)]
        archive.save(draft)


def _first_words(archive: Archive, which: int, value: int) -> None:
    draft = _pick(archive, which)
    if draft is not None:
        draft.body = WORDS[value % len(WORDS)] + "。" + draft.body
        archive.save(draft)


def _notice(archive: Archive, which: int, value: int) -> None:
    """A mistake that is only noticed, or none any more: on bold words, or on the head."""
    draft = _pick(archive, which)
    if draft is None:
        return
    open_words = "**没有收尾的话\n\n"
    if value % 3 == 0:
        draft.fields["shoulder_title"] = "引" * (value * 11 + 1)
    elif draft.body.startswith(open_words):
        draft.body = draft.body.removeprefix(open_words)
    else:
        draft.body = open_words + draft.body
    archive.save(draft)


def _title(archive: Archive, which: int, value: int) -> None:
    draft = _pick(archive, which)
    if draft is not None:
        draft.fields["title"] = f"{WORDS[value % len(WORDS)]}之{draft.stem}"
        archive.save(draft)


def _date(archive: Archive, which: int, value: int) -> None:
    draft = _pick(archive, which)
    if draft is not None and draft.fields.get("type") != "page":
        draft.fields["date"] = MOMENTS[value % len(MOMENTS)]
        archive.save(draft)


def _folder(value: int) -> str:
    return list(COLUMNS)[value % len(COLUMNS)]


def _move(archive: Archive, which: int, value: int) -> None:
    draft = _pick(archive, which)
    if draft is not None and draft.folder and draft.stem != "a1":
        before, draft.folder = draft.name, _folder(value)
        archive.site.rename(before, draft.name)


def _rename(archive: Archive, which: int, value: int) -> None:
    draft = _pick(archive, which)
    if draft is not None and draft.stem not in ("a1", "a4"):
        before, draft.stem = draft.name, f"r{value}-{draft.stem}"
        archive.site.rename(before, draft.name)


def _add(archive: Archive, which: int, value: int) -> None:
    archive.add(_folder(which), f"新稿{archive.made}", MOMENTS[value % 5], "新写的。", tags=["AI"])


def _delete(archive: Archive, which: int, _value: int) -> None:
    draft = _pick(archive, which)
    if draft is not None:
        archive.articles.remove(draft)
        archive.site.delete(draft.name)


def _change_column(archive: Archive, which: int, value: int) -> None:
    folder = _folder(which)
    change: dict[str, Any] = (
        {"name": f"改名{value}"},
        {"order": value},
        {"nav": value % 2 == 0},
        {"description": f"说明{value}"},
        {"slug": f"s{value}-{folder.replace('/', '-')}"},
    )[value % 5]
    archive.columns[folder].update(change)
    archive.save_column(folder)


def _change_template(archive: Archive, which: int, value: int) -> None:
    name = TEMPLATES[which % len(TEMPLATES)]
    source = (archive.site.theme / "templates" / name).read_text(encoding="utf-8")
    archive.write(f"templates/{name}", source + f"{{# {value} #}}<!-- {value} -->")


def _change_setting(archive: Archive, which: int, value: int) -> None:
    name = list(SETTINGS)[which % len(SETTINGS)]
    archive.site.settings[name] = SETTINGS[name][value % len(SETTINGS[name])]


def _change_picture(archive: Archive, _which: int, value: int) -> None:
    archive.write("content/jcdj/pic.png", picture(value * 20 % 256))


def _turn_clock(archive: Archive, _which: int, value: int) -> None:
    archive.site.settings["BUILD_AT"] = CLOCKS[value % len(CLOCKS)]


EDITS: dict[str, Callable[[Archive, int, int], None]] = {
    "body": _body,
    "first words": _first_words,
    "notice": _notice,
    "title": _title,
    "date": _date,
    "move": _move,
    "rename": _rename,
    "add": _add,
    "delete": _delete,
    "tags": _set("tags", ([], ["网格"], ["党课", "AI"], ["AI"])),
    "keywords": _set("keywords", ([], ["党建"], ["党建", "治理"])),
    "flags": _set("flags", ([], ["headline"], ["top", "recommend"], ["slide", "photo"])),
    "status": _set("status", ("published", "draft", "hidden")),
    "publish_at": _set("publish_at", HELD),
    "expires": _set("expires", ENDS),
    "also_in": _set("also_in", ([], ["gbgz"], ["jcdj/csdj"])),
    "special": _set("special", ([], ["zt"])),
    "cover": _set("cover", (None, {"src": "/jcdj/pic.png", "alt": "广场"})),
    "weight": _set("weight", (0, 5)),
    "summary": _set("summary", (None, "一句话。", "另一句话。")),
    "column": _change_column,
    "template": _change_template,
    "setting": _change_setting,
    "picture": _change_picture,
    "clock": _turn_clock,
}
