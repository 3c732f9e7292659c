"""Handles the commands of funding: each handler loads, calls one method of the domain, saves, and records events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData, KnownNetwork
from buurtsein_funding import commands
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.domain.erasure import confirmed
from buurtsein_funding.domain.scheme import Schemes
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import missing, require_seen


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The objects that the handlers need besides the store."""

    clock: Clock
    schemes: Schemes


class Store(Protocol):
    """A Protocol: reads and writes the tables that the handlers use, in one transaction."""

    async def network(self, network_id: UUID) -> KnownNetwork | None:
        """Return the network as its events describe it, or None when none of its events was read."""

    async def application(self, application_id: UUID) -> Application:
        """Return the application and lock its row; raise DomainError `application_unknown`."""

    async def applications_of(self, requester: str) -> Sequence[Application]:
        """Return all applications of a requester (pseudonym) and lock their rows."""

    async def add_application(self, application: Application) -> None:
        """Insert a new application; raise DomainError `live_application_exists` when the network already has one.

        For each network, year and scheme one application can be live: a granted one, or a submitted one whose requester
        was a coordinator. A requester who was no coordinator can have one too, which does not stop other people.
        """

    async def save_application(self, application: Application) -> None:
        """Update an application and add 1 to its version; raise DomainError `live_application_exists`.

        The error says that another application for the same network, year and scheme was granted.
        """

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""


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


async def forget(person: str, erasure_id: UUID, given: Dependencies, store: Store) -> None:
    """Remove an erased person from applications that were not granted; record ErasureConfirmed.

    `erasure_id` is the id of the event PersonErased.
    """
    for application in await store.applications_of(person):
        if application.forget_requester():
            await store.save_application(application)
    await store.record(confirmed(erasure_id, given.clock.now()))


def of_coordinator(network: KnownNetwork | None, actor: str) -> KnownNetwork:
    """Return the network if `actor` coordinates it now; raise `network_unknown` for anybody else."""
    if network is None or actor not in network.present_coordinators:
        raise missing("network_unknown", "Dit netwerk is hier niet bekend, of u bent er geen coördinator van.")
    return network


def known(network: KnownNetwork | None) -> KnownNetwork:
    """Return the network; raise DomainError `network_unknown` when no event of it was read."""
    if network is None:
        raise missing("network_unknown", "Dit netwerk is hier niet bekend.")
    return network
