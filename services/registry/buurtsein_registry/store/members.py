"""Loads and saves memberships, each as one JSON document in a row of the table `member`."""

from typing import override
from uuid import UUID

import asyncpg

from buurtsein_kernel.problems import conflict, missing
from buurtsein_registry.documents import MEMBERS, NETWORKS
from buurtsein_registry.domain.evaluation import Counted
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.handlers.stores import MemberStore
from buurtsein_registry.store.unit import Unit
from buurtsein_registry.store.year import members_in


class MemberTable(Unit, MemberStore):
    """Loads and saves memberships, each as one JSON document in a row of the table `member`."""

    @override
    async def member(self, member_id: UUID) -> Member:
        row = await self._connection.fetchrow(
            "select document, schema from member where member_id = $1 for update", member_id
        )
        if row is None:
            raise missing("member_unknown", "Dit lidmaatschap bestaat niet.")
        return MEMBERS.read_row(row)

    @override
    async def network_of(self, member: Member) -> Network:
        network = await self._unlocked(member.network_id)
        if network is None:
            raise missing("network_unknown", "Dit netwerk bestaat niet.")
        return network

    @override
    async def memberships(self, person: str) -> list[Member]:
        rows = await self._connection.fetch(
            "select document, schema from member where person = $1 order by member_id", person
        )
        return [MEMBERS.read_row(row) for row in rows]

    @override
    async def live_members(self, network_id: UUID) -> list[Member]:
        rows = await self._connection.fetch(
            """select document, schema from member where network_id = $1 and left_at is null
               order by member_id for update""",
            network_id,
        )
        return [MEMBERS.read_row(row) for row in rows]

    @override
    async def members_in(self, network_id: UUID, year: int) -> Counted:
        return await members_in(self._connection, network_id, year)

    @override
    async def active_persons(self, network_id: UUID) -> list[str]:
        rows = await self._connection.fetch(
            "select person from member where network_id = $1 and left_at is null order by member_id", network_id
        )
        return [row["person"] for row in rows]

    @override
    async def offices(self, person: str) -> list[tuple[UUID, str]]:
        rows = await self._connection.fetch(
            """select network_id, 'applicant' as part from network where applicant = $1
               union all select network_id, 'coordinator' from network where document -> 'coordinators'
                   @> jsonb_build_array(jsonb_build_object('person', $1::text))
               order by network_id, part""",
            person,
        )
        return [(row["network_id"], row["part"]) for row in rows]

    @override
    async def coordinates(self, person: str, network_id: UUID) -> bool:
        network = await self._unlocked(network_id)
        return network is not None and person in network.coordinating

    @override
    async def is_mandated(self, person: str, network_id: UUID) -> bool:
        network = await self._unlocked(network_id)
        return network is not None and person in network.mandated_officers

    async def _unlocked(self, network_id: UUID) -> Network | None:
        row = await self._connection.fetchrow("select document, schema from network where network_id = $1", network_id)
        return NETWORKS.read_row(row) if row else None

    @override
    async def add_member(self, member: Member) -> None:
        try:
            await self._connection.execute(
                """insert into member (member_id, network_id, person, status, document, schema, joined_at)
                   values ($1, $2, $3, $4, $5, $6, coalesce($7, now()))""",
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
        member.next_version()
        await self._connection.execute(
            """update member set status = $2, document = $3, schema = $4, left_at = $5,
                   joined_at = coalesce($6, joined_at) where member_id = $1""",
            member.member_id,
            member.status,
            MEMBERS.write(member),
            MEMBERS.schema,
            member.left_at,
            member.joined_at,
        )
