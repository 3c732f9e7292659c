"""A service of the chassis and nothing else: it writes an entry for each request and applies it from the topic.

Its table `applied` has no unique key on purpose: what is applied twice is there twice. Run as a program by the tests.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

from fastapi import APIRouter, Response
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict

from buurtsein_chassis.auth import anyone
from buurtsein_chassis.calls import Answer, Command
from buurtsein_chassis.consumer import Subscription
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.program import program
from buurtsein_chassis.service import Service
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_contracts import Event
from buurtsein_contracts.events import BeAlertJoined
from buurtsein_contracts.topics import NETWORKS
from harness.sabotage import sabotage

TABLES = """
create table entry (network_id uuid not null, number integer not null);
create table applied (event_id uuid not null, key text not null, version bigint not null,
                      id bigint generated always as identity,
                      applied_at timestamptz not null default clock_timestamp());
"""

router = APIRouter()


class Entry(BaseModel):
    """One thing to be counted."""

    network_id: UUID
    number: int


@router.post("/entries")
async def write(entry: Entry, call: Command, caller: None = anyone()) -> Response:
    async def work(uow: UnitOfWork) -> Answer:
        await uow.connection.execute("insert into entry values ($1, $2)", entry.network_id, entry.number)
        await uow.record(
            BeAlertJoined.model_validate(
                {
                    "network_id": entry.network_id,
                    "agreement_version": str(entry.number),
                    "actor": "p" + "0" * 32,
                    "joined_at": "2026-11-24T08:00:00Z",
                }
            )
        )
        return Answer(entry)

    return await call.once(caller, work, 201)


@router.post("/nothing")
async def nothing(entry: Entry, caller: None = anyone()) -> Entry:  # noqa: ARG001 # declares the access
    """The same request, and nothing done: the floor that HTTP costs."""
    return entry


async def apply_many(events: Sequence[Event[Any]], uow: UnitOfWork) -> None:
    await uow.connection.execute(
        "insert into applied (event_id, key, version) select * from unnest($1::uuid[], $2::text[], $3::bigint[])",
        [event.id for event in events],
        [event.key for event in events],
        [event.sequence for event in events],
    )


async def apply(event: Event[Any], uow: UnitOfWork) -> None:
    if event.data.agreement_version == "poison":
        raise ValueError("a rule that this entry breaks")
    await uow.connection.execute(
        "insert into applied (event_id, key, version) values ($1, $2, $3)", event.id, event.key, event.sequence
    )


class Settings(ServiceSettings):
    """Environment prefix `LEDGER_`."""

    model_config = SettingsConfigDict(env_prefix="LEDGER_")

    consumer: str = "ledger"
    second_consumer: str = ""
    at_once: bool = False


def compose(settings: Settings) -> Service:
    names = [name for name in (settings.consumer, settings.second_consumer) if name]
    many = apply_many if settings.at_once else None
    subscriptions = [Subscription(name, (NETWORKS,), apply, many) for name in names]
    return Service("ledger", settings, routers=[router], subscriptions=subscriptions)


if __name__ == "__main__":
    sabotage()
    program("ledger", Settings, compose)()
