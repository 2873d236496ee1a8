"""Examples of the manual and of messages that were left in by mistake."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import asdict

from dangjian.content.archive import Item
from dangjian.schema import forms
from dangjian.schema.keys import Spec
from dangjian.schema.reading import ENTRY
from dangjian.settings import Office

INVENTED: Final = "示例"
_WORDS: Final = tuple(
    spec
    for spec in ENTRY.specs
    if INVENTED in spec.key.example and spec.kind in ("text", "list", "doc_number")
)
_SETTINGS: Final = (
    ("ICP", "icp", forms.ICP_EXAMPLE),
    ("POLICE_BEIAN", "police_beian", forms.POLICE_BEIAN_EXAMPLE),
    ("SITE_ID_CODE", "site_id_code", forms.SITE_ID_CODE_EXAMPLE),
    ("PHONE", "phone", forms.PHONE_EXAMPLE),
    ("REPORT_PHONE", "report_phone", forms.PHONE_EXAMPLE),
    ("EMAIL", "email", forms.EMAIL_EXAMPLE),
)


def is_example(office: Office) -> bool:
    """Whether a site is itself the invented one, where examples are the content."""
    return INVENTED in office.name or INVENTED in office.owner


def left_in_settings(office: Office) -> Iterator[tuple[str, str]]:
    """Settings that still have the example's value, with what to say."""
    for name, field, example in _SETTINGS:
        if getattr(office, field) == example:
            yield name, f"{name} 写的“{example}”是样例，请换成本单位的，没有就留空"


def left_in_articles(items: Iterable[Item]) -> Iterator[tuple[Item, str, str, str]]:
    """Articles with an example's words: the article, the key, what is written, what to say."""
    for item in items:
        for spec, written in _left(item):
            message = f"“{spec.key.zh}”写的“{written}”是样例里的话，请换成实际内容，或删去这一行"
            yield item, spec.key.zh, written, message


def _left(item: Item) -> Iterator[tuple[Spec, str]]:
    values = asdict(item.entry)
    for spec in _WORDS:
        value = values[spec.name]
        for written in (value,) if isinstance(value, str) else value:
            if written and written in (spec.key.example, *spec.key.example.split("、")):
                yield spec, written
    for name, refs in (("cover", (item.entry.cover,)), ("gallery", item.entry.gallery)):
        for picture in refs:
            if picture is not None and picture.alt == _ALT:
                yield ENTRY.by_name[name], picture.alt
    for one in item.entry.attachments:
        if one.title == _TITLE:
            yield ENTRY.by_name["attachments"], one.title


_ALT: Final = "图里是什么"
_TITLE: Final = "附件名称"
