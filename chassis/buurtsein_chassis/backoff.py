"""Computes waits that grow after each failure, with full jitter, so that clients do not all retry at once."""

import random


class Backoff:
    """Gives the seconds to wait: a random part of a span that doubles from `first` up to `most`."""

    def __init__(self, first: float, most: float) -> None:
        """Make a backoff with the first and the largest span to wait, in seconds."""
        self._first = first
        self._most = most
        self._failures = 0

    def next(self) -> float:
        """Return the next wait; it is at least half of `first`, so that a loop never runs without a wait."""
        span = min(self._most, self._first * 2**self._failures)
        self._failures = min(self._failures + 1, 20)
        return max(self._first / 2, random.uniform(0, span))  # noqa: S311

    def reset(self) -> None:
        """Reset the wait to its first length; call this after a success."""
        self._failures = 0
