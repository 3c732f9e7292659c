"""Compares acknowledged, logged, published and applied events; counts what is lost, doubled or in the wrong order.

Invariant: when no event is lost, doubled or out of order, each figure of `ZEROS` is zero, and as many events are
published and applied as logged.
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
    """The id, key and version of an event at one step: logged, published or applied."""

    event_id: UUID
    key: str
    version: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The acknowledged commands, the events logged, published and applied, and the numbers of waiting rows."""

    acknowledged: Sequence[Command]
    written: Sequence[Command]
    """The commands whose change is stored in the tables of the service."""
    recorded: Sequence[Command]
    """The commands that are in the event log."""
    logged: Sequence[Step]
    wire: Sequence[Step]
    """Every record on the topic, duplicates included."""
    effects: Mapping[str, Sequence[Step]]
    """The applied events by consumer; each consumer must apply all of them."""
    left: Mapping[str, int]
    """How many rows wait for something, by kind: pending, frozen, parked, dead."""

    def figures(self) -> dict[str, int]:
        """Return the counts of acknowledged, logged, published and applied items, and of each error, by name."""
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
    """Raise AssertionError when the counts show that an event was lost, doubled or in the wrong order.

    At most `unacknowledged` commands may be in the log although no client got an answer: their commit was ambiguous,
    and they were never sent again.
    """
    assert all(figures[name] == 0 for name in ZEROS), figures
    assert figures["logged"] == figures["published"] == figures["applied"], figures
    assert figures["logged"] == figures["acknowledged"] + figures["unacknowledged"], figures
    assert figures["unacknowledged"] <= unacknowledged, figures


def _commands(asked: Counter[Command], written: Counter[Command], recorded: Counter[Command]) -> dict[str, int]:
    """Return the counts of commands: acknowledged, missing from the event log, done twice, and not acknowledged."""
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
    """Compare the events that one consumer applied with those that it should have applied."""
    ids = {step.event_id for step in applied}
    return {
        "applied": len(ids),
        "lost": len({step.event_id for step in logged} - ids),
        "twice": len(applied) - len(ids),
        "out_of_order": _gaps(applied),
    }


def _gaps(steps: Iterable[Step]) -> int:
    """Count the events whose version does not follow the version before it in their stream."""
    last: dict[str, int] = {}
    wrong = 0
    for step in steps:
        wrong += step.version != last.get(step.key, 0) + 1
        last[step.key] = step.version
    return wrong


def inversions(wire: Iterable[Step]) -> int:
    """Count the events whose first publication came after a later version of their stream."""
    first: dict[UUID, Step] = {}
    for step in wire:
        first.setdefault(step.event_id, step)
    highest: dict[str, int] = {}
    wrong = 0
    for step in first.values():
        wrong += step.version < highest.get(step.key, 0)
        highest[step.key] = max(step.version, highest.get(step.key, 0))
    return wrong
