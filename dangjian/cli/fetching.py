"""``check --fetch``: pictures at other hosts are taken in before anything is checked."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dangjian.settings import Office


def fetch_and_tell(content: Path, office: "Office") -> None:
    """Take pictures at other hosts in, and print what became of each."""
    from dangjian.authoring.remote_pictures import fetch_pictures
    from dangjian.building.arrange import rules_of

    fetched = 0
    for one in fetch_pictures(content, rules_of(office)):
        fetched += bool(one.name)
        note = f"已存为 {one.name}" if one.name else f"没有取到：{one.error}"
        print(f"  {content.name}/{one.path}  {one.url}  {note}")
    print(f"从别的网站取到 {fetched} 张图片。\n")
