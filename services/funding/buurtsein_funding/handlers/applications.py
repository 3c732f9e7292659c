"""Handles what coordinators do with an application: drafting, changing, submitting and withdrawing it."""

from uuid import UUID

from buurtsein_funding import commands
from buurtsein_funding.domain import submitting
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.domain.submitting import Known
from buurtsein_funding.handlers.dependencies import Dependencies
from buurtsein_funding.handlers.networks import of_coordinator
from buurtsein_funding.handlers.own import own_application
from buurtsein_funding.handlers.stores import Store
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day


async def request_support(
    command: commands.RequestSupport, actor: str, given: Dependencies, store: Store
) -> Application:
    """Store a new application as a draft, or submit it with the present answers to the conditions.

    Only a submitted one records FundingRequested.
    """
    now = given.clock.now()
    scheme = given.schemes.valid(command.year, brussels_day(now))
    of_coordinator(await store.network(command.network_id), actor)
    application = Application(
        **dict(command.form()),
        network_id=command.network_id,
        year=command.year,
        scheme_id=scheme.id,
        scheme=scheme.name,
        requester=actor,
        writers=[actor],
    )
    known = await _known(application, actor, given, store)
    events = [] if command.draft else submitting.submit(application, scheme, known, actor, now)
    await store.add_application(application)
    await store.record(*events)
    return application


async def edit(
    application_id: UUID, command: commands.FillInForm, by: By, _: Dependencies, store: Store
) -> Application:
    """Replace the form of a draft, or of an application to which finance asked to add something."""
    application = await _own(application_id, by, store)
    submitting.edit(application, command.form(), by.actor)
    await store.save_application(application)
    return application


async def submit(application_id: UUID, by: By, given: Dependencies, store: Store) -> Application:
    """Submit a draft and record FundingRequested, or submit it again and record FundingCompleted."""
    application, now = await _own(application_id, by, store), given.clock.now()
    scheme = given.schemes.valid(application.year, brussels_day(application.requested_at or now))
    known = await _known(application, by.actor, given, store)
    events = submitting.submit(application, scheme, known, by.actor, now)
    await store.save_application(application)
    await store.record(*events)
    return application


async def withdraw(application_id: UUID, by: By, given: Dependencies, store: Store) -> Application:
    """Withdraw an application before the decision and record FundingWithdrawn, except for a draft."""
    application = await _own(application_id, by, store)
    events = submitting.withdraw(application, by.actor, given.clock.now())
    await store.save_application(application)
    await store.record(*events)
    return application


async def _own(application_id: UUID, by: By, store: Store) -> Application:
    """Return an application to a coordinator of its network; raise `application_unknown` or `version_changed`."""
    application = await own_application(application_id, by.actor, store)
    application.require_seen(by.seen)
    return application


async def _known(application: Application, actor: str, given: Dependencies, store: Store) -> Known:
    """Collect the conditions, the members and the evidence that the submission of an application needs."""
    network = of_coordinator(await store.network(application.network_id), actor)
    return Known(
        conditions=conditions_of(network, actor, application.form_version, brussels_day(given.clock.now())),
        members=await store.members(application.network_id),
        proved={evidence.line for evidence in await store.evidence(application.application_id)},
    )
