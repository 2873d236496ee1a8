"""Long lists are numbered from the oldest page, and pages stay as they are."""

from hypothesis import given, strategies as st

from dangjian.pages.plan import page_address, paginate

SIZE = 4


@given(st.integers(0, 60))
def test_every_item_stands_on_exactly_one_page(count: int) -> None:
    pages = list(paginate(range(count), SIZE))
    shown = [item for page in pages for item in page.items]
    assert sorted(shown) == list(range(count))
    assert [page.number for page in pages] == list(range(len(pages)))


@given(st.integers(0, 60))
def test_one_more_item_changes_the_front_alone_or_adds_a_page(count: int) -> None:
    before = {page.number: page for page in paginate(range(count), SIZE)}
    after = {page.number: page for page in paginate(range(count + 1), SIZE)}
    changed = {n for n in before if n and before[n] != after[n]}
    added = set(after) - set(before)
    assert len(added) <= 1
    # The newest numbered page gets its link to the one that has been added; none else changes.
    assert changed <= {number - 1 for number in added}


@given(st.integers(0, 60))
def test_the_links_lead_from_the_front_to_the_oldest_and_back(count: int) -> None:
    pages = {page.number: page for page in paginate(range(count), SIZE)}
    place, seen = pages[0], [0]
    while place.older is not None:
        newer, place = place, pages[place.older]
        assert place.newer == newer.number
        seen.append(place.number)
    assert sorted(seen) == sorted(pages)


def test_addresses_of_pages() -> None:
    assert page_address("a/b/index.html", 0) == "a/b/index.html"
    assert page_address("a/b/index.html", 3) == "a/b/page/3.html"
