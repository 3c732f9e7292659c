"""What the recording of an event writes: its position, the log's row, the pointer; and what goes with it at once.

Invariant: the log's id is drawn while the stream's row is locked, so within one topic and key ids follow versions.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from buurtsein_chassis.trace import Trace
from buurtsein_contracts import EventData, uuid7
from buurtsein_contracts.envelope import data_schema, to_value

_PARAMETER = re.compile(r"\$(\d+)")
_RECORD = """
position as (
    insert into event_stream (topic, key, version) values ($1, $2, 1)
    on conflict (topic, key) do update set version = event_stream.version + 1
    returning version
), logged as (
    insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at,
                           correlation_id, causation_id, traceparent, data)
    select $3, $1, $2, version, $4, $5, $6, $7, $8, $9, $10, $11, $12 from position
    returning id
)
insert into outbox_pending (id) select id from logged
"""


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that changes rows and gives none back, with its arguments."""

    sql: str
    arguments: tuple[Any, ...]


def write(sql: str, *arguments: Any) -> Write:
    """As one would execute it."""
    return Write(sql, arguments)


def recording(data: EventData, source: str, trace: Trace, *writes: Write) -> Write:
    """One statement for an event and all that changes with it; EventTooLarge."""
    arguments = (
        data.TOPIC.name,
        data.key,
        uuid7(),
        data.TYPE,
        source,
        data.subject,
        data_schema(type(data)),
        datetime.now(UTC),
        trace.correlation_id,
        trace.causation_id,
        trace.traceparent,
        to_value(data).decode(),
    )
    rest = [argument for one in writes for argument in one.arguments]
    return Write(_statement(*(one.sql for one in writes)), (*arguments, *rest))


@cache
def _statement(*writes: str) -> str:
    """The writes as parts of the recording's statement, their parameters numbered on from its own."""
    parts, taken = [], _parameters(_RECORD)
    for number, sql in enumerate(writes):
        parts.append(f"write_{number} as ({_numbered_from(taken, sql)})")
        taken += _parameters(sql)
    return "with " + ", ".join([*parts, _RECORD])


def _parameters(sql: str) -> int:
    return max((int(number) for number in _PARAMETER.findall(sql)), default=0)


def _numbered_from(taken: int, sql: str) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + taken}", sql)
