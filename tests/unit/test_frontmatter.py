"""The head of a file is taken apart in every form that editors' tools write, and never raises."""

import pytest
import yaml
from hypothesis import given, strategies as st

from dangjian.schema import frontmatter
from dangjian.schema.frontmatter import Field, Group, Items, Node, Source, Text, parse_source
from dangjian.schema.reading import read_column, read_entry
from tests.examples import examples

SAMPLE = "---\n标题: 示例文章\n时间: 2020-06-16 12:24\n---\n第一段。\n\n第二段。\n"


def keys(source: Source) -> dict[str, tuple[str, int]]:
    return {
        field.key: (field.value.text, field.line)
        for field in source.fields
        if isinstance(field.value, Text)
    }


def test_yaml_keeps_text_and_lines() -> None:
    source = parse_source(SAMPLE, "a/b.md")
    assert keys(source) == {"标题": ("示例文章", 2), "时间": ("2020-06-16 12:24", 3)}
    assert (source.body, source.body_line) == ("第一段。\n\n第二段。\n", 5)
    assert (source.form, source.problems, source.broken) == ("yaml", (), False)


@pytest.mark.parametrize("text", ["12:24", "010", "yes", "1e3", "2020-06-16", "0x1F", ".5"])
def test_yaml_never_gives_types(text: str) -> None:
    assert keys(parse_source(f"---\na: {text}\n---\n", "x.md")) == {"a": (text, 2)}


@pytest.mark.parametrize("text", ["", "~", "null", "''"])
def test_nothing_is_empty(text: str) -> None:
    assert keys(parse_source(f"---\na: {text}\n---\n", "x.md")) == {"a": ("", 2)}
    assert keys(parse_source("---\na: 'null'\n---\n", "x.md")) == {"a": ("null", 2)}


def test_nested_values_know_their_lines() -> None:
    source = parse_source("---\na:\n  - b: 1\n    c: 2\n  - d\ne: [f, g]\n---\n", "x.md")
    first = Group((Field("b", Text("1", 3), 3), Field("c", Text("2", 4), 4)), 3)
    assert source.fields == (
        Field("a", Items((first, Text("d", 5)), 3), 2),
        Field("e", Items((Text("f", 6), Text("g", 6)), 6), 6),
    )


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_make_no_difference(ends: str, mark: str) -> None:
    text = mark + SAMPLE.replace("\n", ends)
    assert parse_source(text, "a.md") == parse_source(SAMPLE, "a.md")
    assert parse_source(text.encode(), "a.md") == parse_source(SAMPLE, "a.md")


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16"])
def test_other_encodings_are_read_with_a_warning(encoding: str) -> None:
    source = parse_source(SAMPLE.encode(encoding), "a.md")
    assert source.fields == parse_source(SAMPLE, "a.md").fields
    assert source.body == parse_source(SAMPLE, "a.md").body
    assert [problem.level for problem in source.problems] == ["warning"]
    assert "请另存为 UTF-8" in source.problems[0].message


def test_short_gbk_that_is_valid_utf8_is_read_as_gbk() -> None:
    raw = "---\ntitle: 通知\ndate: 2026-03-01\n---\n".encode("gbk")
    raw.decode("utf-8")
    assert keys(parse_source(raw, "a.md"))["title"] == ("通知", 2)


@pytest.mark.parametrize("word", ["café", "Москва", "中文", "“”", "emoji 😀"])
def test_utf8_is_not_taken_for_gbk(word: str) -> None:
    source = parse_source(f"---\ntitle: {word}\n---\n".encode(), "a.md")
    assert keys(source)["title"] == (word, 2)
    assert source.problems == ()


def test_pelican_headers_are_read() -> None:
    source = parse_source(
        "Title: 示例\nDate: 2020-06-16\nTags: 甲, 乙\n    丙\n\n正文\n\n又一段\n", "a.md"
    )
    assert keys(source) == {
        "Title": ("示例", 1),
        "Date": ("2020-06-16", 2),
        "Tags": ("甲, 乙 丙", 3),
    }
    assert (source.form, source.body, source.body_line) == ("headers", "正文\n\n又一段\n", 6)


def test_a_rule_in_the_body_is_no_end_of_the_head() -> None:
    source = parse_source("---\na: 1\n---\n甲\n\n---\n\n乙\n", "a.md")
    assert source.body == "甲\n\n---\n\n乙\n"


def test_a_line_of_dashes_inside_a_value_is_no_end() -> None:
    source = parse_source("---\na: 1\n---b: 2\n---\n甲\n", "a.md")
    assert source.body == "甲\n" or source.broken


def test_a_number_sign_before_a_word_is_text_and_before_a_blank_a_comment() -> None:
    source = parse_source("---\n标题: 第一期 #专题\n# 注释\n来源: 甲 # 也是注释\n---\n", "a.md")
    assert keys(source) == {"标题": ("第一期 #专题", 2), "来源": ("甲", 4)}
    assert source.problems == ()


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85"])
def test_hidden_line_ends_do_not_shift_lines(sign: str) -> None:
    source = parse_source(f"---\n标题: 甲{sign}乙\n时间: 2026-03-01\n---\n正文", "a.md")
    assert keys(source) == {"标题": ("甲 乙", 2), "时间": ("2026-03-01", 3)}
    assert [(problem.line, problem.level) for problem in source.problems] == [(2, "warning")]


SIGNS = "ab标题:： -\n\t'\"[]{}#&*!|>,、。~\r\x00\u2028\ufeff\\%@`"
ALPHABET = st.sampled_from([*SIGNS, "---\n"])
TEXTS = st.one_of(st.text(max_size=200), st.lists(ALPHABET, max_size=60).map("".join))


@given(TEXTS, st.booleans())
def test_no_text_raises(text: str, framed: bool) -> None:
    source = parse_source(f"---\n{text}\n---\n正文" if framed else text, "a/b.md")
    for entry, problems in (read_entry(source), read_column(source)):
        assert (entry is None) == any(problem.level == "error" for problem in problems)
        assert all("\n" not in problem.message for problem in problems)


@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_raise(raw: bytes, framed: bool) -> None:
    source = parse_source(b"---\n" + raw + b"\n---\n" if framed else raw, "a/b.md")
    entry, problems = read_entry(source)
    assert (entry is None) == any(problem.level == "error" for problem in problems)


def plain(node: Node) -> object:
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {field.key: plain(field.value) for field in node.fields}


WORD = st.text(st.characters(categories=["L", "N", "P", "S"], include_characters=" "), min_size=1)
VALUES = st.recursive(
    WORD,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORD.map(str.strip), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(WORD.map(str.strip).filter(bool), VALUES, min_size=1, max_size=5))
def test_what_yaml_writes_is_read_back(values: dict[str, object]) -> None:
    head = yaml.safe_dump(values, allow_unicode=True, width=10_000)
    source = parse_source(f"---\n{head}---\n", "a.md")
    if source.broken:
        assert "嵌套" in source.problems[-1].message
    else:
        assert plain(Group(source.fields, 0)) == values


_SIGNS = st.text("ab党1 ，。：〔〕:-#\"'[],\\~ \t\u3000\ufeff\x85\u2028|>&*!%@`?{}.", max_size=8)
_VALUES = st.one_of(
    _SIGNS,
    st.from_regex(r"[\w，。：:/ -]{0,8}", fullmatch=True),
    _SIGNS.map('"{}"'.format),
    st.lists(_SIGNS.map('"{}"'.format), max_size=3).map(lambda found: f"[{', '.join(found)}]"),
    st.sampled_from(["null", "~", "NULL", "yes", "12:24", "2020-06-16 12:24", '"null"', "a: b"]),
    st.text(max_size=6),
)
_KEYS = st.one_of(st.sampled_from(["a", "标题", "null", "Null", "a b", "1", "ª", "_"]), _SIGNS)
_LINES = st.one_of(
    st.tuples(_KEYS, st.sampled_from([": ", ":", " : ", ":  "]), _VALUES).map("".join),
    st.tuples(st.sampled_from(["标题", "a"]), st.just(": "), _VALUES).map("".join),
    st.sampled_from(["", "---", "...", "# a", "  b: c", "- d"]),
)


@given(st.lists(_LINES, min_size=1, max_size=4), st.integers(1, 9), st.booleans())
@examples(200, 4000)
def test_plain_heads_are_read_as_yaml_has_them(rows: list[str], line: int, ended: bool) -> None:
    head = "\n".join(rows) + ("\n" if ended else "")
    plain = frontmatter.plain_fields(head, line)
    if plain is not None:
        assert plain == frontmatter.built_fields(head, line)


@pytest.mark.parametrize(
    "row",
    [
        "a: b",
        '标题: "甲、乙: #"',
        'a: ["b", "c, d"]',
        "时间: 2020-06-16 12:24",
        "文号: 示组发〔2013〕24号",
        "文号: 示组发〔2013〕",
    ],
)
def test_plain_heads_take_the_short_way(row: str) -> None:
    assert frontmatter.plain_fields(f"{row}\n", 2) == frontmatter.built_fields(f"{row}\n", 2)
    assert frontmatter.plain_fields(f"{row}\n  c: d\n", 2) is None
