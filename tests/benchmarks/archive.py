"""An archive of any size to measure with: ``python -m tests.benchmarks.archive OUT``.

The same seed gives the same bytes, and a smaller archive is the beginning of a larger one. The
same articles can be written for the peers (``--for hugo``, ``eleventy``, ``pelican``).
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from tests.benchmarks import drawings, words
from tests.benchmarks.prose import Article, compose

GENERATORS = ("dangjian", "hugo", "eleventy", "pelican")
SHARED_PICTURES = 40
PICTURE = re.compile(r"\(@picture/([\w.-]+)\)")
CROSS_LINK = re.compile(r"\(@article/(\d+)\)")
FEEDS_TYPES = {"zgdt": "工作动态", "xxgk": "政策文件"}


def pictured(article: Article, seed: int) -> Article:
    """One article in twenty gets one to three pictures; a third of those are shared ones."""
    random = Random(f"pictures {seed}/{article.number}")
    if random.random() >= 0.05:
        return article
    paragraphs = article.body.split("\n\n")
    for place in range(random.choice((1, 1, 1, 2, 3))):
        if random.random() < 0.35:
            name = f"shared-{random.randrange(SHARED_PICTURES):02d}.jpg"
        else:
            name = f"p{article.number:06d}-{place}.jpg"
        article.pictures.append(name)
        paragraphs.insert(1 + 2 * place, f"![{article.keywords[0]}现场](@picture/{name})")
    article.body = "\n\n".join(paragraphs)
    return article


def articles(count: int, seed: int) -> Iterator[Article]:
    """The first ``count`` articles of the archive of ``seed``, in the order of their numbers."""
    return (pictured(compose(seed, number), seed) for number in range(count))


def quoted(value: str) -> str:
    """A YAML (and JSON) string."""
    return json.dumps(value, ensure_ascii=False)


def listed(values: list[str]) -> str:
    """A YAML list on one line."""
    return "[" + ", ".join(map(quoted, values)) + "]"


def _extra(article: Article) -> list[str]:
    if article.kind == "notice":
        end = article.date + timedelta(days=7)
        return [f"notice_start: {article.date:%Y-%m-%d}", f"notice_end: {end:%Y-%m-%d}"]
    if article.kind == "document":
        number = f"示组发〔{article.date.year}〕{article.number % 90 + 1}号"
        return [f"doc_number: {number}", "validity: 有效", f"issued: {article.date:%Y-%m-%d}"]
    return []


class Writer:
    """Writes articles down for one generator below ``folder``."""

    media = "content/_media"
    picture_address = "/_media/{name}"

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.made: set[Path] = set()

    def path(self, article: Article) -> Path:
        """Where the article is, relative to the folder."""
        return Path("content", article.column, f"{article.stem}.md")

    def address(self, article: Article) -> str:
        """How another article links to it."""
        return f"/{article.column}/{article.stem}.md"

    def front(self, article: Article) -> list[str]:
        """The lines of the front matter."""
        return [
            "---",
            f"title: {quoted(article.title)}",
            f"date: {article.date:%Y-%m-%d %H:%M}",
            f"type: {article.kind}",
            f"source: {quoted(article.source)}",
            f"editor: {quoted(article.editor)}",
            f"keywords: {listed(article.keywords)}",
            f"tags: {listed(article.tags)}",
            f"summary: {quoted(article.summary)}",
            *_extra(article),
            "---",
        ]

    def columns(self) -> Iterator[tuple[Path, str]]:
        """Paths and texts of the files that describe the columns."""
        for order, (slug, name, _) in enumerate(words.column_tree(), 1):
            kind = FEEDS_TYPES.get(slug.split("/")[0], "工作动态")
            lines = [
                f"name: {name}",
                f"description: 示例市{name}栏目，刊登有关{name}的稿件。",
                f"keywords: [{name}, 示例市]",
                f"type: {kind}",
                f"order: {order}",
            ]
            yield Path("content", slug, "_column.md"), "\n".join(["---", *lines, "---", ""])

    def write(self, path: Path, text: str) -> None:
        """Write a text file below the folder."""
        target = self.folder / path
        if target.parent not in self.made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.made.add(target.parent)
        target.write_text(text, encoding="utf-8", newline="\n")

    def body(self, article: Article) -> str:
        """The Markdown with this generator's addresses."""
        body = article.body
        if article.pictures:
            body = PICTURE.sub(lambda m: f"({self.picture_address.format(name=m[1])})", body)
        return CROSS_LINK.sub(lambda m: f"({self.address(compose(self.seed, int(m[1])))})", body)

    def add(self, article: Article) -> None:
        """Write one article and the pictures it is the first to show."""
        self.write(
            self.path(article), "\n".join([*self.front(article), "", self.body(article), ""])
        )
        for name in article.pictures:
            draw(self.folder / self.media / name)


def draw(target: Path) -> None:
    """Draw the picture of that name, unless it is there; shared ones are large, from a camera."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    number = int(re.sub(r"\D", "", target.stem))
    if target.name.startswith("shared"):
        drawings.draw(target, number, (2000, 1400), camera=True)
    else:
        drawings.draw(target, number)


class HugoWriter(Writer):
    """Hugo: sections, ``_index.md``, pictures in ``static``."""

    media = "static/media"
    picture_address = "/media/{name}"

    def address(self, article: Article) -> str:
        return f"/{article.column}/{article.stem}/"

    def front(self, article: Article) -> list[str]:
        return [
            "---",
            f"title: {quoted(article.title)}",
            f"date: {article.date:%Y-%m-%dT%H:%M}:00+08:00",
            f"description: {quoted(article.summary)}",
            f"source: {quoted(article.source)}",
            f"editor: {quoted(article.editor)}",
            f"keywords: {listed(article.keywords)}",
            f"tags: {listed(article.tags)}",
            "---",
        ]

    def columns(self) -> Iterator[tuple[Path, str]]:
        for slug, name, _ in words.column_tree():
            yield Path("content", slug, "_index.md"), f"---\ntitle: {name}\n---\n"


class EleventyWriter(HugoWriter):
    """Eleventy: its ``tags`` make collections, so that an article's tags are ``topics``."""

    media = "content/media"

    def front(self, article: Article) -> list[str]:
        lines = super().front(article)
        lines[1:1] = [f"column: {article.column}"]
        return [re.sub(r"^tags: ", "topics: ", line) for line in lines]

    def columns(self) -> Iterator[tuple[Path, str]]:
        tree = [{"slug": slug, "name": name} for slug, name, _ in words.column_tree()]
        yield Path("content/_data/columns.json"), json.dumps(tree, ensure_ascii=False)


class PelicanWriter(Writer):
    """Stock Pelican: ``Key: value`` headers, one category a column, ``{static}`` pictures."""

    media = "content/media"
    picture_address = "{{static}}/media/{name}"

    def address(self, article: Article) -> str:
        return f"{{filename}}/{article.column}/{article.stem}.md"

    def front(self, article: Article) -> list[str]:
        return [
            f"Title: {article.title}",
            f"Date: {article.date:%Y-%m-%d %H:%M}",
            f"Slug: {article.stem}",
            f"Category: {column_name(article.column)}",
            f"Tags: {', '.join(article.tags)}",
            f"Keywords: {', '.join(article.keywords)}",
            f"Summary: {article.summary}",
            f"Source: {article.source}",
            f"Editor: {article.editor}",
        ]

    def columns(self) -> Iterator[tuple[Path, str]]:
        return iter(())


WRITERS = {
    "dangjian": Writer,
    "hugo": HugoWriter,
    "eleventy": EleventyWriter,
    "pelican": PelicanWriter,
}


def column_name(path: str) -> str:
    """The name of the column at a path."""
    return next(name for slug, name, _ in words.column_tree() if slug == path)


def write_archive(folder: Path, count: int, seed: int = 1, generator: str = "dangjian") -> None:
    """Write ``count`` articles with columns and pictures for one generator below ``folder``."""
    writer = WRITERS[generator](folder, seed)
    for path, text in writer.columns():
        writer.write(path, text)
    for article in articles(count, seed):
        writer.add(article)


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.archive", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--articles", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--for", dest="generator", choices=GENERATORS, default="dangjian")
    options = parser.parse_args(arguments)
    write_archive(options.out, options.articles, options.seed, options.generator)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
