"""Defines the part of the registry's store in memory that keeps memberships."""

from datetime import datetime
from typing import override
from uuid import UUID
from zoneinfo import ZoneInfo

from buurtsein_kernel.problems import conflict, missing
from buurtsein_registry.domain.evaluation import Counted
from buurtsein_registry.domain.member import Member
from buurtsein_registry.handlers.stores import MemberStore
from harness.stores import MemoryStore


class MembersInMemory(MemoryStore, MemberStore):
    """Keeps memberships by their id and returns copies; a part of the registry's store in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.members: dict[UUID, Member] = {}

    @override
    async def member(self, member_id: UUID) -> Member:
        if member_id not in self.members:
            raise missing("member_unknown", "")
        return self.members[member_id].model_copy(deep=True)

    @override
    async def add_member(self, member: Member) -> None:
        same = (one for one in self.members.values() if _place(one) == _place(member))
        if any(one.left_at is None for one in same):
            raise conflict("already_member", "")
        self.members[member.member_id] = member.model_copy(deep=True)

    @override
    async def save_member(self, member: Member) -> None:
        member.version += 1
        self.members[member.member_id] = member.model_copy(deep=True)

    @override
    async def memberships(self, person: str) -> list[Member]:
        return [one.model_copy(deep=True) for one in self.members.values() if one.person == person]

    @override
    async def live_members(self, network_id: UUID) -> list[Member]:
        found = [one for one in self.members.values() if one.network_id == network_id and one.left_at is None]
        return [one.model_copy(deep=True) for one in found]

    @override
    async def members_in(self, network_id: UUID, year: int) -> Counted:
        first, after = (datetime(year + more, 1, 1, tzinfo=ZoneInfo("Europe/Brussels")) for more in (0, 1))
        own = [one for one in self.members.values() if one.network_id == network_id and one.joined_at]
        return Counted(
            members=sum(_before(one.joined_at, after) and not _before(one.left_at, after) for one in own),
            joined=sum(_before(one.joined_at, after) and not _before(one.joined_at, first) for one in own),
            left=sum(_before(one.left_at, after) and not _before(one.left_at, first) for one in own),
        )

    @override
    async def active_persons(self, network_id: UUID) -> list[str]:
        found = [one for one in self.members.values() if one.network_id == network_id]
        return [one.person for one in found if one.left_at is None]


def _before(moment: datetime | None, end: datetime) -> bool:
    return moment is not None and moment < end


def _place(member: Member) -> tuple[UUID, str]:
    return member.network_id, member.person
