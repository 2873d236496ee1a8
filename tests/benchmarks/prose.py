"""Chinese prose that reads like local news: sentences from patterns, articles from sentences."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from random import Random

from tests.benchmarks import words

SHANGHAI = timezone(timedelta(hours=8))
URN_BITS = 16
SOURCES = ("《示例组工》", "示例日报", "示例市融媒体中心")
NUMERALS = "一二三四五六七八九十"

Draw = Callable[["Voice"], str]


@dataclass(frozen=True)
class Pattern:
    """A sentence with slots: ``text`` is a %-format, ``slots`` the classes that fill it."""

    text: str
    slots: tuple[str, ...]


def compile_pattern(line: str) -> Pattern:
    """Turn ``<place>的<role>`` into a format and its slots."""
    slots = tuple(re.findall(r"<(\w+)>", line))
    return Pattern(re.sub(r"<\w+>", "%s", line.replace("%", "%%")), slots)


@cache
def patterns(kind: str) -> list[Pattern]:
    """The patterns of a kind: openings, sentences, titles …"""
    lines = words.lexicon_file()["patterns"][kind].strip().splitlines()
    return [compile_pattern(line) for line in lines]


def urn(ranked: list[str], slope: float = 1.0) -> list[str]:
    """A list to draw from uniformly: the word of rank r lies in it about 1/(r+8)**slope times."""
    size = 1 << URN_BITS
    weights = [(rank + 8) ** -slope for rank in range(len(ranked))]
    scale = size / sum(weights)
    filled = [word for word, w in zip(ranked, weights, strict=True) for _ in range(int(w * scale))]
    tail = len(ranked)
    while len(filled) < size:
        tail = tail - 1 if tail > len(ranked) // 3 else len(ranked) - 1
        filled.append(ranked[tail])
    return filled[:size]


@cache
def urns() -> dict[str, list[str]]:
    """One urn a class; names of people and places fall off slowly, verbs steeply."""
    slopes = {"person": 0.2, "place": 0.25, "name": 0.2, "topic": 0.5, "verb": 0.9, "adv": 0.9}
    return {name: urn(ranked, slopes.get(name, 0.85)) for name, ranked in words.lexicon().items()}


@cache
def field_urns() -> list[list[str]]:
    """One urn a field of life (farming, schools, health …)."""
    return [urn(listed.split(), 0.7) for listed in words.fields().values()]


@dataclass
class Voice:
    """One article's draws: its random source, its field, and the names it keeps coming back to."""

    random: Random
    fields: list[str]
    kept: dict[str, list[str]]

    @classmethod
    def of(cls, random: Random) -> "Voice":
        """A voice for one article: one field, a few places and people, some topics of its own."""
        bits, urn_of = random.getrandbits, urns()
        kept = {
            name: [urn_of[name][bits(URN_BITS)] for _ in range(count)]
            for name, count in (("place", 2), ("person", 3), ("topic", 6), ("slogan", 2))
        }
        return cls(random, field_urns()[random.randrange(len(words.fields()))], kept)

    def word(self, slot: str) -> str:
        """A word for a slot."""
        bits = self.random.getrandbits
        kept = self.kept.get(slot)
        if kept and bits(1):
            return kept[int(self.random.random() * len(kept))]
        if slot == "field":
            return self.fields[bits(URN_BITS)]
        made = SPECIAL.get(slot)
        return made(self) if made else urns()[slot][bits(URN_BITS)]

    def sentence(self, kind: str) -> str:
        """A sentence from one of the patterns of a kind."""
        choices = patterns(kind)
        pattern = choices[int(self.random.random() * len(choices))]
        return pattern.text % tuple(map(self.word, pattern.slots))


def _number(voice: Voice) -> str:
    size = voice.random.random() ** 3
    number = int(3 + size * 4000)
    return str(number - number % 10 if number > 200 else number) + ("余" if size > 0.8 else "")


SPECIAL: dict[str, Draw] = {
    "num": _number,
    "say": lambda voice: voice.sentence("sayings"),
    "month": lambda voice: str(voice.random.randint(1, 12)),
    "day": lambda voice: str(voice.random.randint(1, 28)),
    "small": lambda voice: str(voice.random.randint(2, 6)),
    "age": lambda voice: str(voice.random.randint(24, 79)),
    "percent": lambda voice: f"{voice.random.uniform(85, 99.9):.1f}%",
    "cardinal": lambda voice: voice.random.choice(NUMERALS[:6]),
    "latin": lambda voice: voice.random.choice(
        ("APP", "5G", "GIS", "AI", "“1+3+N”", "OA", "Excel", "VR", "GPS", "NFC", "二维码", "LED屏")
    ),
}


@dataclass
class Article:
    """An article before it is written down for one generator or another.

    In ``body`` a picture is ``![alt](@picture/NAME)``, a link to another article is
    ``[text](@article/NUMBER)``.
    """

    number: int
    title: str
    date: datetime
    column: str
    body: str
    summary: str
    source: str
    editor: str
    tags: list[str]
    keywords: list[str]
    kind: str = "news"
    pictures: list[str] = field(default_factory=list)

    @property
    def stem(self) -> str:
        """The file's name without its ending, also the address."""
        return f"{self.date:%Y%m%d}-{self.number:06d}"


def paragraph(voice: Voice, length: int) -> str:
    """A paragraph of about ``length`` characters."""
    said: list[str] = []
    total = 0
    while total < length:
        sentence = voice.sentence("sentences")
        said.append(sentence)
        total += len(sentence)
    return "".join(said)


def _list(voice: Voice) -> str:
    mark = "1." if voice.random.random() < 0.5 else "-"
    lines = [f"{mark} {voice.sentence('items')}" for _ in range(voice.random.randint(3, 6))]
    return "\n".join(lines)


def _table(voice: Voice) -> str:
    rows = [
        f"| {voice.word('place')} | {voice.word('topic')} | {_number(voice)} |"
        for _ in range(voice.random.randint(3, 7))
    ]
    return "\n".join(["| 单位 | 事项 | 数量 |", "| --- | --- | ---: |", *rows])


def _blocks(voice: Voice, length: int) -> Iterator[str]:
    """The parts of a body: mostly plain paragraphs; a third of the articles have some structure."""
    random = voice.random
    styled = random.random() < 0.35
    opening = voice.sentence("openings")
    yield opening
    total = len(opening)
    while total < length:
        chance = random.random() if styled else 1.0
        if chance < 0.15:
            block = "## " + voice.sentence("headings")
        elif chance < 0.22:
            block = _list(voice)
        elif chance < 0.25:
            block = _table(voice)
        else:
            block = paragraph(voice, random.randint(90, 420))
            if chance < 0.5:
                block = f"**{voice.sentence('leads')}**" + block
        total += len(block)
        yield block
    yield voice.sentence("closings")


@cache
def columns() -> list[str]:
    """The paths of the columns that hold articles."""
    return [path for path, _, leaf in words.column_tree() if leaf]


@cache
def _tag_urn() -> list[str]:
    return urn(words.tags(), 0.9)


def _tags(random: Random, count: int) -> list[str]:
    drawn = (_tag_urn()[random.getrandbits(URN_BITS)] for _ in range(count))
    return list(dict.fromkeys(drawn))


def _date(random: Random) -> datetime:
    """Some minute of office hours from 2008 to autumn 2026, later years fuller."""
    day = int(6850 * random.random() ** 0.8)
    minute = random.randint(8 * 60, 18 * 60)
    return datetime(2008, 1, 1, tzinfo=SHANGHAI) + timedelta(days=day, minutes=minute)


def compose(seed: int, number: int) -> Article:
    """Article ``number`` of the archive of ``seed``; the same whatever the archive's size."""
    random = Random(f"{seed}/{number}")
    voice = Voice.of(random)
    column = columns()[min(int(random.random() ** 1.4 * len(columns())), len(columns()) - 1)]
    blocks = list(_blocks(voice, random.randint(1000, 1900)))
    if number > 10 and random.random() < 0.1:
        other = random.randrange(max(0, number - 5000), number)
        blocks[-1] += f"（[相关报道](@article/{other})）"
    tags = _tags(random, random.randint(1, 4))
    body = "\n\n".join(blocks)
    return Article(
        number=number,
        title=voice.sentence("titles"),
        date=_date(random),
        column=column,
        body=body,
        summary=blocks[0][:100],
        source=random.choice((*SOURCES, voice.word("office"))),
        editor=voice.word("person"),
        tags=tags,
        keywords=list(dict.fromkeys(tags + _tags(random, 2))),
        kind={0: "notice", 1: "document"}.get(random.randrange(25), "news"),
    )
