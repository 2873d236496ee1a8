"""``search``: the search of a built site, in the terminal."""

import sys
from pathlib import Path

import msgspec

from dangjian.cli.commands import refuse
from dangjian.search.format.container import DamagedIndexError
from dangjian.search.query.engine import SearchAnswer, search_site

NOTES = {
    "empty": '没有可检索的字词。请输入要找的词，例如：python3 tasks.py search "基层党建"。',
    "long": "检索式太长，只用了前 500 个字符。",
    "many": "检索条件太多，只用了前 16 个。",
}


def run(query: str, site: Path, as_json: bool = False, limit: int = 20) -> None:
    """Search and print. Raises SystemExit if the index can't be read.

    As JSON it is one object: ``total`` and ``results`` of ``url``, ``title``, ``date``,
    ``snippet`` (and ``notes``: messages for the user).
    """
    try:
        answer = search_site(site, query, max(0, limit))
    except DamagedIndexError as error:
        advice = "请先运行 python3 tasks.py build 生成网站，会一并重建索引。"
        refuse(f"{error}：{site}。{advice}")
    if as_json:
        found = msgspec.to_builtins(answer)
        found["notes"] = [NOTES[note] for note in answer.notes]
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
    else:
        sys.stdout.write(_text(answer))


def _text(answer: SearchAnswer) -> str:
    lines = [NOTES[note] for note in answer.notes]
    if "empty" not in answer.notes:
        shown = len(answer.results)
        more = f"，显示前 {shown} 篇" if shown < answer.total else ""
        lines.append(f"共找到 {answer.total} 篇{more}。")
        if answer.total == 0:
            if answer.nearest:
                lines.append(f"是不是要找：{'、'.join(answer.nearest)}")
            lines.append("可以换一个更短的词，去掉引号，或减少条件再试。")
    for number, result in enumerate(answer.results, 1):
        date = f"（{result.date}）" if result.date else ""
        lines += ["", f"{number}. {result.title}{date}", f"   {result.url}"]
        lines.append(f"   {result.snippet}")
    return "\n".join(lines) + "\n"
