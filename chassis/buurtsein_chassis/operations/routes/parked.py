"""Defines the routes under `/v1/operations/parked`, for streams whose events wait for a missing event."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.operations import parked
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.models import Outcome, ParkedStream, ReleaseParked
from buurtsein_chassis.operations.routes.asking import (
    ByOperator,
    Cursor,
    DryRun,
    Only,
    ReadByOperator,
    cursor_of,
    place_in,
)
from buurtsein_chassis.paging import Limit, Page, page_of
from buurtsein_chassis.problem import Problem

router = APIRouter(prefix="/operations/parked", tags=["operations"])


@router.get("", response_model_exclude_none=True)
async def list_parked_streams(
    reading: ReadByOperator,
    consumer: Only = None,
    key: Only = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ParkedStream]:
    """List streams with parked events, by consumer, topic and key."""
    of_consumer, topic, of_key = place_in(cursor, "", "", "")
    rows = await parked.waiting(reading.connection, consumer, key, (of_consumer, topic, of_key), limit + 1)
    shown = [ParkedStream(**asdict(row)) for row in rows]
    return page_of(shown, limit, lambda row: cursor_of(row.consumer, row.topic, row.key))


@router.post("/release", response_model=Outcome)
async def release_parked_stream(act: ReleaseParked, call: ByOperator, *, dry_run: DryRun = False) -> Response:
    """Let a stream go on at its first parked event; missing events that arrive later are dropped.

    Outcomes: `released`; without any change `held-by-dead-letter` (redrive or discard that dead letter instead) or
    `moving` (the position of the stream has changed since it was listed).
    """

    async def handle(uow: UnitOfWork) -> Reply:
        rows = await parked.waiting(uow.connection, act.consumer, act.key)
        present = next((row for row in rows if row.topic == act.topic), None)
        if present is None:
            raise Problem(404, "not_parked", "Er wacht niets in deze stroom.")
        seen = (present.position, present.first) == (act.position, act.first)
        if dry_run or not seen:
            return Reply(Outcome(outcome="would-be" if seen else "moving"))
        return Reply(
            Outcome(outcome=await parked.release(uow.connection, present, Operator(call.caller.actor, act.reason)))
        )

    return await call.once(handle)
