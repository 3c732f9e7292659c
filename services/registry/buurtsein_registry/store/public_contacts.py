"""Reads and writes the public contacts of coordinators, each encrypted under a data key of its row."""

from typing import override
from uuid import UUID

from buurtsein_registry.documents import PUBLIC_CONTACTS
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.public_contact import ConsentedContact
from buurtsein_registry.domain.states import LIVING
from buurtsein_registry.handlers.stores import ContactStore
from buurtsein_registry.store.networks import NetworkTable
from buurtsein_registry.store.sealed_rows import SealedRows, unsealed

_PUT = """
insert into public_contact (network_id, person, consent_version, consented_at, data, data_schema, key_id, data_key)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (network_id, person) do update set consent_version = excluded.consent_version,
    consented_at = excluded.consented_at, data = excluded.data, data_schema = excluded.data_schema,
    key_id = excluded.key_id, data_key = excluded.data_key
"""


def sealed_about(network_id: UUID, person: str) -> str:
    """Return the text that is authenticated with an encrypted public contact."""
    return f"{network_id} {person}"


class PublicContacts(NetworkTable, SealedRows, ContactStore):
    """Reads and writes public contacts, and deletes those of persons who are no longer coordinators."""

    @override
    async def put_contact(self, network_id: UUID, person: str, contact: ConsentedContact) -> None:
        sealed = self._sealed(PUBLIC_CONTACTS, contact.contact, sealed_about(network_id, person))
        await self._connection.execute(_PUT, network_id, person, contact.consent_version, contact.consented_at, *sealed)

    @override
    async def withdraw_contact(self, network_id: UUID, person: str) -> bool:
        query = "delete from public_contact where network_id = $1 and person = $2 returning person"
        return await self._connection.fetchval(query, network_id, person) is not None

    @override
    async def contacts_of(self, person: str) -> dict[UUID, ConsentedContact]:
        rows = await self._connection.fetch(
            "select * from public_contact where person = $1 order by network_id", person
        )
        return {
            row["network_id"]: ConsentedContact(
                contact=unsealed(self._keyring, PUBLIC_CONTACTS, row, sealed_about(row["network_id"], person)),
                consent_version=row["consent_version"],
                consented_at=row["consented_at"],
            )
            for row in rows
        }

    @override
    async def save_network(self, network: Network) -> None:
        await super().save_network(network)
        kept = network.coordinating if network.state in LIVING else ()
        await self._connection.execute(
            "delete from public_contact where network_id = $1 and person <> all($2)", network.network_id, list(kept)
        )

    @override
    async def forget(self, person: str) -> None:
        await super().forget(person)
        await self._connection.execute("delete from public_contact where person = $1", person)
