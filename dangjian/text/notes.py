"""Notes (脚注) that are missing, doubled, or that nothing refers to."""

import re

from dangjian.common.patterns import regex
from dangjian.text.remarks import Remark

_DEFINED = regex(r"^[ >]*\[\^([^\]\n]+)\]: ?", re.MULTILINE)
_USED = regex(r"\[\^([^\]\n]+)\](?!:)")
_BLANK_NAME = regex(r"\[\^([^\]\n`]* [^\]\n`]*)\]")
_CODE = regex(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)


def look_at_notes(text: str, remarks: list[Remark]) -> str:
    """Report notes of a laid-out text that don't fit together; returns it as it can be parsed."""
    defined: dict[str, int] = {}
    written = _CODE.sub("", text) if "`" in text else text
    for found in _DEFINED.finditer(written):
        defined[found[1]] = defined.get(found[1], 0) + 1
    used = {found[1]: None for found in _USED.finditer(written)}
    for name in used:
        if name not in defined:
            remarks.append(
                Remark(
                    f"注释 [^{name}] 没有内容，已按文字显示；请在文末另起一行写 [^{name}]: 内容",
                    near=f"[^{name}]",
                )
            )
    for name, count in defined.items():
        if count > 1:
            remarks.append(
                Remark(
                    f"注释 [^{name}] 的内容写了 {count} 次，只登出最后一次；请给其中的另起编号",
                    near=f"[^{name}]",
                    count=-1,
                )
            )
        if name not in used:
            remarks.append(
                Remark(
                    f"注释 [^{name}] 在正文里没有引用，已放在文末；请在正文里写上，或删去",
                    near=f"[^{name}]",
                    level="warning",
                )
            )
    return _BLANK_NAME.sub(_joined, text) if any(" " in name for name in defined) else text


def _joined(found: re.Match[str]) -> str:
    return "[^" + found[1].strip().replace(" ", "-") + "]"
