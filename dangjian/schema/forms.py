"""Forms that a front matter and the settings share: separators, phone numbers, addresses."""

from typing import Final

from dangjian.common.patterns import regex

SEPARATORS: Final = regex("[、，,；;]")
"""What parts the items of a list that is written as one text."""

PHONE: Final = regex(
    r"[0-9０-９+\-—－()（） 、，,/;；转]*[0-9０-９][0-9０-９+\-—－()（） 、，,/;；转]*"
)
PHONE_EXAMPLE: Final = "0000-1230000"

EMAIL: Final = regex(r"[\w.+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
EMAIL_EXAMPLE: Final = "zzb@example.gov.cn"

ICP: Final = regex(r"[一-龥]ICP备\d{8}(?:\d{2})?号(?:-\d+)?")
ICP_EXAMPLE: Final = "示ICP备00000000号-1"

POLICE_BEIAN: Final = regex(r"[一-龥]公网安备\s*\d{14}号")
POLICE_BEIAN_EXAMPLE: Final = "示公网安备 00000000000000号"

SITE_ID_CODE: Final = regex(r"bm\d{8}|\d{10}")
SITE_ID_CODE_EXAMPLE: Final = "0000000001"


DOMAIN: Final = regex(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def shortened(text: str, most: int = 30) -> str:
    """A text on one line, short enough for a message."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}……"
