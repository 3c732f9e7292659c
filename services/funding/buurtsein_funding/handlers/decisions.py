"""Handles the city's decision on an application for support."""

from uuid import UUID

from buurtsein_funding import commands
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.handlers.dependencies import Dependencies
from buurtsein_funding.handlers.networks import known
from buurtsein_funding.handlers.stores import Store
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import require_seen


async def decide(
    application_id: UUID, command: commands.Grant | commands.Reject, by: By, given: Dependencies, store: Store
) -> Application:
    """Grant or reject an application in the version that the person read; record FundingDecided.

    The conditions are checked again, with what is known of the network now.
    """
    application = await store.application(application_id)
    require_seen(by.seen, application.version)
    network = known(await store.network(application.network_id))
    now = given.clock.now()
    conditions = conditions_of(network, application.requester, application.form_version, brussels_day(now))
    match command:
        case commands.Grant():
            events = application.grant(command.granted_cents, command.reasons, conditions, by.actor, now)
        case commands.Reject():
            events = application.reject(command.reasons, conditions, by.actor, now)
    await store.save_application(application)
    await store.record(*events)
    return application
