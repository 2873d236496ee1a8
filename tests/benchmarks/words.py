"""The words of the benchmark's articles: those of ``lexicon.toml``, and words combined from them.

The combined ones (villages, people, firms, topics, names of songs and shops) give the text the
long tail of rare bigrams that real news has. Everything is invented.
"""

import tomllib
from functools import cache
from itertools import product
from pathlib import Path
from random import Random


@cache
def lexicon_file() -> dict[str, dict[str, str]]:
    """The sections of ``lexicon.toml``."""
    return tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))


def characters(name: str) -> str:
    """A set of characters to make names of."""
    return "".join(lexicon_file()["characters"][name].split())


def listed(name: str) -> str:
    """A hand-written list of words, with spaces between them."""
    return lexicon_file()["words"][name]


def fields() -> dict[str, str]:
    """The fields of life, each with what is spoken of in it."""
    return lexicon_file()["fields"]


def combine(first: str, last: str, count: int, seed: int) -> list[str]:
    """``count`` different words made of one of ``first`` and one of ``last``, in a fixed order."""
    pairs = [a + b for a, b in product(first.split(), last.split())]
    return Random(seed).sample(pairs, min(count, len(pairs)))


def villages(count: int = 9000) -> list[str]:
    """Invented places: two characters and what kind of place it is."""
    draw = Random(11)
    first, last = characters("place_first"), characters("place_last")
    kinds = listed("place_kinds").split()
    names = {
        draw.choice(first) + draw.choice(last) + draw.choice(kinds): None for _ in range(count * 2)
    }
    return list(names)[:count]


def people(count: int = 16000) -> list[str]:
    """Invented people, one in four with a single given name."""
    draw = Random(12)
    surnames, given = characters("surnames"), characters("given")
    names: dict[str, None] = {}
    while len(names) < count:
        second = draw.choice(given) if draw.random() < 0.75 else ""
        names[draw.choice(surnames) + draw.choice(given) + second] = None
    return list(names)


def names(count: int = 24000) -> list[str]:
    """Invented names of songs, plays, brands and shops: two characters of everyday things."""
    draw = Random(18)
    first, last = characters("everyday"), characters("everyday") + characters("given")
    made = {draw.choice(first) + draw.choice(last): None for _ in range(count * 2)}
    return list(made)[:count]


def ranked(words: str, seed: int) -> list[str]:
    """The words in a fixed order, which stands for how common they are."""
    found = list(dict.fromkeys(words.split()))
    Random(seed).shuffle(found)
    return found


@cache
def lexicon() -> dict[str, list[str]]:
    """Every class of word by name, the commonest first."""
    bodies, levels = listed("bodies"), listed("levels")
    return {
        "place": villages(),
        "person": people(),
        "name": names(),
        "firm": combine(listed("firm_cores"), listed("firm_kinds"), 260, 1),
        "office": combine(listed("counties"), bodies, 215, 2) + ranked(levels, 3),
        "body": ranked(levels + " " + bodies, 4),
        "topic": combine(listed("modifiers"), listed("heads"), 3600, 5),
        "mod": ranked(listed("modifiers"), 6),
        "head": ranked(listed("heads"), 7),
        "verb": ranked(listed("verbs"), 8),
        "adv": ranked(listed("adverbs"), 9),
        "adj": ranked(listed("adjectives"), 10),
        "idiom": ranked(listed("idioms"), 13),
        "slogan": combine(listed("slogan_first"), listed("slogan_last"), 625, 14),
        "unit": [pair.replace(":", "") for pair in listed("units").split()],
        "role": ranked(listed("roles"), 15),
        "time": ranked(listed("times"), 16),
    }


def tags() -> list[str]:
    """The archive's 200 tags, the commonest first."""
    plain = [word for words in fields().values() for word in words.split()[:12]]
    pairs = combine(listed("modifiers"), "党建 治理 服务 建设 创新 队伍 机制 阵地", 130, 17)
    return list(dict.fromkeys(pairs + plain))[:200]


def column_tree() -> list[tuple[str, str, bool]]:
    """The 30 columns: path, name, whether articles are put into it."""
    tree: list[tuple[str, str, bool]] = []
    for top, below in lexicon_file()["columns"].items():
        slug, name = top.split(":")
        tree.append((slug, name, False))
        for leaf in below.split():
            leaf_slug, leaf_name = leaf.split(":")
            tree.append((f"{slug}/{leaf_slug}", leaf_name, True))
    return tree
