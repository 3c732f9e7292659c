"""Handles the request of a coordinator for support."""

from buurtsein_funding import commands
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.handlers.dependencies import Dependencies
from buurtsein_funding.handlers.networks import of_coordinator
from buurtsein_funding.handlers.stores import Store
from buurtsein_kernel.days import brussels_day


async def request_support(
    command: commands.RequestSupport, actor: str, given: Dependencies, store: Store
) -> Application:
    """Store a new application with the present answers to the conditions; record FundingRequested."""
    now = given.clock.now()
    day = brussels_day(now)
    scheme = given.schemes.valid(command.year, day)
    network = of_coordinator(await store.network(command.network_id), actor)
    application = Application(
        **command.model_dump(),
        scheme_id=scheme.id,
        scheme=scheme.name,
        requester=actor,
        requested_at=now,
        conditions=conditions_of(network, actor, command.form_version, day),
    )
    events = application.submit(scheme, day)
    await store.add_application(application)
    await store.record(*events)
    return application
