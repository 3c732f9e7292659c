"""A bar: what is ours beside its calibration, round by round, and the verdict that the rounds allow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median, quantiles

from bench.measure import Reading

FEWEST_FOR_QUARTILES = 5


class Verdict(StrEnum):
    """What can be said of a bar after this run."""

    REACHED = "reached"
    MISSED = "missed"
    NOT_MEASURABLE = "not measurable now"
    """It was not reached, but the rounds lie further apart than the ratio lies from the bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One ratio and what is wanted of it.

    Ours and the calibration of one round were measured shortly after each other, so that a slow minute of the machine
    met both.
    """

    name: str
    ours: Sequence[float]
    calibration: Sequence[float]
    wanted: float
    at_most: bool = False
    """Whether the ratio must not be higher; else it must not be lower."""
    worst: bool = False
    """Whether the worst round counts; else the medians do."""

    @property
    def rounds(self) -> list[float]:
        """The ratio of each round."""
        return [mine / theirs for mine, theirs in zip(self.ours, self.calibration, strict=True)]

    @property
    def ratio(self) -> float:
        """What the bar is judged by."""
        if self.worst:
            return max(self.rounds) if self.at_most else min(self.rounds)
        return median(self.ours) / median(self.calibration)

    @property
    def spread(self) -> float:
        """How far the rounds lie apart: their middle half, or all of them when there are only a few."""
        if len(self.rounds) < FEWEST_FOR_QUARTILES:
            return max(self.rounds) - min(self.rounds)
        lower, _, upper = quantiles(self.rounds, n=4)
        return upper - lower

    @property
    def verdict(self) -> Verdict:
        """Whether the bar was reached, and if not, whether that can be told from noise."""
        if self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted:
            return Verdict.REACHED
        clear = abs(self.ratio - self.wanted) > self.spread
        return Verdict.MISSED if clear else Verdict.NOT_MEASURABLE


def rate_bar(name: str, ours: Sequence[Reading], theirs: Sequence[Reading], wanted: float) -> Bar:
    """A bar on things a second, which must not be lower."""
    return Bar(name, [one.rate for one in ours], [one.rate for one in theirs], wanted)


def cpu_bar(name: str, ours: Sequence[Reading], theirs: Sequence[Reading], wanted: float) -> Bar:
    """A bar on microseconds of CPU for one thing, which must not be higher."""
    return Bar(name, [one.cpu_each for one in ours], [one.cpu_each for one in theirs], wanted, at_most=True)


def cost_bar(name: str, ours: Sequence[Reading], theirs: Sequence[Reading], wanted: float) -> Bar:
    """A bar on microseconds on the wall for one thing, which must not be higher."""
    return Bar(name, [1e6 / one.rate for one in ours], [1e6 / one.rate for one in theirs], wanted, at_most=True)


def exit_status(bars: Iterable[Bar]) -> int:
    """0 when every bar was reached, 1 when one was missed, 3 when none was but one was not measurable now."""
    verdicts = {bar.verdict for bar in bars}
    if Verdict.MISSED in verdicts:
        return 1
    return 3 if Verdict.NOT_MEASURABLE in verdicts else 0
