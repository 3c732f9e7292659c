"""Decides when a consumer applies each event of a topic: in order for each key, and without duplicates.

It copes with events that arrive twice, early or late, and with records that cannot be read. The function `turn` has the
rule; the class `InOrder` keeps its state in memory, for tests and small programs. A program with a database keeps this
state in three tables, which it writes in the same transaction as the effect of an event; the portal's page on order
shows them. Invariant: every record is applied once, or put aside, or waits for at most `wait`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from buurtsein_contracts.envelope import Event, Unreadable, parse, place_of
from buurtsein_contracts.wire import Bytes, Headers, kept

WAIT = timedelta(minutes=10)
"""How long an event waits for the missing events before it.

A gap that lasts longer comes from a record without readable headers, or from a record that retention removed.
"""


class Turn(StrEnum):
    """What a consumer must do with an event, given the event's sequence and the last applied sequence of its key."""

    NEXT = "next"
    """Apply it, and then the events that waited for it."""
    DUPLICATE = "duplicate"
    """It was applied before: ignore it."""
    LATE = "late"
    """Later events were applied already: apply it late, if the program can still use what it says."""
    EARLY = "early"
    """Keep it until the events before it have arrived."""


def turn(last: int | None, sequence: int, *, applied: bool) -> Turn:
    """Decide what to do with an event: apply it in its turn or late, keep it for later, or drop it as a duplicate.

    `last` is the last applied sequence of its topic and key, None before the first.
    """
    if applied:
        return Turn.DUPLICATE
    if last is None or sequence == last + 1:
        return Turn.NEXT
    return Turn.LATE if sequence <= last else Turn.EARLY


class Taken(NamedTuple):
    """The decision about an arrived record: the events to apply now, and the reason if the record is put aside.

    `events` are the events to apply now, in this order, each with True when it is late. `aside` says why the record
    must be put aside; None when it could be read.
    """

    events: list[tuple[Event[Any], bool]]
    aside: Unreadable | None = None


@dataclass(slots=True)
class _Stream:
    """The state of one key: the last applied sequence, and the events that wait for an earlier event."""

    last: int | None = None
    applied: set[int] = field(default_factory=set)
    waiting: dict[int, Event[Any] | None] = field(default_factory=dict)
    """The waiting events by sequence; None stands for a record that was put aside: it fills its place without
    effect."""
    since: datetime | None = None
    """The time at which the first of these events began to wait."""


class InOrder:
    """Remembers for every key of one topic which event was applied last and which events wait."""

    def __init__(self, wait: timedelta = WAIT) -> None:
        """Set how long later events wait for a missing event, before they are applied without it."""
        self._streams: dict[str, _Stream] = {}
        self._wait = wait

    def take(self, headers: Headers, value: Bytes | None, now: datetime) -> Taken:
        """Decide which events to apply after a record arrived, or was read again after it had been put aside."""
        headers = kept(headers)
        try:
            event = parse(headers, value)
        except Unreadable as problem:
            place = place_of(headers)
            return Taken(self._passed(place.key, place.sequence, None, now) if place else [], problem)
        return Taken(self._passed(event.key, event.sequence, event, now))

    def overdue(self, now: datetime) -> list[tuple[Event[Any], bool]]:
        """Return the events that have waited for `wait`; the caller applies them without the earlier missing events.

        When a missing event still arrives, it counts as late.
        """
        late = [s for s in self._streams.values() if s.since is not None and now - s.since >= self._wait]
        return [step for stream in late for step in self._given_up(stream, now)]

    def _passed(
        self, key: str, sequence: int, event: Event[Any] | None, now: datetime
    ) -> list[tuple[Event[Any], bool]]:
        stream = self._streams.setdefault(key, _Stream())
        match turn(stream.last, sequence, applied=sequence in stream.applied):
            case Turn.NEXT:
                stream.waiting[sequence] = event
                stream.last = sequence - 1
                return list(_following(stream, now))
            case Turn.LATE if event is not None:
                stream.applied.add(sequence)
                return [(event, True)]
            case Turn.EARLY:
                stream.waiting[sequence] = event or stream.waiting.get(sequence)
                stream.since = stream.since or now
        return []

    def _given_up(self, stream: _Stream, now: datetime) -> list[tuple[Event[Any], bool]]:
        stream.last = min(stream.waiting) - 1
        return list(_following(stream, now))


def _following(stream: _Stream, now: datetime) -> Iterator[tuple[Event[Any], bool]]:
    """Yield the waiting events that follow the last applied event without a gap, and remove them from `waiting`."""
    while stream.last is not None and stream.last + 1 in stream.waiting:
        stream.last += 1
        if (event := stream.waiting.pop(stream.last)) is not None:
            stream.applied.add(stream.last)
            yield event, False
    stream.since = now if stream.waiting else None
