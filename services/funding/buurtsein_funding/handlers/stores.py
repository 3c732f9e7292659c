"""Defines the Protocol of the store that the handlers of funding use."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData, KnownNetwork
from buurtsein_funding.domain.application import Application
from buurtsein_funding.domain.evidence import Evidence


class Store(Protocol):
    """A Protocol: reads and writes the tables that the handlers use, in one transaction."""

    async def network(self, network_id: UUID) -> KnownNetwork | None:
        """Return the network as its events describe it, or None when none of its events was read."""

    async def members(self, network_id: UUID) -> int | None:
        """Return how many members the network has, or None when no event about its members was read."""

    async def evidence(self, application_id: UUID) -> Sequence[Evidence]:
        """Return the evidence of an application, in the order in which it was added."""

    async def application(self, application_id: UUID) -> Application:
        """Return the application and lock its row; raise DomainError `application_unknown`."""

    async def applications_of(self, person: str) -> Sequence[Application]:
        """Return all applications that a person (pseudonym) wrote or requested, and lock their rows."""

    async def held_by_others(self, application: Application) -> int:
        """Return how much other applications hold of the same budget (scheme and year), in euro cents.

        Until the unit of work ends nobody else can take anything of this budget.
        """

    async def add_application(self, application: Application) -> None:
        """Insert a new application; raise DomainError `live_application_exists` when the network already has one.

        For each network, year and scheme one application can be live: all are, except rejected and withdrawn ones.
        """

    async def save_application(self, application: Application) -> None:
        """Update an application and add 1 to its version.

        Raises DomainError `live_application_exists` as `add_application` does: a submission may change the scheme.
        """

    async def forget_account(self, application_id: UUID) -> None:
        """Delete the account of an application, if there is one."""

    async def record(self, *events: EventData) -> None:
        """Append events to the event log and the outbox."""
