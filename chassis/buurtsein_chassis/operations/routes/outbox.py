"""Defines the routes that show the outbox, unfreeze a stream, and publish events again."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from buurtsein_chassis.calls import Reply
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.operations import outbox
from buurtsein_chassis.operations.audit import Operator
from buurtsein_chassis.operations.models import Events, EventsAgain, FrozenStream, OutboxStatus, PublishAgain, Unfreeze
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

router = APIRouter(prefix="/operations", tags=["operations"])


@router.get("/outbox", response_model_exclude_none=True)
async def show_outbox(reading: ReadByOperator) -> OutboxStatus:
    """Show how many events are not yet published, and how many streams are frozen."""
    return OutboxStatus(**asdict(await outbox.status(reading.connection)))


@router.get("/outbox/frozen", response_model_exclude_none=True)
async def list_frozen_streams(
    reading: ReadByOperator, key: Only = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[FrozenStream]:
    """List frozen streams, by topic and key."""
    topic, of_key = place_in(cursor, "", "")
    rows = await outbox.frozen(reading.connection, key, (topic, of_key), limit + 1)
    return page_of([FrozenStream(**asdict(row)) for row in rows], limit, lambda row: cursor_of(row.topic, row.key))


@router.post("/outbox/unfreeze", response_model=Events)
async def unfreeze_stream(act: Unfreeze, call: ByOperator, *, dry_run: DryRun = False) -> Response:
    """Publish the events of a frozen stream, in order; first remove the cause of the broker's refusal."""

    async def handle(uow: UnitOfWork) -> Reply:
        present = [one for one in await outbox.frozen(uow.connection, act.key) if one.topic == act.topic]
        if not present:
            raise Problem(404, "not_frozen", "Deze stroom staat niet stil.")
        if dry_run:
            return Reply(Events(events=present[0].events))
        by = Operator(call.caller.actor, act.reason)
        return Reply(Events(events=await outbox.unfreeze(uow.connection, act.topic, act.key, by)))

    return await call.once(handle)


@router.post("/replays/log", response_model=EventsAgain)
async def publish_again(
    act: PublishAgain, call: ByOperator, operated: OfService, *, dry_run: DryRun = False
) -> Response:
    """Publish again the events that this service recorded since a time; consumers drop events that they applied before.

    One request takes the next 10000 events of the log. When there are more, `next` is the value of `after` for the next
    request.
    """
    if act.topic not in operated.topics:
        raise Problem(404, "topic_not_owned", "Deze dienst schrijft niet op dit topic.")
    again = outbox.Again(act.topic, act.since, act.key, act.after)

    async def handle(uow: UnitOfWork) -> Reply:
        if dry_run:
            part = await outbox.count_again(uow.connection, again)
        else:
            part = await outbox.publish_again(uow.connection, again, Operator(call.caller.actor, act.reason))
        return Reply(EventsAgain(events=part.events, next=part.next))

    return await call.once(handle)
