"""The registry's tables; every write is part of the caller's transaction."""

from uuid import UUID

import asyncpg

from buurtsein_chassis.database import UnitOfWork
from buurtsein_contracts import EventData
from buurtsein_kernel.problems import conflict, missing
from buurtsein_registry.commands import JoinNetwork
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import Erasure, Known
from buurtsein_registry.domain.states import OPEN

MOST_NETWORKS = 999_999
"""As many as the codes in events have digits for."""


class RegistryStore:
    """Networks, members and the vault, in one unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        """Everything goes through the unit of work's connection."""
        self._uow = uow
        self._connection = uow.connection

    async def record(self, *events: EventData) -> None:
        """Into the event log and the outbox."""
        await self._uow.record(*events)

    async def network(self, network_id: UUID) -> Network:
        """The network, locked; DomainError `network_unknown`."""
        document = await self._connection.fetchval(
            "select document from network where network_id = $1 for update", network_id
        )
        if document is None:
            raise missing("network_unknown", "Dit netwerk bestaat niet.")
        return Network.model_validate_json(document)

    async def next_code(self, kind: str, place: str) -> str:
        """`BIN-AALST-0001`; numbers are never used twice. DomainError `network_numbers_used_up`."""
        number = await self._connection.fetchval("select nextval('network_number')")
        if number > MOST_NETWORKS:
            raise conflict("network_numbers_used_up", "Er zijn geen nummers meer voor nieuwe netwerken.")
        return f"{kind.replace('-', '')}-{place}-{number:04d}"

    async def open_applications(self, applicant: str) -> int:
        """How many applications of a person wait for somebody; one request of that person at a time."""
        await self._connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", applicant)
        number: int = await self._connection.fetchval(
            "select count(*) from network where applicant = $1 and state = any($2)", applicant, list(OPEN)
        )
        return number

    async def add_network(self, network: Network) -> None:
        """A new one."""
        await self._connection.execute(
            """insert into network (network_id, code, kind, state, name, version, document, applicant)
               values ($1, $2, $3, $4, $5, $6, $7, $8)""",
            network.network_id,
            network.code,
            network.kind,
            network.state,
            network.name,
            network.version,
            network.model_dump_json(),
            network.applicant,
        )

    async def save_network(self, network: Network) -> None:
        """Its new state; raises the version."""
        network.version += 1
        recognition = network.recognition
        await self._connection.execute(
            """update network set state = $2, version = $3, document = $4, recognised_from = $5, recognised_until = $6,
                   updated_at = now() where network_id = $1""",
            network.network_id,
            network.state,
            network.version,
            network.model_dump_json(),
            recognition.start if recognition else None,
            recognition.end if recognition else None,
        )

    async def member(self, member_id: UUID) -> Member:
        """The membership, locked; DomainError `member_unknown`."""
        document = await self._connection.fetchval(
            "select document from member where member_id = $1 for update", member_id
        )
        if document is None:
            raise missing("member_unknown", "Dit lidmaatschap bestaat niet.")
        return Member.model_validate_json(document)

    async def coordinates(self, person: str, network_id: UUID) -> bool:
        """Whether somebody is a coordinator of a network."""
        document = await self._connection.fetchval("select document from network where network_id = $1", network_id)
        coordinators = Network.model_validate_json(document).coordinators
        return person in {coordinator.person for coordinator in coordinators}

    async def add_member(self, member: Member, person: JoinNetwork) -> None:
        """A new membership, and the person in the vault; DomainError `already_member`."""
        await self._connection.execute(
            """insert into person_vault (person, name, email, mobile, address, enterprise_number)
               values ($1, $2, $3, $4, $5, $6)
               on conflict (person) do update set name = excluded.name, email = excluded.email,
                   mobile = excluded.mobile, address = excluded.address,
                   enterprise_number = excluded.enterprise_number, updated_at = now()""",
            member.person,
            person.name,
            person.email,
            person.mobile,
            person.address.model_dump_json(),
            None if person.legal_person else person.enterprise_number,
        )
        try:
            await self._connection.execute(
                """insert into member (member_id, network_id, person, status, document, joined_at)
                   values ($1, $2, $3, $4, $5, $6)""",
                member.member_id,
                member.network_id,
                member.person,
                member.status,
                member.model_dump_json(),
                member.joined_at,
            )
        except asyncpg.UniqueViolationError as error:
            raise conflict("already_member", "U bent al lid van dit netwerk.") from error

    async def save_member(self, member: Member) -> None:
        """Its new status."""
        await self._connection.execute(
            "update member set status = $2, document = $3, left_at = $4 where member_id = $1",
            member.member_id,
            member.status,
            member.model_dump_json(),
            member.left_at,
        )

    async def known(self, person: str) -> Known:
        """What is kept of a person; the lock on the vault's row keeps the person from joining in the meantime."""
        locked = await self._connection.fetchval("select person from person_vault where person = $1 for update", person)
        [row] = await self._connection.fetch(
            """select exists (select from member where person = $1 and status = 'ACTIVE') as is_member,
                      exists (select from member where person = $1 and status <> 'ACTIVE') as was_member,
                      exists (select from network where document -> 'coordinators'
                              @> jsonb_build_array(jsonb_build_object('person', $1::text))) as is_coordinator""",
            person,
        )
        return Known(person=person, in_vault=locked is not None, **row)

    async def forget(self, person: str) -> None:
        """The vault's row and the ended memberships go."""
        await self._connection.execute("delete from person_vault where person = $1", person)
        await self._connection.execute("delete from member where person = $1 and status <> 'ACTIVE'", person)

    async def note_erasure(self, erasure: Erasure, official: str | None) -> None:
        """That somebody was erased, and which official did it; None: the person."""
        await self._connection.execute(
            "insert into erasure (erased_at, reason, official) values ($1, $2, $3)",
            erasure.erased_at,
            erasure.reason,
            official,
        )
