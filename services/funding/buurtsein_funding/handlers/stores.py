"""Defines the Protocol of the store that the handlers of funding use."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from buurtsein_contracts import EventData, KnownNetwork
from buurtsein_funding.domain.application import Application


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
