"""Decides which counts of a table are hidden, so that nobody can compute a small count from the others.

Invariant: whoever knows all shown counts, the sum of all counts and this rule cannot compute a small count other than
zero. The sum is not shown, but it is known when another table of the same month has no hidden count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

OTHER = "*"
"""Stands for a count that is hidden so that a smaller one cannot be computed."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The rule by which counts are hidden: `smallest` (k) is the smallest count that is shown."""

    smallest: int

    def shown(self, counts: Sequence[int], turn: int, hidden: Iterable[int] = ()) -> list[int | str]:
        """Return the counts of a table as they are shown: a number, `<k` or `*`.

        When only small counts would be hidden, one larger count is hidden too, so that nobody can compute a small one.
        `turn`, such as the number of the month, decides which one; a choice by the counts would reveal something about
        them. `hidden` are the indexes of counts that are hidden for another reason.
        """
        places = {place for place, count in enumerate(counts) if count < self.smallest} | set(hidden)
        others = [place for place in range(len(counts)) if place not in places]
        if places and others and not any(counts[place] >= self.smallest for place in places):
            places.add(others[turn % len(others)])
        return [self._word(count) if place in places else count for place, count in enumerate(counts)]

    def _word(self, count: int) -> str:
        return f"<{self.smallest}" if count < self.smallest else OTHER
