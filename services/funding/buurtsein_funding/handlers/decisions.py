"""Handles what the city does with an application: asking for more, preparing a decision, entering the decision."""

from collections.abc import Sequence
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_funding import commands
from buurtsein_funding.domain import deciding, reviewing
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.handlers.dependencies import Dependencies
from buurtsein_funding.handlers.networks import known
from buurtsein_funding.handlers.of_city import application_for_city
from buurtsein_funding.handlers.stores import Store
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day


async def ask_more(
    application_id: UUID, command: commands.AskMore, by: By, given: Dependencies, store: Store
) -> Application:
    """Ask the coordinator to add something to an application; record FundingIncomplete."""
    application = await _as_read(application_id, by, store)
    events = reviewing.ask_more(application, command.missing, command.text, command.until, by.actor, given.clock.now())
    return await _saved(application, events, store)


async def review(
    application_id: UUID, command: commands.Review, by: By, given: Dependencies, store: Store
) -> Application:
    """Prepare a decision and reserve its amount in the budget of the year; record FundingReviewed."""
    application = await _as_read(application_id, by, store)
    scheme = given.schemes.named(application.scheme)
    room = await _room(application, given, store)
    events = reviewing.review(application, command.made(), scheme, room, by.actor, given.clock.now())
    return await _saved(application, events, store)


async def decide(
    application_id: UUID, command: commands.Grant | commands.Reject, by: By, given: Dependencies, store: Store
) -> Application:
    """Enter the college's decision on an application in the version that the person read; record FundingDecided.

    The conditions are checked again, with what is known of the network now.
    """
    application = await _as_read(application_id, by, store)
    network = known(await store.network(application.network_id))
    now = given.clock.now()
    conditions = conditions_of(network, application.requester, application.form_version, brussels_day(now))
    verdict, college = command.verdict(), command.college.made()
    match command:
        case commands.Grant():
            events = deciding.grant(application, command.granted_cents, verdict, college, conditions, by.actor, now)
            deciding.require_room(command.granted_cents, await _room(application, given, store), application.year)
        case commands.Reject():
            events = deciding.reject(application, verdict, college, conditions, by.actor, now)
    return await _saved(application, events, store)


async def _as_read(application_id: UUID, by: By, store: Store) -> Application:
    application = await application_for_city(application_id, by.actor, store)
    application.require_seen(by.seen)
    return application


async def _room(application: Application, given: Dependencies, store: Store) -> int | None:
    """Return what the budget of the year still has for this application, in euro cents; None for no limit."""
    budget = given.schemes.budget(application.scheme_id, application.year)
    held = await store.held_by_others(application)
    return None if budget is None else budget - held


async def _saved(application: Application, events: Sequence[EventData], store: Store) -> Application:
    await store.save_application(application)
    await store.record(*events)
    return application
