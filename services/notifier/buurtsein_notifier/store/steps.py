"""Reads and writes the steps of alerts, and checks that they are as they were written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

import asyncpg

from buurtsein_chassis.database import Connection
from buurtsein_notifier.documents import ALERTS
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.steps import Fault, Step, faults

_COLUMNS = "number, kind, at, actor, why, tag, content, previous, digest"


async def add(connection: Connection, alert: Alert) -> None:
    """Insert the steps that an alert took since it was stored."""
    await connection.executemany(
        f"insert into alert_step (alert_id, {_COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",  # noqa: S608 # constants
        [(alert.alert_id, *step.model_dump().values()) for step in alert.take_steps()],
    )


async def go_on(connection: Connection, alert: Alert) -> None:
    """Set the last step of an alert that was stored by a previous version of the service, which has no steps."""
    if alert.steps == 0 and (known := await of(connection, alert.alert_id)):
        alert.steps, alert.last_step = known[-1].number, known[-1].digest


async def of(connection: Connection, alert_id: UUID) -> list[Step]:
    """Return the steps of an alert, in order."""
    rows = await connection.fetch(f"select {_COLUMNS} from alert_step where alert_id = $1 order by number", alert_id)  # noqa: S608 # constants
    return [_step(row) for row in rows]


async def content_read(connection: Connection, alert_id: UUID, tag: str) -> str | None:
    """Return the content, as JSON, that the alert had with this ETag; None for an unknown ETag."""
    found: str | None = await connection.fetchval(
        "select content from alert_step where alert_id = $1 and tag = $2 order by number desc limit 1", alert_id, tag
    )
    return found


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check: the number of alerts and steps, the wrong steps, and the last alert if more follow."""

    last: UUID | None
    alerts: int
    steps: int
    faults: Sequence[Fault]


async def check(connection: Connection, after: UUID | None, limit: int) -> Checked:
    """Check the steps of the next alerts after an alert, in order of their ids."""
    alerts = await connection.fetch(
        """select alert_id, document, schema from alert where ($1::uuid is null or alert_id > $1)
           order by alert_id limit $2""",
        after,
        limit,
    )
    ids = [row["alert_id"] for row in alerts]
    rows = await connection.fetch(
        f"select alert_id, {_COLUMNS} from alert_step where alert_id = any($1) order by alert_id, number",  # noqa: S608 # constants
        ids,
    )
    steps = {alert_id: [_step(row) for row in group] for alert_id, group in groupby(rows, lambda row: row["alert_id"])}

    def found() -> Iterator[Fault]:
        for alert in map(ALERTS.read_row, alerts):
            yield from faults(alert.alert_id, alert.steps, alert.last_step, steps.get(alert.alert_id, []))

    return Checked(ids[-1] if len(ids) == limit else None, len(ids), len(rows), list(found()))


def _step(row: asyncpg.Record) -> Step:
    return Step(**{name: row[name] for name in _COLUMNS.split(", ")})
