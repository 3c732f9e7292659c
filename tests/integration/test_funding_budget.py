"""On PostgreSQL the budget of a year is never exceeded, also when many people decide at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from unit.funding.funding_memory import (
    CLOCK,
    COLLEGE,
    COORDINATOR,
    KEYRING,
    SCHEME,
    form,
    network_in_order,
)

from buurtsein_funding import commands, handlers
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.scheme import Schemes
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.projections import known_networks
from buurtsein_funding.store import FundingStore
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.stores import PostgresStore

MANY, FIT, EACH = 50, 10, 1000
GIVEN = Dependencies(CLOCK, Schemes(scheme=(SCHEME.model_copy(update={"budget_cents": FIT * EACH}),)), KEYRING)
FINANCE, CLERK = "p" + "f" * 32, "p" + "a" * 32
PROPOSED = commands.Review.model_validate({"proposal": "GRANTED"})
GRANTED = commands.Grant.model_validate({"decision": "GRANTED", "granted_cents": EACH, "college": COLLEGE})
REJECTED = commands.Reject.model_validate({"decision": "REJECTED", "reasons": ["outside_year"], "college": COLLEGE})


@pytest.fixture
async def stored(servers: RunningServers) -> AsyncIterator[PostgresStore[FundingStore]]:
    async with fresh_database(servers, "funding") as where, opened(where.app) as database:
        yield PostgresStore(database, FundingStore)


async def requested(stored: PostgresStore[FundingStore]) -> Application:
    """Store a network, and the network's application for 10 euro; return the application."""
    network, cost = network_in_order(), {"kind": "sms", "description": "berichten", "cents": EACH}
    async with stored.database.unit_of_work() as uow:
        await known_networks.save(uow.connection, {str(network.network_id): network})
        command = form(network.network_id, cost_lines=[cost])
        return await handlers.request_support(command, COORDINATOR, GIVEN, FundingStore(uow))


async def step(
    stored: PostgresStore[FundingStore], handle: Any, application: Application, actor: str, body: Any
) -> Any:
    """Take one step on an application in a separate unit of work; return the changed application or the error."""
    by = By(actor, str(application.version))
    try:
        async with stored.unit_of_work() as store:
            return await handle(application.application_id, body, by, GIVEN, store)
    except DomainError as refused:
        return refused


async def all_at_once(
    stored: PostgresStore[FundingStore], handle: Any, applications: Sequence[Application], actor: str, body: Any
) -> tuple[list[Application], list[str]]:
    """Take one step on all applications at the same moment; return the changed applications and the error codes."""
    results = await asyncio.gather(*(step(stored, handle, one, actor, body) for one in applications))
    done = [one for one in results if isinstance(one, Application)]
    return done, [one.code for one in results if isinstance(one, DomainError)]


async def held(stored: PostgresStore[FundingStore]) -> int:
    return int(await stored.database.pool.fetchval("select sum(held_cents) from application"))


async def test_fifty_decisions_at_once_never_spend_more_than_the_budget(stored: PostgresStore[FundingStore]) -> None:
    applications = [await requested(stored) for _ in range(MANY)]
    reviewed, refused = await all_at_once(stored, handlers.review, applications, FINANCE, PROPOSED)
    assert (len(reviewed), set(refused)) == (FIT, {"budget_spent"})
    assert await held(stored) == FIT * EACH
    granted, refused = await all_at_once(stored, handlers.decide, reviewed, CLERK, GRANTED)
    assert (len(granted), refused) == (FIT, [])
    assert await held(stored) == FIT * EACH


async def test_what_a_rejection_frees_can_be_reserved_again_and_no_more(stored: PostgresStore[FundingStore]) -> None:
    applications = [await requested(stored) for _ in range(MANY)]
    reviewed, _ = await all_at_once(stored, handlers.review, applications, FINANCE, PROPOSED)
    rejected, _ = await all_at_once(stored, handlers.decide, reviewed[:4], CLERK, REJECTED)
    assert await held(stored) == (FIT - 4) * EACH
    known = {one.application_id for one in reviewed}
    waiting = [one for one in applications if one.application_id not in known]
    again, refused = await all_at_once(stored, handlers.review, waiting, FINANCE, PROPOSED)
    assert (len(rejected), len(again), len(refused)) == (4, 4, MANY - FIT - 4)
    assert await held(stored) == FIT * EACH
