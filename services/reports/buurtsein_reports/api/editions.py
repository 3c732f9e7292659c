"""Defines the routes with which two people change categories and routing: one proposes, another approves."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from buurtsein_chassis.auth import Caller
from buurtsein_chassis.calls import Call, Decision, Reply, may_call, may_decide
from buurtsein_chassis.database import UnitOfWork
from buurtsein_chassis.editions import (
    EditionFile,
    Editions,
    ListedEdition,
    edition_file,
    editions,
    in_force,
    version_of,
)
from buurtsein_chassis.reading import Reading, may_read
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.editions import Edition, Last
from buurtsein_reports import commands, handlers, views
from buurtsein_reports.api.callers import CITY, Given, ReadByHandlers, clerk_of, reader_of
from buurtsein_reports.domain.edition import EditionKind
from buurtsein_reports.domain.handled import Clerk
from buurtsein_reports.handlers import Dependencies, Store
from buurtsein_reports.store import ReportsStore
from buurtsein_reports.store.editions import routing_on, shipped_document

router = APIRouter(tags=["editions"])

type Decide = Callable[[Clerk, str, Dependencies, Store], Awaitable[Edition]]
"""A function that handles a decision on an edition by a clerk who has seen its version."""

EDITORS = ("officer", "korpschef", CITY)
ProposedByEditors = Annotated[Call[Caller], may_call(*EDITORS)]
DecidedByEditors = Annotated[Decision, may_decide(*EDITORS)]
Number = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/editions/{kind}", response_model_exclude_none=True)
async def list_editions(kind: EditionKind, reading: ReadByHandlers) -> Editions:
    """List the editions of the categories, or of the routing, the newest first."""
    return await editions(reading.connection, kind)


@router.get("/editions/{kind}/in-force", response_model_exclude_none=True)
async def edition_in_force(
    kind: EditionKind,
    reading: ReadByHandlers,
    given: Given,
    on: Annotated[date | None, Query(description="Without it, today.")] = None,
) -> Last:
    """Return the edition that is in force on a day, also edition 0, with its document in the form of a proposal."""
    return await in_force(reading.connection, kind, on or brussels_day(given.clock.now()), shipped_document(kind))


@router.get("/editions/{kind}/{number}")
async def show_edition(kind: EditionKind, number: Number, reading: ReadByHandlers) -> EditionFile:
    """Return one edition with its document, and what it changes compared with the edition that it is based on."""
    file = await edition_file(reading.connection, kind, number, shipped_document)
    reading.show_tag(version_of(file))
    return file


@router.post("/categories/proposals", status_code=201, response_model=ListedEdition)
async def propose_categories(command: commands.ProposeCategories, call: ProposedByEditors, given: Given) -> Response:
    """Propose new categories, which are in force from a day on after another person has approved them."""
    return await _proposed(EditionKind.CATEGORIES, command, call, given)


@router.post("/routing/proposals", status_code=201, response_model=ListedEdition)
async def propose_routing(command: commands.ProposeRouting, call: ProposedByEditors, given: Given) -> Response:
    """Propose new units and rules, which are in force from a day on after another person has approved them."""
    return await _proposed(EditionKind.ROUTING, command, call, given)


@router.post("/routing/trial")
async def try_routing(
    asked: views.TryRouting, reading: Annotated[Reading[Caller], may_read(*EDITORS)], given: Given
) -> views.RoutingTrial:
    """Return how the given units and rules would have routed the reports of a period; nothing is written."""
    table = await routing_on(reading.connection, brussels_day(given.clock.now()))
    only_city = reader_of(reading.caller).only_city
    return await views.routing_trial(reading.connection, asked, table, given.municipality.nis, only_city=only_city)


@router.post("/editions/{kind}/{number}/approval", response_model=ListedEdition)
async def approve_edition(kind: EditionKind, number: Number, decision: DecidedByEditors, given: Given) -> Response:
    """Approve an edition that another person proposed."""
    return await _decided(decision, partial(handlers.approve_edition, kind, number), given)


@router.post("/editions/{kind}/{number}/withdrawal", response_model=ListedEdition)
async def withdraw_edition(kind: EditionKind, number: Number, decision: DecidedByEditors, given: Given) -> Response:
    """Withdraw a proposed edition, so that nobody can approve it any more."""
    return await _decided(decision, partial(handlers.withdraw_edition, kind, number), given)


async def _proposed(
    kind: EditionKind,
    command: commands.ProposeCategories | commands.ProposeRouting,
    call: Call[Caller],
    given: Dependencies,
) -> Response:
    """Store a proposal in one transaction, and return it."""

    async def handle(uow: UnitOfWork) -> Reply:
        store = ReportsStore(uow, given.municipality.nis)
        return _reply(await handlers.propose_edition(kind, command, clerk_of(call.caller), given, store), 201)

    return await call.once(handle)


async def _decided(decision: Decision, decide: Decide, given: Dependencies) -> Response:
    """Call a handler with a decision on an edition in one transaction, and return the edition."""

    async def handle(uow: UnitOfWork) -> Reply:
        store = ReportsStore(uow, given.municipality.nis)
        return _reply(await decide(clerk_of(decision.caller), decision.by.seen, given, store), 200)

    return await decision.once(handle)


def _reply(edition: Edition, status: int) -> Reply:
    return Reply(ListedEdition.of(edition), edition.version, status)
