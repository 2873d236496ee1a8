"""Whatever is in a text is found, and nothing else: against Python's own ``in``."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, strategies as st

from dangjian.search.builder.folder import Folder
from dangjian.search.format.documents import SearchDoc
from dangjian.search.format.folding import BLANKS, fold_char, fold_text, is_unit, simplified
from dangjian.search.format.segment import IndexReader
from dangjian.search.query.engine import search_index
from tests.examples import examples
from tests.search import library

FEW = "党建工作的中国，。 \n12aB"
MIXED = (
    FEW
    + '黨國學習發展Ａ１ｂÉéßŉﬁ㎏①〇々ーがｶﾞ\u0301\u200b\u00ad\ufe0f😀🎉\u3000—…·《》“”"-:：\x00\x1f'
    "\ud800\udfff\U00020000\U0003fffd\ue000\uffff𝐀한عे"
)
few = st.text(st.sampled_from(FEW), max_size=60)
mixed = st.text(st.one_of(st.sampled_from(MIXED), st.characters()), max_size=60)
texts = st.one_of(few, mixed)


HAN = re.compile("[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def folded(text: str) -> str:
    """A text as its units, by an implementation of its own: character by character."""
    chars = [
        c if is_unit(c) else "\x02" if char in BLANKS else "\x01"
        for char in text
        for c in fold_char(char)
    ]
    joined = re.sub(
        "([^\x01\x02])\x02+(?=([^\x01\x02]))",
        lambda found: found[1] if HAN.search(found[1] + found[2]) else f"{found[1]}\x01",
        "".join(chars),
    )
    runs = re.split("[\x01\x02]", joined)
    return "\x01".join(run for run in runs if run)


def fields_of(doc: SearchDoc) -> list[str]:
    """The three fields of a document, folded."""
    lead = "\n".join((doc.summary, *doc.keywords))
    return [folded(doc.title), folded(lead), folded(doc.text)]


documents = st.lists(
    st.tuples(few, few, texts, st.lists(few, max_size=2)), min_size=1, max_size=8
).map(
    lambda rows: [
        library.article(n, title, body, summary=lead, keywords=tuple(words))
        for n, (title, lead, body, words) in enumerate(rows)
    ]
)


@st.composite
def archives(draw: st.DrawFn) -> tuple[list[SearchDoc], list[str]]:
    """Articles, and stretches of their texts (and of other texts) to look for."""
    docs = draw(documents)
    wanted = [draw(texts) for _ in range(2)]
    for _ in range(6):
        doc = draw(st.sampled_from(docs))
        text = draw(st.sampled_from([doc.title, doc.summary, doc.text]))
        start = draw(st.integers(0, len(text)))
        wanted.append(text[start : start + draw(st.integers(1, 12))])
    return docs, wanted


@examples(12, 200)
@given(archives(), st.integers(1, 4))
def test_phrases_are_substrings(archive: tuple[list[SearchDoc], list[str]], size: int) -> None:
    """A quoted phrase is found in exactly the articles that have it, in one segment or more."""
    docs, wanted = archive
    with TemporaryDirectory() as name:
        folder = Path(name, "index")
        library.build_in_segments(folder, docs, (size,))
        index = IndexReader(folder)
        for text in wanted:
            phrase = "".join(c for c in text if c not in '"“”„＂')
            answer = search_index(index, f'"{phrase}"', 0)
            truth = {doc.url for doc in docs if _has(doc, folded(phrase))}
            assert {result.url for result in answer.results} == truth, phrase
            assert answer.total == len(truth)
            whole = {doc.url: "".join(fields_of(doc)) for doc in docs}
            for result in answer.results:
                shown = folded(result.snippet.strip("…")).replace("\x01", "")
                assert shown in whole[result.url].replace("\x01", "")


def _has(doc: SearchDoc, wanted: str) -> bool:
    return bool(wanted) and any(wanted in field for field in fields_of(doc))


@examples(12, 200)
@given(documents, st.lists(st.tuples(st.booleans(), few), min_size=1, max_size=3))
def test_words_are_all_met(docs: list[SearchDoc], clauses: list[tuple[bool, str]]) -> None:
    """All words must be met, none with a minus; however it is cut, the answer is the same."""
    words = [(minus, word) for minus, text in clauses for word in text.split() if folded(word)]
    query = " ".join(f'{"-" if minus else ""}"{word}"' for minus, word in words)
    truth = {
        doc.url
        for doc in docs
        if words
        and all(any(folded(w) in f for f in fields_of(doc)) is not minus for minus, w in words)
    }
    answers = []
    for counts in ((99,), (1,), (3, 2)):
        with TemporaryDirectory() as name:
            library.build_in_segments(Path(name, "index"), docs, counts)
            answers.append(search_index(IndexReader(Path(name, "index")), query, 0))
    assert {result.url for result in answers[0].results} == truth
    assert answers[0] == answers[1] == answers[2]


# What titles and operators are made of: typed, such a title reads as a query.
TITLE_PARTS = (
    *(
        "党建",
        "工作",
        "中国",
        "aB",
        "jiceng",
        "2020",
        " ",
        " ",
        " -",
        "-",
        "－",
        "—",
        "“",
        "”",
        '"',
    ),
    *(
        "：",
        ":",
        "标题：",
        "title:",
        "正文:",
        "来源：",
        "栏目:",
        "类型:公告",
        "年:2020",
        "自:",
        "，",
    ),
)
operator_titles = st.lists(st.sampled_from(TITLE_PARTS), min_size=1, max_size=9).map("".join)
titles = st.one_of(operator_titles, operator_titles, mixed).filter(
    lambda title: bool(folded(title))
)


@examples(25, 600)
@given(st.lists(titles, min_size=1, max_size=12), few, st.integers(1, 5))
def test_a_title_typed_is_found_first(many: list[str], body: str, size: int) -> None:
    """Whatever operators a title contains: typed, it finds its article, once, before all others."""
    docs = [library.article(n, title, body) for n, title in enumerate(many)]
    alike = [folded(title) for title in many]
    with TemporaryDirectory() as name:
        library.build_in_segments(Path(name, "index"), docs, (size,))
        index = IndexReader(Path(name, "index"))
        for doc in docs:
            urls = [result.url for result in search_index(index, doc.title, 0).results]
            assert len(set(urls)) == len(urls)
            assert doc.url in urls
            if alike.count(folded(doc.title)) == 1:
                assert urls[0] == doc.url
                newest = search_index(index, doc.title, 0, by_date=True)
                assert sorted(result.url for result in newest.results) == sorted(urls)


@examples(80, 1500)
@given(st.lists(st.one_of(texts, st.text()), min_size=1, max_size=5))
def test_folding_many_is_folding_each(many: list[str]) -> None:
    """The fast folding of a batch is that of the format, and so is that of a query."""
    many = [text.replace("\U0010ffff", "") for text in many]
    folder = Folder(simplified())
    units = folder.fold(many)
    chars = [chr(folder.chars[number]) for number in units.numbers.tolist()]
    assert "".join(chars) == "".join(folded(text) for text in many)
    assert units.lengths.tolist() == [len(folded(text)) for text in many]
    for text in many:
        assert "".join(map(chr, fold_text(text))) == folded(text)


def test_every_character_folds() -> None:
    """No code point of the first planes fails, and what it folds to is a unit or a break."""
    folder = Folder(simplified())
    folder.fold(["".join(map(chr, range(0x18000)))])
    assert min(folder.chars[1:]) >= 32


SCRAPS = '" “ - title: 标题： year: 2020 党建 党 jc : from: 栏目: a'.split(" ")
ODD = [
    *("", '"', "-" * 50, '"' * 99, "党" * 10_000, "-党 " * 99, "title:" * 20, "\ud800"),
    *("年:2020 年:2021 -年:2020", "from:9999-12-31", "year:0000", "year:9999-0001", '-title:"'),
    *("a" * 499, "column:/ 党", "type:", "\x00\x1f", "</script><img onerror=1>", "﷽" * 40),
    *("na" * 20, "\u200b", "🎉"),
]


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
def test_any_string_is_answered(tmp_path: Path, query: str) -> None:
    """Odd queries give results or a note."""
    library.build(tmp_path, library.case_documents(), library.case_columns())
    search_index(IndexReader(tmp_path), query, 0)


@examples(40, 800)
@given(query=st.one_of(mixed, st.lists(st.sampled_from([*SCRAPS, " "])).map("".join)))
def test_random_strings_are_answered(case_index: IndexReader, query: str) -> None:
    """No query at all is an error."""
    answer = search_index(case_index, query, 0)
    assert answer.total == len(answer.results)


@pytest.fixture(scope="module")
def case_index(tmp_path_factory: pytest.TempPathFactory) -> IndexReader:
    """The cases' articles."""
    folder = tmp_path_factory.mktemp("cases")
    library.build(folder, library.case_documents(), library.case_columns())
    return IndexReader(folder)
