"""Texts and lists of documents come out of their bytes as they went in."""

from contextlib import suppress
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings, strategies as st

from dangjian.search.builder.phrases import phrase_writer
from dangjian.search.format.bits import distinct, read_varints, varint, varints
from dangjian.search.format.documents import FIELDS, SEPARATOR
from dangjian.search.format.lists import decode_documents, encode_documents
from dangjian.search.format.tokens import (
    MAX_BITS,
    RECORD_STEP,
    Token,
    TokenReader,
    in_order,
    read_tokens,
    tokens_bytes,
    widths_for,
)

ENDS = SEPARATOR * (FIELDS - 1)


def whole(texts: list[str]) -> list[str]:
    """Texts as those of records, with all their separators."""
    return [f"{ENDS}{text}{SEPARATOR}" for text in texts]


WRITER = phrase_writer()
TOKENS = WRITER.table.tokens()
READER = TokenReader(read_tokens(tokens_bytes(TOKENS)))
some_text = st.one_of(
    st.lists(st.sampled_from([*"党建工作座谈会召开，x🎉", "党建工作"])).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters=SEPARATOR)),
)


@settings(deadline=None)
@given(st.lists(some_text, min_size=1, max_size=70), st.integers(0, 3))
def test_texts_survive_their_tokens(texts: list[str], flags: int) -> None:
    """Whatever characters the sample had or had not."""
    data, lengths = WRITER.write(whole(texts), np.full(len(texts), flags, np.uint8))
    bounds = list(pairwise(accumulate(lengths, initial=0)))
    assert bounds[-1][1] == len(data)
    assert [data[start] for start, _ in bounds] == [flags] * len(texts)
    assert [READER.text(data[start + 1 : end]) for start, end in bounds] == whole(texts)


def test_the_table_has_the_numbers_of_its_tokens() -> None:
    assert WRITER.table.numbers == WRITER.table.numbered()


def test_what_is_often_said_is_a_token() -> None:
    """Words of officials are tokens, and so is every usual character; all take few bits."""
    tokens = {token.text: token.width for token in TOKENS}
    assert {"党建", "组织", "群众", "工作"} <= set(tokens)
    usual = "".join(bytes((row, 0xA1)).decode("gb2312") for row in range(0xB0, 0xD7))
    assert set(usual) <= set(tokens)
    data, _ = WRITER.write(whole(["基层党组织服务群众工作" * 100]), np.zeros(1, np.uint8))
    assert len(data) <= RECORD_STEP + 100 * 13  # eleven characters (33 bytes) in thirteen


def test_a_record_takes_whole_steps() -> None:
    """One character more is another step only where the last one is full."""
    rare = "\U00020bb7"  # no token: the code of the escape, and 21 bits
    each = next(token.width for token in TOKENS if not token.text) + 21
    lengths = [len(WRITER.write(whole([rare * n]), np.zeros(1, np.uint8))[0]) for n in range(400)]
    assert not any(length % RECORD_STEP for length in lengths)
    grown = [n for n, (one, more) in enumerate(pairwise(lengths)) if more > one]
    assert {lengths[n + 1] - lengths[n] for n in grown} == {RECORD_STEP}
    assert {more - one for one, more in pairwise(grown)} == {
        RECORD_STEP * 8 // each,
        RECORD_STEP * 8 // each + 1,
    }


def test_tokens_of_several_characters_need_those() -> None:
    """What is written of a longer one are the numbers of its characters."""
    tokens = in_order([Token(2, "党"), Token(2, "建"), Token(2, "党建"), Token(2, "")])
    raw = tokens_bytes(tokens)
    assert read_tokens(raw) == tokens
    with pytest.raises(ValueError, match="characters that are none"):
        read_tokens(raw[:-1] + b"\2")
    with pytest.raises(ValueError, match="as long as announced"):
        read_tokens(raw[:-1])


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_damaged_texts_are_reported(data: bytes) -> None:
    """Any bytes are a text, or an error of one kind."""
    with suppress(ValueError):
        READER.text(data).encode()


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_damaged_tokens_are_reported(place: int, change: int) -> None:
    """Tokens with a byte changed are read, or an error of one kind."""
    raw = bytearray(tokens_bytes(TOKENS))
    raw[place % len(raw)] ^= change
    with suppress(ValueError):
        TokenReader(read_tokens(bytes(raw)))


def test_codes_are_never_too_long() -> None:
    """However unequal the weights are."""
    widths = widths_for([2**n for n in range(40)])
    assert max(widths) <= MAX_BITS
    assert sum(2**-width for width in widths) == 1
    with pytest.raises(ValueError, match="not complete"):
        read_tokens(tokens_bytes([Token(1, "a"), Token(2, "b")]))


posting_lists = st.integers(1, 200).flatmap(
    lambda documents: st.tuples(
        st.just(documents),
        st.lists(
            st.dictionaries(st.integers(0, documents - 1), st.integers(1, 9), min_size=1),
            min_size=1,
            max_size=5,
        ),
    )
)


@settings(deadline=None)
@given(posting_lists, st.booleans())
@example((3, [{0: 1, 1: 1, 2: 1}, {1: 200}]), False)
@example((100, [dict.fromkeys(range(99), 2), {5: 1}, dict.fromkeys(range(60), 1)]), True)
def test_documents_survive_their_list(drawn: tuple[int, list[dict[int, int]]], plain: bool) -> None:
    """Documents and frequencies of several lists, few or nearly all of the documents."""
    documents, lists = drawn
    lists = [dict(sorted(found.items())) for found in lists]
    docs = np.array([doc for found in lists for doc in found], np.int32)
    freqs = np.array([freq for found in lists for freq in found.values()], np.int32)
    first = np.array([0, *accumulate(map(len, lists))][:-1])
    data, sizes = encode_documents(first, docs, None if plain else freqs, documents)
    bounds = list(pairwise(accumulate(sizes.tolist(), initial=0)))
    assert bounds[-1][1] == len(data)
    for found, (start, end) in zip(lists, bounds, strict=True):
        part = data[start:end].tobytes()
        docs_read, freqs_read = decode_documents(part, len(found), documents, plain)
        assert docs_read.tolist() == list(found)
        assert plain or freqs_read.tolist() == list(found.values())


@settings(deadline=None)
@given(st.binary(max_size=30), st.integers(1, 50), st.integers(1, 50), st.booleans())
def test_damaged_lists_are_reported(data: bytes, count: int, documents: int, plain: bool) -> None:
    """Any bytes are a list of documents that are there, or an error of one kind."""
    with suppress(ValueError):
        docs, freqs = decode_documents(data, count, documents, plain)
        assert len(docs) == len(freqs) == count
        assert set(docs.tolist()) <= set(range(documents))
        assert freqs.min() >= 1


@given(st.lists(st.integers(0, 9), max_size=12))
def test_distinct_numbers_are_those_of_a_set(numbers: list[int]) -> None:
    assert distinct(np.array(numbers, np.int64)).tolist() == sorted(set(numbers))


@pytest.mark.parametrize("value", [0, 127, 128, 16_383, 16_384, (1 << 40) - 1])
def test_a_single_varint_is_that_of_an_array(value: int) -> None:
    assert varint(value) == varints(np.array([value], np.int64))
    assert read_varints(varint(value)).tolist() == [value]
