"""The benchmark's table: medians, ratios, and an honest yes or no."""

from typing import Any

from tests.benchmarks import report


def size(articles: int, **seconds: list[float]) -> dict[str, Any]:
    return {
        "articles": articles,
        "seconds": seconds,
        "cpu": {},
        "memory": {},
        "files": 3,
        "bytes": 2e6,
    }


def results(*sizes: dict[str, Any]) -> dict[str, Any]:
    return {"machine": "2 cores", "runs": 3, "versions": {}, "missing": {}, "sizes": list(sizes)}


def test_medians_and_ratios() -> None:
    ten = size(
        10000, first=[9.0, 10.0, 30.0], edit=[0.5], nothing=[0.7], hugo=[6.0], pagefind=[34.0]
    )
    text = report.markdown(results(ten))
    assert "| Dangjian, first build | 10.0 s (9.0 s–30.0 s) |" in text
    assert "| 10,000 | first build ÷ (Hugo + Pagefind) | 0.25 × | ≤ 0.25 × | yes |" in text
    assert "| 10,000 | first build ÷ Hugo alone | 1.67 × | ≤ 2 × | yes |" in text
    assert "| 10,000 | one body edited ÷ (Hugo + Pagefind) | 0.0125 × | ≤ 0.02 × | yes |" in text
    assert "| 10,000 | nothing changed, from cold | 0.7 s | ≤ 0.6 s | no |" in text


def test_a_first_edit_is_judged_by_later_ones() -> None:
    sizes = (size(1000, first_edit=[0.9], edit=[0.5]), size(10000, first_edit=[0.75], edit=[0.5]))
    text = report.markdown(results(*sizes))
    assert "| 1,000 | first edit after a first build ÷ later edits | 1.8 × | ≤ 1.5 × | no |" in text
    assert (
        "| 10,000 | first edit after a first build ÷ later edits | 1.5 × | ≤ 1.5 × | yes |" in text
    )


def test_growth_is_by_article() -> None:
    text = report.markdown(results(size(1000, first=[1.0]), size(50000, first=[70.0], edit=[1.0])))
    assert "1,000 → 50,000 | 1.4 × | ≤ 1.3 × | no |" in text


def test_what_was_not_measured_is_not_judged() -> None:
    text = report.markdown(results(size(10000, first=[9.0])))
    assert "Hugo" not in text
    assert "preview" not in text


def test_a_missing_peer_is_reported() -> None:
    found = results(size(10000, first=[9.0]))
    found["missing"] = {"eleventy": "npm is not installed"}
    assert "Eleventy was left out: npm is not installed" in report.markdown(found)
