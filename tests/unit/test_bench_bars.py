"""`make bench` decides from a run's rounds whether a wanted ratio (bar) is reached; the test's figures are made up."""

import pytest
from bench.bars import Bar, Verdict, exit_status


def bar(*rounds: float, wanted: float, at_most: bool = False, worst: bool = False) -> Bar:
    """Return a bar (ratio with a limit) whose calibration measurements are all 1."""
    return Bar("made up", rounds, [1.0] * len(rounds), wanted, at_most, worst)


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        (bar(0.90, 0.91, 0.89, 0.92, 0.90, wanted=0.70), Verdict.REACHED),
        (bar(0.60, 0.61, 0.59, 0.60, 0.61, wanted=0.70), Verdict.MISSED),
        (bar(0.30, 0.68, 1.40, 0.55, 0.90, 0.69, 0.40, wanted=0.70), Verdict.NOT_MEASURABLE),
        (bar(3.1, 3.2, 3.0, wanted=4, at_most=True), Verdict.REACHED),
        (bar(5.6, 5.5, 5.7, wanted=4, at_most=True), Verdict.MISSED),
        (bar(3.1, 4.2, 9.0, wanted=4, at_most=True), Verdict.NOT_MEASURABLE),
        (bar(0.7, 0.72, 1.4, wanted=1, at_most=True, worst=True), Verdict.NOT_MEASURABLE),
        (bar(1.9, 2.0, 1.95, wanted=1, at_most=True, worst=True), Verdict.MISSED),
        (bar(0.021, wanted=0.02, at_most=True), Verdict.MISSED),
    ],
)
def test_a_bar_is_missed_only_when_its_rounds_are_nearer_to_each_other_than_to_the_bar(
    judged: Bar, verdict: Verdict
) -> None:
    assert judged.verdict is verdict


def test_one_slow_round_of_nine_does_not_widen_the_spread() -> None:
    judged = bar(0.6, 0.6, 0.6, 0.6, 0.1, 0.6, 0.6, 0.6, 0.6, wanted=0.7)
    assert (judged.verdict, judged.spread) == (Verdict.MISSED, 0)


def test_a_round_is_compared_with_its_own_calibration() -> None:
    slow_minute = Bar("made up", [100, 50, 98, 101, 49], [110, 55, 108, 111, 54], 0.85)
    assert slow_minute.verdict is Verdict.REACHED
    assert slow_minute.spread < 0.01


@pytest.mark.parametrize(
    ("bars", "status"),
    [
        ([bar(0.9, wanted=0.7)], 0),
        ([bar(0.9, wanted=0.7), bar(0.3, 1.3, 0.6, wanted=0.7)], 3),
        ([bar(0.3, 1.3, 0.6, wanted=0.7), bar(0.5, wanted=0.7)], 1),
    ],
)
def test_the_exit_status_tells_a_missed_bar_from_one_that_was_not_measurable(bars: list[Bar], status: int) -> None:
    assert exit_status(bars) == status
