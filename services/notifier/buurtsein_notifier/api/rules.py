"""Defines the routes with which two people change the alert rules: one proposes, another approves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
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
from buurtsein_chassis.problem import Problem
from buurtsein_chassis.reading import Reading, may_read
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.editions import Edition, EditionStore, Last
from buurtsein_notifier import commands, handlers, views
from buurtsein_notifier.api.callers import Given, ReadByConcerned
from buurtsein_notifier.domain.rule_editions import KIND, KORPSCHEF, RuleEditor, document_of
from buurtsein_notifier.handlers import Dependencies
from buurtsein_notifier.store.rules import RuleTable, rules_on

router = APIRouter(tags=["rules"])

type Decide = Callable[[Dependencies, EditionStore], Awaitable[Edition]]
"""A function that handles a proposal of rules, or a decision on one."""

EDITORS = ("officer", KORPSCHEF)
ProposedByEditors = Annotated[Call[Caller], may_call(*EDITORS)]
DecidedByEditors = Annotated[Decision, may_decide(*EDITORS)]
_TRIAL = asyncio.Lock()
"""This lock is held during a trial, because a trial of many reports uses a processor and a connection for minutes."""
Number = Annotated[int, Path(ge=1, le=1_000_000)]


@router.get("/editions/rules", response_model_exclude_none=True)
async def list_editions(reading: ReadByConcerned) -> Editions:
    """List the editions of the alert rules, the newest first."""
    return await editions(reading.connection, KIND)


@router.get("/editions/rules/in-force", response_model_exclude_none=True)
async def rules_in_force(
    reading: ReadByConcerned, given: Given, on: Annotated[date | None, Query(description="Without it, today.")] = None
) -> Last:
    """Return the alert rules in force on a day, also those of the installation (edition 0)."""
    return await in_force(reading.connection, KIND, on or brussels_day(given.clock.now()), document_of(given.book))


@router.get("/editions/rules/{number}")
async def show_edition(number: Number, reading: ReadByConcerned, given: Given) -> EditionFile:
    """Return one edition of the alert rules, and what it changes compared with the edition that it is based on."""
    file = await edition_file(reading.connection, KIND, number, lambda _: document_of(given.book))
    reading.show_tag(version_of(file))
    return file


@router.post("/rules/proposals", status_code=201, response_model=ListedEdition)
async def propose_rules(command: commands.ProposeRules, call: ProposedByEditors, given: Given) -> Response:
    """Propose new alert rules, which are in force from a day on after another person has approved them."""
    return await _answered(call, partial(handlers.propose_rules, command, _editor(call.caller)), given, 201)


@router.post("/rules/trial")
async def try_rules(
    asked: commands.TryRules, reading: Annotated[Reading[Caller], may_read(*EDITORS, "operator")], given: Given
) -> views.RuleTrial:
    """Return what other alert rules would have done with the reports of a period; nothing is written or sent.

    One trial runs at a time; a second request meanwhile gets 429 with Retry-After.
    """
    async with one_trial():
        in_force = await rules_on(reading.connection, brussels_day(given.clock.now())) or given.book
        return await views.rule_trial(reading.connection, asked, replace(given, book=in_force))


@asynccontextmanager
async def one_trial() -> AsyncIterator[None]:
    """Let one trial run at a time; raise Problem 429 `trial_running` for a second trial meanwhile."""
    if _TRIAL.locked():
        raise Problem(
            429, "trial_running", "Er loopt al een proef met regels. Probeer het later opnieuw.", {"Retry-After": "10"}
        )
    async with _TRIAL:
        yield


@router.post("/editions/rules/{number}/approval", response_model=ListedEdition)
async def approve_rules(number: Number, decision: DecidedByEditors, given: Given) -> Response:
    """Approve alert rules that another person proposed."""
    decide = partial(handlers.approve_rules, number, _editor(decision.caller), decision.by.seen)
    return await _answered(decision, decide, given)


@router.post("/editions/rules/{number}/withdrawal", response_model=ListedEdition)
async def withdraw_rules(number: Number, decision: DecidedByEditors, given: Given) -> Response:
    """Withdraw proposed alert rules, so that nobody can approve them any more."""
    decide = partial(handlers.withdraw_rules, number, _editor(decision.caller), decision.by.seen)
    return await _answered(decision, decide, given)


def _editor(caller: Caller) -> RuleEditor:
    return RuleEditor(caller.actor, KORPSCHEF if KORPSCHEF in caller.roles else "police")


async def _answered(call: Call[Caller], decide: Decide, given: Dependencies, status: int = 200) -> Response:
    async def done(uow: UnitOfWork) -> Reply:
        edition = await decide(given, RuleTable(uow, given.book))
        return Reply(ListedEdition.of(edition), edition.version, status)

    return await call.once(done)
