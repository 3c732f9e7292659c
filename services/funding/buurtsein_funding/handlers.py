"""One function for each thing that can happen: load, call the domain, save, record what happened."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData, KnownNetwork
from buurtsein_funding import commands
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.conditions import conditions_of
from buurtsein_funding.domain.scheme import Schemes
from buurtsein_kernel.clock import Clock
from buurtsein_kernel.commands import By
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import missing, require_seen


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the handlers need besides the store."""

    clock: Clock
    schemes: Schemes


class Store(Protocol):
    """What the handlers need kept, in one transaction."""

    async def network(self, network_id: UUID) -> KnownNetwork | None:
        """The network as its events tell, or None when none was read."""

    async def application(self, application_id: UUID) -> Application:
        """The application, locked; DomainError `application_unknown`."""

    async def add_application(self, application: Application) -> None:
        """A new one; DomainError `live_application_exists`.

        One per network, year and scheme, rejected ones aside: granted, or asked by who was then its coordinator. Others
        have one of their own, which holds up nobody else.
        """

    async def save_application(self, application: Application) -> None:
        """Its new state; raises the version; DomainError `live_application_exists` when granting a second one."""

    async def record(self, *events: EventData) -> None:
        """Append to the event log and the outbox."""


async def request_support(
    command: commands.RequestSupport, actor: str, given: Dependencies, store: Store
) -> Application:
    """An application, with the conditions as they stand; FundingRequested."""
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
    """Grant or reject an application exactly as it was read, on the conditions as they stand now; FundingDecided."""
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


def of_coordinator(network: KnownNetwork | None, actor: str) -> KnownNetwork:
    """The network, for who coordinates it now; DomainError `network_unknown`, the same as if it did not exist."""
    if network is None or actor not in network.present_coordinators:
        raise missing("network_unknown", "Dit netwerk is hier niet bekend, of u bent er geen coördinator van.")
    return network


def known(network: KnownNetwork | None) -> KnownNetwork:
    """The network; DomainError `network_unknown` when no event of it came yet."""
    if network is None:
        raise missing("network_unknown", "Dit netwerk is hier niet bekend.")
    return network
