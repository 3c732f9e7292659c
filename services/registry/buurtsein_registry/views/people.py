"""Makes the responses that show people their own data: pseudonym, memberships, and an erasure."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_registry.documents import MEMBERS
from buurtsein_registry.domain import person
from buurtsein_registry.domain.member import Member, MemberStatus


class Membership(BaseModel):
    """A membership, for the member."""

    member_id: UUID
    network_id: UUID
    status: MemberStatus


class Me(BaseModel):
    """The caller's pseudonym and memberships."""

    person: str
    memberships: list[Membership]


class Erasure(BaseModel):
    """The record that a person's data was deleted, or is planned to be: when and why, but not whose."""

    reason: ErasureReason
    erased_at: datetime | None = None
    planned_on: date | None = None
    """The day on which it will be done, because the person is still a member or coordinator."""


def membership_of(member: Member) -> Membership:
    """Return a membership for the response, without the pseudonym of the member."""
    return Membership(member_id=member.member_id, network_id=member.network_id, status=member.status)


def erasure_of(erasure: person.Erasure) -> Erasure:
    """Convert the record of an erasure to the form that the response shows."""
    return Erasure.model_validate(erasure.model_dump())


async def me(connection: Connection, actor: str) -> Me:
    """Return the caller's pseudonym and memberships."""
    rows = await connection.fetch("select document, schema from member where person = $1 order by member_id", actor)
    members = [MEMBERS.read_row(row) for row in rows]
    return Me(person=actor, memberships=[membership_of(member) for member in members])
