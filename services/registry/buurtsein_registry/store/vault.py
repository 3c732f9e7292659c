"""Reads and writes the vault, which holds the personal data, encrypted.

Invariant: an unencrypted row from an earlier version of the service is encrypted before it is read or changed.
"""

from collections.abc import Sequence
from typing import override
from uuid import UUID

import asyncpg

from buurtsein_chassis.database import UnitOfWork
from buurtsein_kernel.keyring import Keyring, WrappedKey, decrypted, encrypted, new_data_key
from buurtsein_registry.commands import Address
from buurtsein_registry.documents import ADDRESSES, PERSONS
from buurtsein_registry.domain.likeness import likenesses
from buurtsein_registry.domain.person import Erasure, ErasureRequest, Known, PersonData
from buurtsein_registry.handlers.stores import PersonStore
from buurtsein_registry.store.unit import Unit

_PLAIN = "select name, email, mobile, enterprise_number, address, address_schema from person_vault where person = $1"
_ENCRYPTED = """
update person_vault set data = $2, data_schema = $3, key_id = $4, data_key = $5,
    name = null, email = null, mobile = null, enterprise_number = null, address = null
where person = $1
"""
_WITHOUT_ADDRESS = """
select member_id from member where person = $1 and member_id not in (select member_id from member_address)
"""
_WAITING = """
select person from person_vault v where name is not null or key_id is distinct from $1
    or not exists (select from person_likeness l where l.person = v.person)
order by person limit $2 for update skip locked
"""
_NEEDLESS = """
delete from task where kind in ('ask_otherwise', 'replace_coordinator') and done_at is null
    and split_part(about, ' ', 1) = $1
"""


class Vault(Unit, PersonStore):
    """Reads and writes the vault, which holds the personal data, encrypted."""

    def __init__(self, uow: UnitOfWork, keyring: Keyring) -> None:
        """Take the unit of work, and the installation keys that encrypt persons' data keys."""
        super().__init__(uow)
        self._keyring = keyring

    @override
    async def lock_person(self, person: str) -> None:
        await self._connection.execute(
            "insert into person_vault (person) values ($1) on conflict (person) do update set updated_at = now()",
            person,
        )

    @override
    async def put_person(self, person: str, data: PersonData) -> None:
        await self.lock_person(person)
        await self._write(person, await self._data_key(person) or new_data_key(), data)
        await self._compare_anew(person)

    @override
    async def put_address(self, member_id: UUID, person: str, address: Address) -> None:
        await self._write_address(member_id, person, await self._known_key(person), address)
        await self._compare_anew(person)

    async def person_data(self, person: str) -> PersonData | None:
        """Return a person's data without recording a read, or None; reads on behalf of people use `read_person`."""
        key = await self._data_key(person)
        if key is None:
            return None
        row = await self._connection.fetchrow("select data, data_schema from person_vault where person = $1", person)
        return PERSONS.read(decrypted(key, row["data"], person).decode(), row["data_schema"]) if row else None

    @override
    async def addresses(self, person: str) -> dict[UUID, Address]:
        key = await self._data_key(person)
        rows = await self._connection.fetch("select * from member_address where person = $1 order by member_id", person)
        return {row["member_id"]: _address(row, key) for row in rows if key}

    @override
    async def members_at(self, network_id: UUID, address: Address) -> int:
        number: int = await self._connection.fetchval(
            """select count(*) from member_address natural join member
               where digest = any($1) and network_id = $2 and left_at is null""",
            [digest for place in address.places for digest in self._keyring.digests(place)],
            network_id,
        )
        return number

    async def encrypt_some(self, most: int) -> int:
        """Encrypt at most `most` rows that are not under the newest key or have no digests yet; return how many."""
        rows = await self._connection.fetch(_WAITING, self._keyring.newest, most)
        for row in rows:
            await self._encrypt_anew(row["person"])
        return len(rows)

    async def _encrypt_anew(self, person: str) -> None:
        """Encrypt a person's data key under the newest installation key, and recompute HMAC digests of addresses."""
        key = await self._known_key(person)
        wrapped = self._keyring.wrap(key, person)
        await self._connection.execute(
            "update person_vault set key_id = $2, data_key = $3 where person = $1",
            person,
            wrapped.key_id,
            wrapped.encrypted,
        )
        for member_id, address in (await self.addresses(person)).items():
            await self._connection.execute(
                "update member_address set digest = $2 where member_id = $1",
                member_id,
                self._keyring.digests(address.places[0])[0],
            )
        await self._compare_anew(person)

    async def _compare_anew(self, person: str) -> None:
        """Store the HMAC digests by which a person is compared with others, computed from the vault's present data."""
        data = await self.person_data(person)
        places = [place for address in (await self.addresses(person)).values() for place in address.places]
        texts = likenesses(data, places) if data else set()
        await self._connection.execute("delete from person_likeness where person = $1", person)
        await self._connection.execute(
            "insert into person_likeness (person, digest) select $1, unnest($2::bytea[])",
            person,
            [self._keyring.digests(text)[0] for text in texts],
        )

    async def _known_key(self, person: str) -> bytes:
        """Return a person's data key; raise LookupError when no data of the person is stored."""
        key = await self._data_key(person)
        if key is None:
            raise LookupError("an address can be stored only after the data of its person")
        return key

    async def _data_key(self, person: str) -> bytes | None:
        """Lock a person's row, encrypt a row that is still plain text, and return the data key; None if missing."""
        row = await self._connection.fetchrow(
            "select key_id, data_key, name is not null as plain from person_vault where person = $1 for update", person
        )
        if row is None or not (row["plain"] or row["key_id"]):
            return None
        key = self._keyring.unwrap(WrappedKey(row["key_id"], row["data_key"]), person) if row["key_id"] else None
        return await self._encrypt_plain(person, key or new_data_key()) if row["plain"] else key

    async def _encrypt_plain(self, person: str, key: bytes) -> bytes:
        """Encrypt a plain row from an earlier version; its address is stored for memberships that have no address."""
        row = await self._connection.fetchrow(_PLAIN, person)
        if row is None:
            raise LookupError("the row is locked, and was there a moment ago")
        await self._write(person, key, PersonData.model_validate(dict(row)))
        if row["address"] not in {None, "{}"}:
            address = ADDRESSES.read(row["address"], row["address_schema"])
            for member in await self._connection.fetch(_WITHOUT_ADDRESS, person):
                await self._write_address(member["member_id"], person, key, address)
        return key

    async def _write(self, person: str, key: bytes, data: PersonData) -> None:
        wrapped = self._keyring.wrap(key, person)
        await self._connection.execute(
            _ENCRYPTED,
            person,
            encrypted(key, PERSONS.write(data).encode(), person),
            PERSONS.schema,
            wrapped.key_id,
            wrapped.encrypted,
        )

    async def _write_address(self, member_id: UUID, person: str, key: bytes, address: Address) -> None:
        await self._connection.execute(
            """insert into member_address (member_id, person, address, address_schema, digest)
               values ($1, $2, $3, $4, $5)
               on conflict (member_id) do update set address = excluded.address,
                   address_schema = excluded.address_schema, digest = excluded.digest""",
            member_id,
            person,
            encrypted(key, ADDRESSES.write(address).encode(), _about(person, member_id)),
            ADDRESSES.schema,
            self._keyring.digests(address.places[0])[0],
        )

    @override
    async def known(self, person: str) -> Known:
        locked = await self._connection.fetchval("select person from person_vault where person = $1 for update", person)
        [row] = await self._connection.fetch(
            """select exists (select from member where person = $1 and left_at is null) as is_member,
                      exists (select from member where person = $1 and left_at is not null) as was_member,
                      exists (select from network where state <> 'ENDED' and document -> 'coordinators'
                              @> jsonb_build_array(jsonb_build_object('person', $1::text))) as is_coordinator""",
            person,
        )
        return Known(person=person, in_vault=locked is not None, **row)

    @override
    async def forget(self, person: str) -> None:
        await self._connection.execute("delete from person_vault where person = $1", person)
        await self._connection.execute("delete from erasure_request where person = $1", person)
        await self._connection.execute("delete from member where person = $1 and left_at is not null", person)
        await self._connection.execute(_NEEDLESS, person)
        await self._connection.execute("update task set about = null where split_part(about, ' ', 1) = $1", person)

    @override
    async def plan_erasure(self, request: ErasureRequest) -> None:
        await self._connection.execute(
            """insert into erasure_request (person, reason, official, requested_at, due_on)
               values ($1, $2, $3, $4, $5)""",
            request.person,
            request.reason,
            request.official,
            request.requested_at,
            request.due_on,
        )

    @override
    async def erasure_request(self, person: str) -> ErasureRequest | None:
        row = await self._connection.fetchrow("select * from erasure_request where person = $1 for update", person)
        return ErasureRequest.model_validate(dict(row)) if row else None

    @override
    async def cancel_erasure(self, person: str) -> None:
        await self._connection.execute("delete from erasure_request where person = $1", person)

    async def planned_erasures(self) -> list[str]:
        """Return the persons whose erasure was planned and not yet done."""
        rows = await self._connection.fetch("select person from erasure_request order by due_on, person")
        return [row["person"] for row in rows]

    @override
    async def confirm_erasures(self, consumer: str, events: Sequence[UUID], actor: str | None) -> int:
        query = "select event_id from event_log where topic = 'bin.erasures' and event_id = any($1)"
        known = [row["event_id"] for row in await self._connection.fetch(query, list(events))]
        await self._connection.execute(
            """insert into erasure_confirmation (event_id, consumer, confirmed_by)
               select event_id, $2, $3 from unnest($1::uuid[]) as e (event_id) on conflict do nothing""",
            known,
            consumer,
            actor,
        )
        return len(known)

    @override
    async def note_erasure(self, erasure: Erasure, official: str | None) -> None:
        await self._connection.execute(
            "insert into erasure (erased_at, reason, official) values ($1, $2, $3)",
            erasure.erased_at,
            erasure.reason,
            official,
        )


def _about(person: str, member_id: UUID) -> str:
    """Return the associated data that is authenticated with the encrypted address of a membership."""
    return f"{person} {member_id}"


def _address(row: asyncpg.Record, key: bytes) -> Address:
    plain = decrypted(key, row["address"], _about(row["person"], row["member_id"]))
    return ADDRESSES.read(plain.decode(), row["address_schema"])
