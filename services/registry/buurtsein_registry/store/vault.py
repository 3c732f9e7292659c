"""Reads and writes the vault, which holds the personal data."""

from typing import override
from uuid import UUID

from buurtsein_registry.commands import Address
from buurtsein_registry.documents import ADDRESSES
from buurtsein_registry.domain.person import Erasure, Known, PersonData
from buurtsein_registry.handlers.stores import PersonStore
from buurtsein_registry.store.unit import Unit


class Vault(Unit, PersonStore):
    """Reads and writes the vault, which holds the personal data."""

    @override
    async def put_person(self, person: str, data: PersonData) -> None:
        await self._connection.execute(
            """insert into person_vault (person, name, email, mobile, address, enterprise_number)
               values ($1, $2, $3, $4, '{}', $5)
               on conflict (person) do update set name = excluded.name, email = excluded.email,
                   mobile = excluded.mobile, enterprise_number = excluded.enterprise_number, updated_at = now()""",
            person,
            data.name,
            data.email,
            data.mobile,
            data.enterprise_number,
        )

    @override
    async def put_address(self, member_id: UUID, person: str, address: Address) -> None:
        await self._connection.execute(
            "update person_vault set address = $2, address_schema = $3 where person = $1",
            person,
            ADDRESSES.write(address),
            ADDRESSES.schema,
        )

    @override
    async def known(self, person: str) -> Known:
        locked = await self._connection.fetchval("select person from person_vault where person = $1 for update", person)
        [row] = await self._connection.fetch(
            """select exists (select from member where person = $1 and status = 'ACTIVE') as is_member,
                      exists (select from member where person = $1 and status <> 'ACTIVE') as was_member,
                      exists (select from network where document -> 'coordinators'
                              @> jsonb_build_array(jsonb_build_object('person', $1::text))) as is_coordinator""",
            person,
        )
        return Known(person=person, in_vault=locked is not None, **row)

    @override
    async def forget(self, person: str) -> None:
        await self._connection.execute("delete from person_vault where person = $1", person)
        await self._connection.execute("delete from member where person = $1 and status <> 'ACTIVE'", person)

    @override
    async def note_erasure(self, erasure: Erasure, official: str | None) -> None:
        await self._connection.execute(
            "insert into erasure (erased_at, reason, official) values ($1, $2, $3)",
            erasure.erased_at,
            erasure.reason,
            official,
        )
