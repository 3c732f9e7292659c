"""Defines the ledger, a minimal service on the chassis: a request records an entry, and its event is applied.

Its table `applied` has no unique key on purpose, so that an event that is applied twice has two rows. The tests run it
as a program.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from fastapi import APIRouter, Response
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.auth import Caller, anyone
from buurtsein_chassis.calls import Call, Reply, anyone_may_call
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.entity_tags import IfMatch, tag_read
from buurtsein_chassis.program import commands_of
from buurtsein_chassis.service import Service
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.subscription import Subscription
from buurtsein_contracts import Event
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_contracts.topics import NETWORKS
from buurtsein_kernel.problems import require_seen

TABLES = """
create table entry (network_id uuid not null, number integer not null);
create table applied (event_id uuid not null, key text not null, version bigint not null,
                      consumer text not null,
                      id bigint generated always as identity,
                      applied_at timestamptz not null default clock_timestamp());
"""

router = APIRouter()


class Entry(BaseModel):
    """The request body for a new entry: the sequence number that the test chose within its network."""

    network_id: UUID
    number: int


_ENTRY = "insert into entry values ($1, $2)"


@router.post("/entries")
async def write(entry: Entry, call: Annotated[Call[Caller | None], anyone_may_call()]) -> Response:
    """Store an entry, its event, and the answer for repeated requests in one transaction."""

    async def handle(uow: UnitOfWork) -> Reply:
        await uow.connection.execute(_ENTRY, entry.network_id, entry.number)
        await uow.record(_joined(entry))
        return Reply(entry, status=201)

    return await call.once(handle)


def _joined(entry: Entry) -> BeAlertJoined:
    return BeAlertJoined.model_validate(
        {
            "network_id": entry.network_id,
            "agreement_version": str(entry.number),
            "actor": "p" + "0" * 32,
            "joined_at": "2026-11-24T08:00:00Z",
        }
    )


@router.post("/nothing")
async def nothing(entry: Entry, caller: None = anyone()) -> Response:  # noqa: ARG001 # declares the access
    """Return the request's body without any work, to measure the cost of HTTP alone."""
    return Response(entry.model_dump_json(), media_type="application/json")


@router.put("/entries/{number}")
async def seen(number: int, if_match: IfMatch = None, caller: None = anyone()) -> int:  # noqa: ARG001 # declares the access
    """Return `number` if the request's If-Match header contains the given version; refuse the request otherwise."""
    require_seen(tag_read(if_match), number)
    return number


@router.post("/broken")
async def broken(entry: Entry, caller: None = anyone()) -> Entry:  # noqa: ARG001 # declares the access
    """Raise an unexpected error whose message contains the caller's text."""
    raise KeyError(str(entry.network_id))


async def apply_many(events: Sequence[Event[Any]], uow: UnitOfWork, consumer: str = "ledger") -> None:
    await uow.connection.execute(
        """insert into applied (consumer, event_id, key, version)
           select $4, given.* from unnest($1::uuid[], $2::text[], $3::bigint[]) as given""",
        [event.id for event in events],
        [event.key for event in events],
        [event.sequence for event in events],
        consumer,
    )


async def apply(event: Event[Any], uow: UnitOfWork, consumer: str = "ledger") -> None:
    if event.data.agreement_version == "poison":
        raise ValueError("a rule that this entry breaks")
    await uow.connection.execute(
        "insert into applied (event_id, key, version, consumer) values ($1, $2, $3, $4)",
        event.id,
        event.key,
        event.sequence,
        consumer,
    )


class Settings(ServiceSettings):
    """Settings of the ledger service, with the environment prefix `LEDGER_`."""

    model_config = SettingsConfigDict(env_prefix="LEDGER_")

    consumer: str = "ledger"
    second_consumer: str = ""
    at_once: bool = False
    effect_seconds: float = 0
    """How long each effect of an event of its own log takes; other tests' events are on the topic, too."""
    effect_blocks: bool = False
    """Whether an effect that takes long stops the event loop meanwhile."""


def compose(settings: Settings) -> Service:
    names = [name for name in (settings.consumer, settings.second_consumer) if name]
    subscriptions = [_subscription(name, settings) for name in names]
    return Service("ledger", settings, routers=[router], subscriptions=subscriptions)


def _subscription(name: str, settings: Settings) -> Subscription:
    many = partial(apply_many, consumer=name) if settings.at_once else None
    effect = partial(_apply_slowly, settings) if settings.effect_seconds else apply
    return Subscription(name, (NETWORKS,), partial(effect, consumer=name), many)


async def _apply_slowly(settings: Settings, event: Event[Any], uow: UnitOfWork, consumer: str) -> None:
    mine = "select exists (select from event_log where event_id = $1)"
    if await uow.connection.fetchval(mine, event.id):
        if settings.effect_blocks:
            time.sleep(settings.effect_seconds)  # noqa: ASYNC251 # the event loop stands still
        await asyncio.sleep(0 if settings.effect_blocks else settings.effect_seconds)
    await apply(event, uow, consumer)


main = commands_of("ledger", Settings, compose)

if __name__ == "__main__":
    main()
