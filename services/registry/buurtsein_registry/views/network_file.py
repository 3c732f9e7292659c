"""Makes the response that shows one network to officials, its applicant and its coordinators."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.geography import Area
from buurtsein_contracts.events.member import Language
from buurtsein_contracts.events.network import (
    Approval,
    EndReason,
    NetworkKind,
    RecognitionStatus,
    SuspensionReason,
)
from buurtsein_kernel.problems import missing
from buurtsein_registry.documents import NETWORKS
from buurtsein_registry.domain import parts, progress, screening
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.parts import Deed
from buurtsein_registry.domain.screening import Outcome
from buurtsein_registry.domain.states import NetworkState
from buurtsein_registry.views.charters import Charter, charter_of
from buurtsein_registry.views.coordinators import (
    Coordinator,
    Mandate,
    PastCoordinator,
    Removal,
    coordinator_of,
    mandate_of,
    past_coordinator_of,
    removal_of,
)
from buurtsein_registry.views.progress import Waiting
from buurtsein_registry.views.similar import SimilarNetwork


class Recognition(BaseModel):
    """The recognition of a network by the FOD (ministry of the Interior), with its days and its status today."""

    status: RecognitionStatus | None = None
    start: date
    end: date | None = None
    renewal_on: date | None = None
    renewal_due: bool
    """True from the day `renewal_on`, on which a renewal must be asked."""
    reference: str
    document_sha256: str | None = None
    conditions: str | None = None
    """The conditions in the letter of the FOD."""


class Suspension(BaseModel):
    """The present suspension of the network's recognition by the FOD (ministry of the Interior)."""

    reason: SuspensionReason
    start: date
    reference: str


class End(BaseModel):
    """The end of a network: the reason and the time."""

    reason: EndReason
    merged_into: UUID | None = None
    ended_on: date


class Act(BaseModel):
    """A person's action on a network: the person (pseudonym), the time, and the newest charter version at that time."""

    action: Deed
    actor: str
    acted_at: datetime
    charter_version: int | None = None
    document_sha256: str | None = None
    """The SHA-256 of the letter from which it was entered."""


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
    streets: list[str]
    dwellings: int | None = None
    languages: list[Language]
    applicant: str
    reference: str | None = None
    """The secret with which anybody can ask for the progress of the charter."""
    state: NetworkState
    state_since: datetime | None = None
    waiting_for: list[Waiting]
    """The steps that wait for an office."""
    charter: Charter | None = None
    approvals: list[Approval]
    rejection: str | None = None
    acts: list[Act]
    """The acts on this network, oldest first; they remain when approvals lapse."""
    recognition_status: RecognitionStatus | None = None
    """The status of the recognition today; absent before the charter was sent to the FOD."""
    recognition: Recognition | None = None
    suspension: Suspension | None = None
    end: End | None = None
    coordinators: list[Coordinator]
    past_coordinators: list[PastCoordinator]
    """The earlier coordinators, with their days, oldest first."""
    removals: list[Removal]
    """Why each earlier coordinator stopped, and how far an appeal is; this is shown to officials only."""
    mandates: list[Mandate]
    """The mandated police officers, present and past, oldest first."""
    screenings: list[Screening]
    """All screenings, favourable or not, oldest first; they are shown to officials only."""
    sides: dict[str, Side]
    """The side for which each person acted; this is shown to officials only."""
    taken_over_on: date | None = None
    """The day on which an already recognised network was entered from its documents; absent for other networks."""
    be_alert_version: str | None = None
    version: int
    actions: list[str]
    similar: list[SimilarNetwork] = []
    """Networks that may be the same as this one; only in the answer to an application."""


def file_of(network: Network, today: date, *, for_official: bool) -> NetworkFile:
    """Return the response that shows a network; `screenings`, `removals` and `sides` are for officials only."""
    return NetworkFile(
        network_id=network.network_id,
        code=network.code,
        kind=network.kind,
        name=network.name,
        nis=network.nis,
        postcodes=network.postcodes,
        police_zone=network.police_zone,
        area=network.area,
        streets=network.streets,
        dwellings=network.dwellings,
        languages=network.languages,
        applicant=network.applicant,
        reference=network.reference,
        state=network.state,
        state_since=network.state_since,
        waiting_for=[Waiting.model_validate(one.model_dump()) for one in progress.waiting(network)],
        charter=charter_of(network.charter, network) if network.charter else None,
        approvals=network.approvals,
        rejection=network.rejection,
        acts=[Act.model_validate(one.model_dump()) for one in network.acts],
        recognition_status=network.recognition_status(today),
        recognition=_recognition(network.recognition, network, today) if network.recognition else None,
        suspension=Suspension.model_validate(network.suspension.model_dump()) if network.suspension else None,
        end=End.model_validate(network.end.model_dump()) if network.end else None,
        coordinators=[coordinator_of(one) for one in network.coordinators],
        past_coordinators=[past_coordinator_of(one) for one in network.past_coordinators],
        removals=[removal_of(one, today) for one in network.past_coordinators] if for_official else [],
        mandates=[mandate_of(one) for one in network.mandates],
        screenings=[_screening(one) for one in network.screenings] if for_official else [],
        sides=network.sides if for_official else {},
        taken_over_on=network.taken_over_on,
        be_alert_version=network.be_alert_version,
        version=network.version,
        actions=network.possible(today),
    )


async def require_coordinated(connection: Connection, network_id: UUID, coordinator: str | None) -> None:
    """Raise `network_unknown` unless the network exists and `coordinator` (None for an official) coordinates it."""
    network = await readable_network(connection, network_id, coordinator)
    if coordinator and coordinator not in network.coordinating:
        raise missing("network_unknown", "Dit netwerk bestaat niet.")


async def readable_network(connection: Connection, network_id: UUID, person: str | None) -> Network:
    """Return a network that the caller may read; raise `network_unknown` when there is none.

    `person` is the pseudonym of an applicant, coordinator or mandated officer, for whom networks of others count as
    unknown; it is None for an official.
    """
    row = await connection.fetchrow("select document, schema from network where network_id = $1", network_id)
    network = NETWORKS.read_row(row) if row else None
    if network is None or (person and not (network.is_of(person) or person in network.mandated_officers)):
        raise missing("network_unknown", "Dit netwerk bestaat niet.")
    return network


async def network_file(connection: Connection, network_id: UUID, today: date, person: str | None) -> NetworkFile:
    """Return the response with one network; raise `network_unknown` if it is missing or the caller may not read it."""
    network = await readable_network(connection, network_id, person)
    return file_of(network, today, for_official=person is None)


def _recognition(given: parts.Recognition, network: Network, today: date) -> Recognition:
    return Recognition(
        status=network.recognition_status(today),
        start=given.start,
        end=given.end,
        renewal_on=given.renewal_on,
        renewal_due=given.renewal_due(today),
        reference=given.reference,
        document_sha256=given.document_sha256,
        conditions=given.conditions,
    )


def _screening(given: screening.Screening) -> Screening:
    return Screening(
        person=given.person,
        outcome=given.outcome,
        screened_on=given.screened_on,
        actor=given.actor,
        noted_at=given.noted_at,
    )
