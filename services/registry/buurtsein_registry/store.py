"""Reads and writes the tables of the registry, in the caller's transaction."""

from typing import override
from uuid import UUID

import asyncpg

from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import EventData
from buurtsein_kernel.problems import conflict, missing
from buurtsein_registry.commands import JoinNetwork
from buurtsein_registry.documents import ADDRESSES, MEMBERS, NETWORKS
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import Erasure, Known
from buurtsein_registry.domain.states import OPEN
from buurtsein_registry.handlers import Store

MOST_NETWORKS = 999_999
"""The most networks; the code of a network in events has at most six digits."""


class RegistryStore(Store):
    """The tables of networks and members and the vault, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Take the unit of work whose connection runs all statements."""
        self._uow = uow
        self._connection = uow.connection

    @override
    async def record(self, *events: EventData) -> None:
        await self._uow.record(*events)

    @override
    async def network(self, network_id: UUID) -> Network:
        row = await self._connection.fetchrow(
            "select document, schema from network where network_id = $1 for update", network_id
        )
        if row is None:
            raise missing("network_unknown", "Dit netwerk bestaat niet.")
        return NETWORKS.read_row(row)

    @override
    async def next_code(self, kind: str, place: str) -> str:
        number = await self._connection.fetchval("select nextval('network_number')")
        if number > MOST_NETWORKS:
            raise conflict("network_numbers_used_up", "Er zijn geen nummers meer voor nieuwe netwerken.")
        return f"{kind.replace('-', '')}-{place}-{number:04d}"

    @override
    async def open_applications(self, applicant: str) -> int:
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", applicant)
        number: int = await self._connection.fetchval(
            "select count(*) from network where applicant = $1 and state = any($2)", applicant, list(OPEN)
        )
        return number

    @override
    async def add_network(self, network: Network) -> None:
        await self._connection.execute(
            """insert into network (network_id, code, kind, state, name, version, document, schema, applicant)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            network.network_id,
            network.code,
            network.kind,
            network.state,
            network.name,
            network.version,
            NETWORKS.write(network),
            NETWORKS.schema,
            network.applicant,
        )

    @override
    async def save_network(self, network: Network) -> None:
        network.version += 1
        recognition = network.recognition
        await self._connection.execute(
            """update network set state = $2, version = $3, document = $4, schema = $5, recognised_from = $6,
                   recognised_until = $7, updated_at = now() where network_id = $1""",
            network.network_id,
            network.state,
            network.version,
            NETWORKS.write(network),
            NETWORKS.schema,
            recognition.start if recognition else None,
            recognition.end if recognition else None,
        )

    @override
    async def member(self, member_id: UUID) -> Member:
        row = await self._connection.fetchrow(
            "select document, schema from member where member_id = $1 for update", member_id
        )
        if row is None:
            raise missing("member_unknown", "Dit lidmaatschap bestaat niet.")
        return MEMBERS.read_row(row)

    @override
    async def coordinates(self, person: str, network_id: UUID) -> bool:
        row = await self._connection.fetchrow("select document, schema from network where network_id = $1", network_id)
        network = NETWORKS.read_row(row) if row else None
        return network is not None and person in {coordinator.person for coordinator in network.coordinators}

    @override
    async def add_member(self, member: Member, person: JoinNetwork) -> None:
        await self._connection.execute(
            """insert into person_vault (person, name, email, mobile, address, address_schema, enterprise_number)
               values ($1, $2, $3, $4, $5, $6, $7)
               on conflict (person) do update set name = excluded.name, email = excluded.email,
                   mobile = excluded.mobile, address = excluded.address, address_schema = excluded.address_schema,
                   enterprise_number = excluded.enterprise_number, updated_at = now()""",
            member.person,
            person.name,
            person.email,
            person.mobile,
            ADDRESSES.write(person.address),
            ADDRESSES.schema,
            None if person.legal_person else person.enterprise_number,
        )
        try:
            await self._connection.execute(
                """insert into member (member_id, network_id, person, status, document, schema, joined_at)
                   values ($1, $2, $3, $4, $5, $6, $7)""",
                member.member_id,
                member.network_id,
                member.person,
                member.status,
                MEMBERS.write(member),
                MEMBERS.schema,
                member.joined_at,
            )
        except asyncpg.UniqueViolationError as error:
            raise conflict("already_member", "U bent al lid van dit netwerk.") from error

    @override
    async def save_member(self, member: Member) -> None:
        await self._connection.execute(
            "update member set status = $2, document = $3, schema = $4, left_at = $5 where member_id = $1",
            member.member_id,
            member.status,
            MEMBERS.write(member),
            MEMBERS.schema,
            member.left_at,
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
