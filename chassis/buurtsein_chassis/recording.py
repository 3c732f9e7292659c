"""What the recording of an event writes: its position, the log's row, the pointer; and what goes with it at once.

Invariant: the log's id is drawn while the stream's row is locked, so within one topic and key ids follow versions.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from buurtsein_chassis.trace import Trace
from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.envelope import data_schema, to_value
from buurtsein_kernel.clock import SystemClock

_PARAMETER = re.compile(r"\$(\d+)")
_RECORD = """
position_{number} as (
    insert into event_stream (topic, key, version) values ($1, $2, 1)
    on conflict (topic, key) do update set version = event_stream.version + 1
    returning version
), logged_{number} as (
    insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at,
                           correlation_id, causation_id, traceparent, data)
    select $3, $1, $2, version, $4, $5, $6, $7, $8, $9, $10, $11, $12 from position_{number}
    returning id
)"""
_POINT = "select id from logged_{number}"


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that changes rows and gives none back, with its arguments."""

    sql: str
    arguments: tuple[Any, ...]


def write(sql: str, *arguments: Any) -> Write:
    """As one would execute it."""
    return Write(sql, arguments)


def recording(events: Sequence[EventData], source: str, trace: Trace, *writes: Write) -> Write:
    """One statement for events and all that changes with them; EventTooLarge.

    The events are of different streams: one statement raises the position of a stream once.
    """
    parts = [*(each.sql for each in writes), *(_RECORD.format(number=number) for number in range(len(events)))]
    arguments = [*(each.arguments for each in writes), *(_row(data, source, trace) for data in events)]
    return Write(_statement(len(events), *parts), tuple(one for each in arguments for one in each))


def _row(data: EventData, source: str, trace: Trace) -> tuple[Any, ...]:
    return (
        data.TOPIC.name,
        data.key,
        uuid7(),
        data.TYPE,
        source,
        data.subject,
        data_schema(type(data)),
        SystemClock().now(),
        trace.correlation_id,
        trace.causation_id,
        trace.traceparent,
        to_value(data).decode(),
    )


@cache
def _statement(events: int, *sql: str) -> str:
    """Writes, then recordings, as parts of one statement: the parameters of each numbered on from those before it."""
    parts, taken, writes = [], 0, len(sql) - events
    for number, each in enumerate(sql):
        numbered = _numbered_from(taken, each)
        parts.append(f"write_{number} as ({numbered})" if number < writes else numbered)
        taken += _parameters(each)
    points = " union all ".join(_POINT.format(number=number) for number in range(events))
    return f"with {', '.join(parts)} insert into outbox_pending (id) {points}"


def _parameters(sql: str) -> int:
    return max((int(number) for number in _PARAMETER.findall(sql)), default=0)


def _numbered_from(taken: int, sql: str) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + taken}", sql)
