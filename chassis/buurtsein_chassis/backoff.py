"""Waiting longer after each failure, with full jitter so that many do not come back at once."""

import random


class Backoff:
    """Seconds to wait: a random part of a span that doubles from `first` up to `most`."""

    def __init__(self, first: float, most: float) -> None:
        """Both in seconds."""
        self._first = first
        self._most = most
        self._failures = 0

    def next(self) -> float:
        """The next wait; at least half of `first`, so that nothing spins."""
        span = min(self._most, self._first * 2**self._failures)
        self._failures = min(self._failures + 1, 20)
        return max(self._first / 2, random.uniform(0, span))  # noqa: S311

    def reset(self) -> None:
        """Something succeeded."""
        self._failures = 0
