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

        Beside small counts, one that is not small is hidden. Which one is decided by `turn`, such as the number of the
        month, and not by the counts, because the choice would then tell of them. `hidden` are the places in the table
        that are hidden for another reason.
        """
        places = {place for place, count in enumerate(counts) if count < self.smallest} | set(hidden)
        others = [place for place in range(len(counts)) if place not in places]
        if places and others and not any(counts[place] >= self.smallest for place in places):
            places.add(others[turn % len(others)])
        return [self._word(count) if place in places else count for place, count in enumerate(counts)]

    def _word(self, count: int) -> str:
        return f"<{self.smallest}" if count < self.smallest else OTHER
