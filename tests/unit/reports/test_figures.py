"""The public figures of reports: no small count is shown, and none can be computed from the others."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_reports.domain.figures import Disclosure
from buurtsein_reports.views.figures import Openness, of_month

RULE = Disclosure(5)


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([12, 7], [12, 7]),
        ([12, 7, 3], ["*", 7, "<5"]),
        ([12, 7, 3, 4], ["*", 7, "<5", "<5"]),
        ([12, 7, 0], ["*", 7, "<5"]),
        ([3], ["<5"]),
        ([], []),
    ],
    ids=str,
)
def test_small_counts_are_hidden_and_one_other_with_them(counts: list[int], shown: list[int | str]) -> None:
    assert RULE.shown(counts, turn=0) == shown


def test_each_month_another_count_is_hidden_beside_the_small_ones() -> None:
    assert [RULE.shown([9, 8, 1], turn) for turn in range(3)] == [["*", 8, "<5"], [9, "*", "<5"], ["*", 8, "<5"]]


def test_a_count_can_be_hidden_for_another_reason() -> None:
    assert RULE.shown([9, 8], 0, hidden=[1]) == [9, "*"]
    assert RULE.shown([9, 8, 1], 0, hidden=[1]) == [9, "*", "<5"]


@given(st.lists(st.integers(0, 7), min_size=2, max_size=5), st.integers(0, 4))
def test_whoever_knows_the_sum_and_the_rule_cannot_compute_a_small_count(counts: list[int], turn: int) -> None:
    """Two tables with different small counts can have the same published figures, so nobody can compute the counts."""
    rule = Disclosure(3)
    if max(counts) < rule.smallest:
        return  # if all counts are small, there is no other count to hide with them
    shown = rule.shown(counts, turn)
    choices = [[one] if isinstance(one, int) else range(sum(counts) + 1) for one in shown]
    same_sum = (other for other in product(*choices) if sum(other) == sum(counts))
    alike = [other for other in same_sum if rule.shown(other, turn) == shown]
    for place, count in enumerate(counts):
        if 0 < count < rule.smallest:
            assert len({other[place] for other in alike}) > 1, (counts, shown)


def row(subject: str, received: int, **counts: Any) -> dict[str, Any]:
    told = {"answered": received, "closed": received, "median_days": 2.25, "within_term": received}
    return {"month": date(2026, 9, 1), "subject": subject, "received": received} | told | counts


def test_a_row_with_few_reports_tells_nothing() -> None:
    rows = [row("brand", 2), row("sluikstort", 40), row("zwerfvuil", 9, closed=6, within_term=4)]
    few, many, other = of_month(rows, "category", Openness(RULE, 90_000, "bevolkingsregister"))
    assert (few.received, few.answered, few.closed, few.median_days) == ("<5", "<5", "<5", None)
    assert (other.received, other.closed) == ("*", "*")
    assert (other.percent_within_term, other.per_1000_inhabitants) == (None, None)
    assert (many.received, many.closed, many.percent_within_term, many.per_1000_inhabitants) == (40, 40, 100, 0.44)


def test_few_closed_reports_have_no_times() -> None:
    rows = [row("graffiti", 9, closed=1, within_term=1), row("sluikstort", 40), row("zwerfvuil", 50)]
    few, many, other = of_month(rows, "category", Openness(RULE))
    assert (few.received, few.closed, few.median_days, few.percent_within_term) == (9, "<5", None, None)
    assert (other.closed, other.median_days, many.closed, many.median_days) == ("*", None, 40, 2.2)


def test_without_a_number_of_inhabitants_there_is_no_rate() -> None:
    [one] = of_month([row("sluikstort", 40)], "category", Openness(RULE))
    assert one.per_1000_inhabitants is None
