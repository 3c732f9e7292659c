"""What the registry shows: the public overview without a person in it, and the file of one network for officials."""

from datetime import UTC, date, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.paging import Page, page_of
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import missing
from buurtsein_registry.domain.member import Member, MemberStatus
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import NetworkState


class PublicNetwork(BaseModel):
    """An active network as anybody may see it."""

    network_id: UUID
    code: str
    kind: NetworkKind
    name: str
    nis: str
    postcodes: list[str]
    police_zone: str
    area: Area
    recognised_since: date | None


class NetworkFile(Network):
    """A network with everything about it, and what can happen next; persons by pseudonym."""

    actions: list[str]


class Membership(BaseModel):
    """A membership as its member sees it."""

    member_id: UUID
    network_id: UUID
    status: MemberStatus


class Me(BaseModel):
    """How the registry knows the caller."""

    person: str
    memberships: list[Membership]


def file_of(network: Network, *, for_official: bool) -> NetworkFile:
    """The file of a network; who was screened with what outcome, and for whom each acted, is for officials."""
    file = NetworkFile(**network.model_dump(), actions=network.possible(_today()))
    return file if for_official else file.model_copy(update={"screenings": [], "sides": {}})


def membership_of(member: Member) -> Membership:
    """A membership without the person."""
    return Membership(member_id=member.member_id, network_id=member.network_id, status=member.status)


async def active_networks(connection: Connection, limit: int, after: UUID | None) -> Page[PublicNetwork]:
    """Networks whose recognition has begun and is not over, oldest first."""
    rows = await connection.fetch(
        """select document from network
           where state = 'RECOGNISED' and $1 between recognised_from and coalesce(recognised_until, 'infinity')
               and ($2::uuid is null or network_id > $2)
           order by network_id limit $3""",
        _today(),
        after,
        limit + 1,
    )
    networks = [Network.model_validate_json(row["document"]) for row in rows]
    return page_of([_public(network) for network in networks], limit, lambda shown: str(shown.network_id))


async def network_files(
    connection: Connection, states: list[NetworkState], limit: int, after: UUID | None
) -> Page[NetworkFile]:
    """Files in the given states (all when none is given), oldest first."""
    networks = await _networks(connection, states or list(NetworkState), limit, after)
    files = [file_of(network, for_official=True) for network in networks]
    return page_of(files, limit, lambda shown: str(shown.network_id))


async def network_file(connection: Connection, network_id: UUID, person: str | None) -> NetworkFile:
    """One file, of this applicant or coordinator when one is given; DomainError `network_unknown`."""
    document = await connection.fetchval("select document from network where network_id = $1", network_id)
    network = Network.model_validate_json(document) if document else None
    if network is None or (person and not network.is_of(person)):
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    return file_of(network, for_official=person is None)


async def me(connection: Connection, person: str) -> Me:
    """The caller's pseudonym and memberships."""
    rows = await connection.fetch("select document from member where person = $1 order by member_id", person)
    members = [Member.model_validate_json(row["document"]) for row in rows]
    return Me(person=person, memberships=[membership_of(member) for member in members])


def _today() -> date:
    return brussels_day(datetime.now(UTC))


async def _networks(
    connection: Connection, states: list[NetworkState], limit: int, after: UUID | None
) -> list[Network]:
    rows = await connection.fetch(
        """select document from network where state = any($1) and ($2::uuid is null or network_id > $2)
           order by network_id limit $3""",
        states,
        after,
        limit + 1,
    )
    return [Network.model_validate_json(row["document"]) for row in rows]


def _public(network: Network) -> PublicNetwork:
    since = network.recognition.start if network.recognition else None
    shown = network.model_dump(include=set(PublicNetwork.model_fields))
    return PublicNetwork(**shown, recognised_since=since)
