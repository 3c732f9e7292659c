"""Declares the list of the members of a network, by pseudonym, for its coordinators and for the police."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from pydantic import BaseModel

from buurtsein_chassis.lists import Listing, ListQuery, Order, contains, equals
from buurtsein_contracts.events.member import Channel, Language, MemberKind
from buurtsein_registry.documents import MEMBERS
from buurtsein_registry.domain.member import MemberStatus


class ListedMember(BaseModel):
    """A membership without name or address, which are read from the vault one by one and with a record of each read."""

    member_id: UUID
    person: str
    kind: MemberKind
    status: MemberStatus
    language: Language
    channels: list[Channel]
    joined_at: datetime | None = None
    left_at: datetime | None = None
    similar: list[UUID] = []
    """The live memberships of this network whose person has the same name and phone number or address."""


_SIMILAR = """array(
    select distinct other.member_id from person_likeness own join person_likeness same using (digest)
    join member other on other.person = same.person
    where own.person = member.person and same.person <> member.person
        and other.network_id = member.network_id and other.left_at is null
) as similar"""


class MemberQuery(ListQuery):
    """The query parameters that filter the members of a network."""

    order: Literal["joined", "newest"] = "joined"
    kind: Annotated[MemberKind | None, equals("document ->> 'kind'")] = None
    status: Annotated[MemberStatus | None, equals("status")] = None
    language: Annotated[Language | None, equals("document ->> 'language'")] = None
    channel: Annotated[Channel | None, contains("document -> 'channels'")] = None


MEMBER_LIST = Listing[ListedMember](
    name="members",
    table="member",
    select=f"document, schema, {_SIMILAR}",
    key="member_id",
    orders={
        "joined": Order("joined_at", "timestamptz"),
        "newest": Order("joined_at", "timestamptz", descending=True),
    },
    cells={
        "lidnummer": lambda shown: shown.member_id,
        "pseudoniem": lambda shown: shown.person,
        "soort": lambda shown: shown.kind,
        "status": lambda shown: shown.status,
        "taal": lambda shown: shown.language,
        "kanalen": lambda shown: shown.channels,
        "lid_sinds": lambda shown: shown.joined_at,
        "lid_tot": lambda shown: shown.left_at,
        "lijkt_op": lambda shown: shown.similar,
    },
    version="coalesce(left_at, joined_at)",
)


def listed_member(row: asyncpg.Record) -> ListedMember:
    """Return a membership, as the list shows it."""
    member = MEMBERS.read_row(row)
    return ListedMember(
        member_id=member.member_id,
        person=member.person,
        kind=member.kind,
        status=member.status,
        language=member.language,
        channels=member.channels,
        joined_at=member.joined_at,
        left_at=member.left_at,
        similar=row["similar"],
    )
