"""Makes the responses that show memberships, and how many members of a network get messages."""

from collections import Counter
from datetime import date, datetime, time
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.member import Channel, Language, MemberKind, SanctionReason
from buurtsein_registry.documents import MEMBERS, NETWORKS
from buurtsein_registry.domain import member
from buurtsein_registry.domain.member import Member, MemberStatus

_LIVE = """
select document, schema, array(select channel from contact_failure f where f.member_id = m.member_id) as failing
from member m where network_id = $1 and left_at is null
"""


class QuietHours(BaseModel):
    """The hours of each day, in Belgian time, in which a member wants no message that is not urgent."""

    start: time
    end: time


class Absence(BaseModel):
    """A period of days in which a member is away and gets no messages."""

    start: date
    end: date


class Membership(BaseModel):
    """A membership in the response to its own member."""

    member_id: UUID
    network_id: UUID
    status: MemberStatus
    kind: MemberKind
    language: Language
    channels: list[Channel]
    quiet_hours: QuietHours | None = None
    absence: Absence | None = None
    consent_version: str
    consented_at: datetime | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    suspended_until: date | None = None
    actions: list[str]


class Unsubscribed(BaseModel):
    """The answer to a member without an account who has left."""

    left: bool = True


class Warned(BaseModel):
    """A written warning to a member."""

    reason: SanctionReason
    warned_on: date


class Exclusion(BaseModel):
    """A proposal to exclude a member, with the pseudonyms of those who signed it."""

    reason: SanctionReason
    coordinator: str
    officer: str | None = None


class MemberFile(Membership):
    """A membership, for the police and the coordinators of the network; the member is named by pseudonym."""

    person: str
    needs_police: bool
    reason: str | None = None
    warnings: list[Warned]
    exclusion: Exclusion | None = None
    version: int


class Reached(BaseModel):
    """How many members get messages in one language over one channel."""

    channel: Channel
    language: Language
    members: int


class Reach(BaseModel):
    """How many members of a network get messages today; a member with two channels counts once in `members`."""

    network_id: UUID
    members: int
    by_channel: list[Reached]


def membership_of(shown: Member, today: date) -> Membership:
    """Return a membership in the form of the response to its member, without the pseudonym."""
    return Membership.model_validate(_fields(shown, today))


def member_file_of(shown: Member, today: date) -> MemberFile:
    """Return a membership in the form of the response to the police and the network's coordinators."""
    return MemberFile.model_validate(_fields(shown, today))


async def member_file(connection: Connection, member_id: UUID) -> Member:
    """Return a membership as it is stored; raise DomainError `member_unknown`."""
    row = await connection.fetchrow("select document, schema from member where member_id = $1", member_id)
    if row is None:
        raise member.unknown()
    return MEMBERS.read_row(row)


async def require_concerned(connection: Connection, network_id: UUID, actor: str) -> None:
    """Raise `member_unknown` unless the caller is a coordinator or mandated police officer of the network."""
    row = await connection.fetchrow("select document, schema from network where network_id = $1", network_id)
    network = NETWORKS.read_row(row) if row else None
    if network is None or actor not in network.coordinating | network.mandated_officers:
        raise member.unknown()


async def reach(connection: Connection, network_id: UUID, today: date) -> Reach:
    """Count the members of a network who get messages today, by language and by each channel that works for them."""
    members = [(MEMBERS.read_row(row), row["failing"]) for row in await connection.fetch(_LIVE, network_id)]
    channels = [
        (one.language, set(one.channels) - set(failing)) for one, failing in members if one.gets_messages(today)
    ]
    counts = Counter((channel, language) for language, working in channels for channel in working)
    by_channel = [
        Reached(channel=channel, language=language, members=number)
        for (channel, language), number in sorted(counts.items())
    ]
    return Reach(network_id=network_id, members=sum(1 for _, working in channels if working), by_channel=by_channel)


def _fields(shown: Member, today: date) -> dict[str, object]:
    return shown.model_dump() | {"status": shown.on(today), "actions": shown.allowed(today)}
