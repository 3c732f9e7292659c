"""Each event of a topic once and in the order of its key, whatever comes twice, early, late, or cannot be read; pure.

`turn` is the rule; `InOrder` keeps the rule's state in memory, for tests and small programs. With a database the state
is three tables, written in the transaction of the effect: the portal's page on order has them.
Invariant: every record is applied once, or put aside, or waits for at most `wait`; none is lost without a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from buurtsein_contracts.envelope import Event, Unreadable, parse, place_of
from buurtsein_contracts.wire import Bytes, Headers, kept

WAIT = timedelta(minutes=10)
"""How long an early event waits for what is missing before it.

A gap that lasts this long is a record that was put aside without readable headers, or one that the topic had let go."""


class Turn(StrEnum):
    """What an event is to the stream of its key."""

    NEXT = "next"
    """Apply it; then what waited for it."""
    DUPLICATE = "duplicate"
    """It was applied: nothing."""
    LATE = "late"
    """Its place was passed without it: apply it out of turn, as a program may with an older fact."""
    EARLY = "early"
    """Keep it until what is missing has come."""


def turn(last: int | None, sequence: int, *, applied: bool) -> Turn:
    """The rule. `last`: the last sequence passed of this topic and key, None at its first event."""
    if applied:
        return Turn.DUPLICATE
    if last is None or sequence == last + 1:
        return Turn.NEXT
    return Turn.LATE if sequence <= last else Turn.EARLY


class Taken(NamedTuple):
    """What to do now: events to apply in this order, each with whether it is late; and why the record goes aside."""

    events: list[tuple[Event[Any], bool]]
    aside: Unreadable | None = None


@dataclass(slots=True)
class _Stream:
    """One key."""

    last: int | None = None
    applied: set[int] = field(default_factory=set)
    waiting: dict[int, Event[Any] | None] = field(default_factory=dict)
    """By sequence; None: a record that was put aside, which takes its place and has no effect."""
    since: datetime | None = None
    """When the oldest of `waiting` came."""


class InOrder:
    """The streams of one topic."""

    def __init__(self, wait: timedelta = WAIT) -> None:
        """`wait`: how long a gap may last."""
        self._streams: dict[str, _Stream] = {}
        self._wait = wait

    def take(self, headers: Headers, value: Bytes | None, now: datetime) -> Taken:
        """A record from the topic, also one that was put aside and is read again."""
        headers = kept(headers)
        try:
            event = parse(headers, value)
        except Unreadable as problem:
            place = place_of(headers)
            return Taken(self._passed(place.key, place.sequence, None, now) if place else [], problem)
        return Taken(self._passed(event.key, event.sequence, event, now))

    def overdue(self, now: datetime) -> list[tuple[Event[Any], bool]]:
        """What waited long enough: the gap before it is given up, and what is missing is late if it comes."""
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
    """Take what follows `last` without a gap out of `waiting`."""
    while stream.last is not None and stream.last + 1 in stream.waiting:
        stream.last += 1
        if (event := stream.waiting.pop(stream.last)) is not None:
            stream.applied.add(stream.last)
            yield event, False
    stream.since = now if stream.waiting else None
