"""Keeps public contacts in memory, for tests of the registry's handlers."""

from typing import override
from uuid import UUID

from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.public_contact import ConsentedContact
from buurtsein_registry.domain.states import LIVING
from buurtsein_registry.handlers.stores import ContactStore


class ContactsInMemory(ContactStore):
    """Keeps the public contacts of coordinators; a part of the registry's store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[tuple[UUID, str], ConsentedContact] = {}

    @override
    async def put_contact(self, network_id: UUID, person: str, contact: ConsentedContact) -> None:
        self.shown[network_id, person] = contact

    @override
    async def withdraw_contact(self, network_id: UUID, person: str) -> bool:
        return self.shown.pop((network_id, person), None) is not None

    @override
    async def contacts_of(self, person: str) -> dict[UUID, ConsentedContact]:
        return {network_id: made for (network_id, of), made in self.shown.items() if of == person}

    def delete_contacts(self, network: Network) -> None:
        """Delete the contacts of a network whose persons are no longer its coordinators."""
        kept = network.coordinating if network.state in LIVING else set()
        gone = [key for key in self.shown if key[0] == network.network_id and key[1] not in kept]
        for key in gone:
            del self.shown[key]
