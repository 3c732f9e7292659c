"""What a ledger found, and when the promise is broken: figures from lists, so that every violation can be planted.

Invariant: a promise that is kept leaves zero in each figure of `ZEROS`, and as many events logged as published and
applied.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

type Command = tuple[str, int]
"""What a client asked for: a network and a number."""

ZEROS = ("lost", "twice", "out_of_order", "wire_out_of_order", "unlogged", "done_twice", "stuck")


class Step(NamedTuple):
    """An event at its place in its stream: as it was logged, published or applied."""

    event_id: UUID
    key: str
    version: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is compared, each list in the order in which it happened."""

    acknowledged: Sequence[Command]
    written: Sequence[Command]
    """State, as the commands left it."""
    recorded: Sequence[Command]
    """What the log says was commanded."""
    logged: Sequence[Step]
    wire: Sequence[Step]
    """Every record on the topic, whichever time it is."""
    effects: Mapping[str, Sequence[Step]]
    """By consumer; each has to apply everything."""
    left: Mapping[str, int]
    """Rows that wait for somebody: pending, frozen, parked, dead."""

    def figures(self) -> dict[str, int]:
        """Everything counted; what each name means is in `ZEROS`, `_commands`, `_applied` and here."""
        published = {step.event_id for step in self.wire}
        return {
            **_commands(Counter(self.acknowledged), Counter(self.written), Counter(self.recorded)),
            "logged": len(self.logged),
            "published": len(published),
            "republished": len(self.wire) - len(published),
            **_applied(self.logged, self.effects),
            "wire_out_of_order": inversions(self.wire),
            **self.left,
            "stuck": sum(self.left.values()),
        }


def judge(figures: Mapping[str, int], unacknowledged: int = 0) -> None:
    """AssertionError when the promise is broken.

    `unacknowledged` commands at most may be in the log although nobody was told so: their commit was ambiguous and they
    were never asked for again.
    """
    assert all(figures[name] == 0 for name in ZEROS), figures
    assert figures["logged"] == figures["published"] == figures["applied"], figures
    assert figures["logged"] == figures["acknowledged"] + figures["unacknowledged"], figures
    assert figures["unacknowledged"] <= unacknowledged, figures


def _commands(asked: Counter[Command], written: Counter[Command], recorded: Counter[Command]) -> dict[str, int]:
    """What was acknowledged or written must be logged, and what was acknowledged not more often than that."""
    extra = recorded - asked
    return {
        "acknowledged": asked.total(),
        "unlogged": (asked - recorded).total() + (written - recorded).total() + (recorded - written).total(),
        "done_twice": sum(times for command, times in extra.items() if command in asked),
        "unacknowledged": sum(times for command, times in extra.items() if command not in asked),
    }


def _applied(logged: Sequence[Step], effects: Mapping[str, Sequence[Step]]) -> dict[str, int]:
    found = [compare(logged, steps) for steps in effects.values()]
    names = ("lost", "twice", "out_of_order")
    applied = min((figures["applied"] for figures in found), default=0)
    return {"applied": applied} | {name: sum(figures[name] for figures in found) for name in names}


def compare(logged: Sequence[Step], applied: Sequence[Step]) -> dict[str, int]:
    """The effects of one consumer beside what it should have applied."""
    ids = {step.event_id for step in applied}
    return {
        "applied": len(ids),
        "lost": len({step.event_id for step in logged} - ids),
        "twice": len(applied) - len(ids),
        "out_of_order": _gaps(applied),
    }


def _gaps(steps: Iterable[Step]) -> int:
    """Steps that are not the next of their stream."""
    last: dict[str, int] = {}
    wrong = 0
    for step in steps:
        wrong += step.version != last.get(step.key, 0) + 1
        last[step.key] = step.version
    return wrong


def inversions(wire: Iterable[Step]) -> int:
    """Events that came to the topic for the first time after a later one of their stream; repeats may come any time."""
    first: dict[UUID, Step] = {}
    for step in wire:
        first.setdefault(step.event_id, step)
    highest: dict[str, int] = {}
    wrong = 0
    for step in first.values():
        wrong += step.version < highest.get(step.key, 0)
        highest[step.key] = max(step.version, highest.get(step.key, 0))
    return wrong
