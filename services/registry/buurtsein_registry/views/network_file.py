"""Makes the response that shows one network to officials, its applicant and its coordinators."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_chassis.paging import Page, page_of
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.network import Approval, CoordinatorRole, NetworkKind
from buurtsein_kernel.problems import missing
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain import parts, screening
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Deed
from buurtsein_registry.domain.screening import Outcome
from buurtsein_registry.domain.states import NetworkState


class Charter(BaseModel):
    """The local charter; each change makes a new version."""

    version: int
    communication_plan: str
    budget_plan: str
    signed_by: str
    signed_on: date


class Coordinator(BaseModel):
    """A coordinator (pseudonym) whom the police found suitable."""

    person: str
    role: CoordinatorRole
    screened_on: date
    appointed_on: date


class Recognition(BaseModel):
    """The recognition by the FOD Binnenlandse Zaken, with its first and last day."""

    start: date
    end: date | None = None
    reference: str


class Act(BaseModel):
    """A person's action on a network about which no event is sent: the person (pseudonym) and the time."""

    action: Deed
    actor: str
    acted_at: datetime


class Screening(BaseModel):
    """The outcome of one screening of a candidate coordinator."""

    person: str
    outcome: Outcome
    screened_on: date
    actor: str
    noted_at: datetime


class NetworkFile(BaseModel):
    """A network with all its data, and the actions that are possible now."""

    network_id: UUID
    code: str
    kind: NetworkKind
    name: str
    nis: str
    postcodes: list[str]
    police_zone: str
    area: Area
    applicant: str
    state: NetworkState
    charter: Charter | None = None
    approvals: list[Approval]
    rejection: str | None = None
    acts: list[Act]
    """The acts without an event, oldest first; they remain when approvals lapse."""
    recognition: Recognition | None = None
    coordinators: list[Coordinator]
    screenings: list[Screening]
    """All screenings, favourable or not, oldest first; they are shown to officials only."""
    sides: dict[str, Side]
    """The side for which each person acted; this is shown to officials only."""
    be_alert_version: str | None = None
    version: int
    actions: list[str]


def file_of(network: Network, today: date, *, for_official: bool) -> NetworkFile:
    """Return the response that shows a network; only a response for an official has `screenings` and `sides`."""
    return NetworkFile(
        network_id=network.network_id,
        code=network.code,
        kind=network.kind,
        name=network.name,
        nis=network.nis,
        postcodes=network.postcodes,
        police_zone=network.police_zone,
        area=network.area,
        applicant=network.applicant,
        state=network.state,
        charter=_charter(network.charter) if network.charter else None,
        approvals=network.approvals,
        rejection=network.rejection,
        acts=[Act(action=one.action, actor=one.actor, acted_at=one.acted_at) for one in network.acts],
        recognition=_recognition(network.recognition) if network.recognition else None,
        coordinators=[_coordinator(one) for one in network.coordinators],
        screenings=[_screening(one) for one in network.screenings] if for_official else [],
        sides=network.sides if for_official else {},
        be_alert_version=network.be_alert_version,
        version=network.version,
        actions=network.possible(today),
    )


async def network_files(
    connection: Connection, states: list[NetworkState], today: date, limit: int, after: UUID | None
) -> Page[NetworkFile]:
    """Return a page of networks in the given states, or in all when none is given, oldest first, for officials."""
    rows = await connection.fetch(
        """select document, schema from network where state = any($1) and ($2::uuid is null or network_id > $2)
           order by network_id limit $3""",
        states or list(NetworkState),
        after,
        limit + 1,
    )
    networks = [NETWORKS.read_row(row) for row in rows]
    files = [file_of(network, today, for_official=True) for network in networks]
    return page_of(files, limit, lambda shown: str(shown.network_id))


async def network_file(connection: Connection, network_id: UUID, today: date, person: str | None) -> NetworkFile:
    """Return one network; raise `network_unknown` when there is none.

    `person` is the pseudonym of an applicant or coordinator, for whom networks of others count as unknown; it is None
    for an official.
    """
    row = await connection.fetchrow("select document, schema from network where network_id = $1", network_id)
    network = NETWORKS.read_row(row) if row else None
    if network is None or (person and not network.is_of(person)):
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    return file_of(network, today, for_official=person is None)


def _charter(given: parts.Charter) -> Charter:
    return Charter(
        version=given.version,
        communication_plan=given.communication_plan,
        budget_plan=given.budget_plan,
        signed_by=given.signed_by,
        signed_on=given.signed_on,
    )


def _recognition(given: parts.Recognition) -> Recognition:
    return Recognition(start=given.start, end=given.end, reference=given.reference)


def _coordinator(given: parts.Coordinator) -> Coordinator:
    return Coordinator(
        person=given.person, role=given.role, screened_on=given.screened_on, appointed_on=given.appointed_on
    )


def _screening(given: screening.Screening) -> Screening:
    return Screening(
        person=given.person,
        outcome=given.outcome,
        screened_on=given.screened_on,
        actor=given.actor,
        noted_at=given.noted_at,
    )
