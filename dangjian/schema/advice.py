"""What an editor did wrong in a front matter that YAML cannot read, and what to write instead."""

import re

import yaml


def explained(error: yaml.YAMLError, head: str, line: int) -> tuple[int, str]:
    """What an editor did wrong when YAML cannot be read, from the line where it stopped."""
    mark = getattr(error, "problem_mark", None)
    number = min(mark.line, head.count("\n")) if mark is not None else 0
    lines = head.split("\n")
    context = getattr(error, "context_mark", None)
    for candidate in (number, number - 1, context.line if context is not None else number):
        if 0 <= candidate < len(lines) and (advice := advice_on(lines[candidate])):
            return line + candidate, advice
    if not lines[number].strip() and context is not None:
        number = min(context.line, number)
    shown = lines[number].strip()[:40]
    what = f"“{shown}”这一行读不懂" if shown else "从这里起读不懂"
    return (
        line + number,
        f"{what}：请写成“名称: 内容”，下一级用两个空格缩进；内容里有特殊符号时用英文单引号括起来",
    )


def advice_on(text: str) -> str:
    if text.strip() == "...":
        return "文件头里不能有“...”这一行，请删去"
    if "\t" in text[: len(text) - len(text.lstrip())]:
        return "行首用了制表符（Tab），请改用空格缩进"
    if re.match(r"\s*-[^\s\-:：]+$", text):
        return f"减号后面要空一格：- {text.strip()[1:31]}"
    found = re.match(r"\s*(?:- )?([^\s:：][^:：]{0,40}?)\s*(:|：)(\s*)(.*)$", text)
    if found is None:
        return ""
    key, colon, space, value = found.groups()
    value = value.rstrip()
    if colon == "：":
        return f"“{key}”后面要用英文冒号加一个空格：{key}: {value[:30]}"
    if value and not space:
        return f"“{key}”的冒号后面要空一格：{key}: {value[:30]}"
    if "\t" in value:
        return f"“{key}”的内容里有制表符（Tab），请改用空格"
    quoted = value.replace("'", "''")[:40]
    if value.startswith(("'", '"')) and value.count(value[0]) % 2:
        inner = value.strip(value[0]).replace("'", "''")[:40]
        return f"“{key}”的引号没有配对，请写成 {key}: '{inner}'"
    if value[:1] and value[0] in "\"'[{*&!|>%@`#?-,":
        return f"“{key}”的内容以 {value[0]} 开头，要用英文单引号括起来：{key}: '{quoted}'"
    if ": " in value or value.endswith(":"):
        return f"“{key}”的内容里有英文冒号，要用英文单引号括起来：{key}: '{quoted}'"
    return ""
