"""Defines a bar: a limit on the ratio between our code's measurement and that of a calibration program."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median, quantiles

from bench.measure import Reading

FEWEST_FOR_QUARTILES = 5


class Verdict(StrEnum):
    """The verdict on a measured ratio: its limit was reached or missed, or the measurement was too noisy."""

    REACHED = "reached"
    MISSED = "missed"
    NOT_MEASURABLE = "not measurable now"
    """The bar was not reached, but the rounds differ from each other by more than the ratio is away from the bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: the measurements of our code and of a minimal program, and the limit for their ratio.

    In each round our code and the calibration were measured shortly after each other, so that a slow minute of the
    machine affects both.
    """

    name: str
    ours: Sequence[float]
    calibration: Sequence[float]
    wanted: float
    at_most: bool = False
    """True when `wanted` is the highest ratio allowed; else it is the lowest."""
    worst: bool = False
    """True when the worst round counts; else the medians of all rounds count."""

    @property
    def rounds(self) -> list[float]:
        """Return for each round the ratio of our code's measurement to the minimal program's."""
        return [mine / theirs for mine, theirs in zip(self.ours, self.calibration, strict=True)]

    @property
    def ratio(self) -> float:
        """Return the ratio over all rounds, to be compared with the limit `wanted`."""
        if self.worst:
            return max(self.rounds) if self.at_most else min(self.rounds)
        return median(self.ours) / median(self.calibration)

    @property
    def spread(self) -> float:
        """Return the spread of the ratios: the interquartile range or, for a few rounds, the whole range."""
        if len(self.rounds) < FEWEST_FOR_QUARTILES:
            return max(self.rounds) - min(self.rounds)
        lower, _, upper = quantiles(self.rounds, n=4)
        return upper - lower

    @property
    def verdict(self) -> Verdict:
        """Return whether the ratio reached its limit, missed it by more than the noise, or cannot be judged."""
        if self.ratio <= self.wanted if self.at_most else self.ratio >= self.wanted:
            return Verdict.REACHED
        clear = abs(self.ratio - self.wanted) > self.spread
        return Verdict.MISSED if clear else Verdict.NOT_MEASURABLE


def rate_bar(name: str, ours: Sequence[Reading], theirs: Sequence[Reading], wanted: float) -> Bar:
    """Return a bar on operations per second, where `wanted` is the lowest ratio."""
    return Bar(name, [one.rate for one in ours], [one.rate for one in theirs], wanted)


def cpu_bar(name: str, ours: Sequence[Reading], theirs: Sequence[Reading], wanted: float) -> Bar:
    """Return a bar on microseconds of CPU per operation, where `wanted` is the highest ratio."""
    return Bar(name, [one.cpu_each for one in ours], [one.cpu_each for one in theirs], wanted, at_most=True)


def cost_bar(name: str, ours: Sequence[Reading], theirs: Sequence[Reading], wanted: float) -> Bar:
    """Return a bar on microseconds of wall time per operation, where `wanted` is the highest ratio."""
    return Bar(name, [1e6 / one.rate for one in ours], [1e6 / one.rate for one in theirs], wanted, at_most=True)


def exit_status(bars: Iterable[Bar]) -> int:
    """Return 0 when every ratio reached its limit, 1 when one missed it, and 3 when one could not be measured."""
    verdicts = {bar.verdict for bar in bars}
    if Verdict.MISSED in verdicts:
        return 1
    return 3 if Verdict.NOT_MEASURABLE in verdicts else 0
