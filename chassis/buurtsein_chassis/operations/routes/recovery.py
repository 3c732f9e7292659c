"""Defines the routes that copy published events into the event log, list them, and mark them as handled (settled)."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.operations import recovery
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.models import Events, RecordOutcomes, Recover, RecoveredEvent, Settle
from buurtsein_chassis.operations.recovery import Published
from buurtsein_chassis.operations.routes.asking import (
    ByOperator,
    Cursor,
    DryRun,
    OfService,
    Only,
    ReadByOperator,
    cursor_of,
    place_in,
)
from buurtsein_chassis.paging import Limit, Page, page_of
from buurtsein_chassis.problem import Problem

router = APIRouter(prefix="/operations/log", tags=["operations"])


@router.post("/recoveries", response_model=RecordOutcomes)
async def recover_events(act: Recover, call: ByOperator, operated: OfService, *, dry_run: DryRun = False) -> Response:
    """Copy records from a topic of this service into its event log, if the log lacks their events.

    They are not published again. The records of one key must be in the order of their sequences. An outcome for each
    record: `recovered`; without any change `known`, `conflict` (the log has another event with this sequence),
    `removed` (the log had it, and retention deleted it), `gap` (an event before it is missing) or `unreadable`.
    """
    if act.topic not in operated.topics:
        raise Problem(404, "topic_not_owned", "Deze dienst schrijft niet op dit topic.")
    records = [
        Published([(name, text.encode()) for name, text in record.headers.items()], record.value.encode())
        for record in act.records
    ]

    async def handle(uow: UnitOfWork) -> Reply:
        by = Operator(call.caller.actor, act.reason)
        outcomes = await recovery.recover(uow.connection, act.topic, records, by, dry_run=dry_run)
        return Reply(RecordOutcomes(outcomes=outcomes))

    return await call.once(handle)


@router.get("/recovered", response_model_exclude_none=True)
async def list_recovered_events(
    reading: ReadByOperator, subject: Only = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[RecoveredEvent]:
    """List recovered events that the state of the service still lacks, in the order of the log."""
    [after] = place_in(cursor, "0")
    if not after.isascii() or not after.isdigit():
        raise Problem(422, "cursor_unknown", "Deze cursor bestaat niet. Begin opnieuw bij de eerste bladzijde.")
    rows = await recovery.open_events(reading.connection, subject, int(after), limit + 1)
    shown = [RecoveredEvent(**asdict(row) | {"event_id": str(row.event_id)}) for row in rows]
    return page_of(shown, limit, lambda row: cursor_of(str(row.id)))


@router.post("/settlements", response_model=Events)
async def settle_recovered_events(act: Settle, call: ByOperator, *, dry_run: DryRun = False) -> Response:
    """Mark the recovered events about a subject as settled, so that the service records events about it again."""

    async def handle(uow: UnitOfWork) -> Reply:
        found = await recovery.open_events(uow.connection, act.subject)
        events = sum(one.topic == act.topic for one in found)
        if not events:
            raise Problem(404, "not_recovered", "Hierover is er geen herstelde gebeurtenis die nog open staat.")
        if not dry_run:
            by = Operator(call.caller.actor, act.reason)
            events = await recovery.settle(uow.connection, act.topic, act.subject, by)
        return Reply(Events(events=events))

    return await call.once(handle)
