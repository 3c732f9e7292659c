"""`bin.networks`: the life of a network, from its local approval to its recognition by the federal service."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.events.geography import Area, Nis, Postcode
from buurtsein_contracts.model import (
    ClosedEnum,
    EventData,
    EventPart,
    Privacy,
    Pseudonym,
    Timestamp,
    described,
)
from buurtsein_contracts.topics import NETWORKS, Topic


class NetworkKind(StrEnum):
    """BIN for residents, BIN-Z for traders."""

    BIN = "BIN"
    BIN_Z = "BIN-Z"


class ApproverRole(ClosedEnum):
    """The two local authorities that must both approve."""

    KORPSCHEF = "korpschef"
    BURGEMEESTER = "burgemeester"


class RecognitionStatus(StrEnum):
    """Status of the recognition by FOD Binnenlandse Zaken."""

    ACTIVE = "ACTIEF"
    SUSPENDED = "GESCHORST"
    EXPIRED = "VERLOPEN"


class CoordinatorRole(StrEnum):
    """A network has exactly one main coordinator and any number of co-coordinators."""

    COORDINATOR = "coordinator"
    CO_COORDINATOR = "co-coordinator"


class Approval(EventPart):
    """One of the two local approvals."""

    role: ApproverRole = described("Who approved, by office.", "Wie goedkeurde, volgens ambt.")
    decided_on: date = described("Date of the decision.", "Datum van de beslissing.")
    actor: Pseudonym = described("The office holder.", "De ambtsdrager.", Privacy.PSEUDONYM)


class NetworkApproved(EventData):
    """Korpschef and burgemeester have both approved the network; it is not recognised yet."""

    TYPE: ClassVar[str] = "be.bin.network.approved.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    code: str = described("Readable code.", "Leesbare code.", pattern=r"^BINZ?-[A-Z0-9]{2,20}-[0-9]{4,6}$")
    kind: NetworkKind = described("BIN or BIN-Z.", "BIN of BIN-Z.")
    name: str = described("Dutch name.", "Naam.", min_length=3, max_length=100)
    nis: Nis = described("Municipality.", "Gemeente.")
    postcodes: list[Postcode] = described("Postcodes of the area.", "Postcodes van het gebied.", max_length=20)
    police_zone: str = described("Police zone.", "Politiezone.", max_length=100)
    area: Area = described("The network's area.", "Het gebied van het netwerk.")
    charter_version: int = described("Version of the charter approved.", "Versie van het goedgekeurde charter.", ge=1)
    approvals: list[Approval] = described("Both approvals.", "Beide goedkeuringen.", min_length=2, max_length=2)
    approved_at: Timestamp = described("When the second approval came.", "Wanneer de tweede goedkeuring er kwam.")


class NetworkRecognised(EventData):
    """FOD Binnenlandse Zaken has entered the network in its register of recognised networks."""

    TYPE: ClassVar[str] = "be.bin.network.recognised.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    status: RecognitionStatus = described("Status of the recognition.", "Status van de erkenning.")
    start: date = described("First day of the recognition.", "Eerste dag van de erkenning.")
    end: date | None = described("Last day, when there is one.", "Laatste dag, indien bepaald.", default=None)
    reference: str = described("Reference of the FOD.", "Kenmerk van de FOD.", min_length=1, max_length=60)
    actor: Pseudonym = described("Who entered the answer.", "Wie het antwoord invoerde.", Privacy.PSEUDONYM)
    recognised_at: Timestamp = described("When it was entered.", "Wanneer het werd ingevoerd.")


class CoordinatorAppointed(EventData):
    """A screened person became coordinator of a network."""

    TYPE: ClassVar[str] = "be.bin.network.coordinator-appointed.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    coordinator: Pseudonym = described("The coordinator.", "De coördinator.", Privacy.PSEUDONYM)
    role: CoordinatorRole = described("Main coordinator or not.", "Hoofdcoördinator of niet.")
    screened_on: date = described("Date of the favourable screening.", "Datum van de gunstige screening.")
    actor: Pseudonym = described("Who appointed.", "Wie aanstelde.", Privacy.PSEUDONYM)
    appointed_at: Timestamp = described("When.", "Wanneer.")


class BeAlertJoined(EventData):
    """The network agreed to communicate through BE-Alert."""

    TYPE: ClassVar[str] = "be.bin.network.be-alert-joined.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    agreement_version: str = described("Version of the agreement.", "Versie van de overeenkomst.", max_length=20)
    actor: Pseudonym = described("The coordinator who agreed.", "De coördinator die akkoord ging.", Privacy.PSEUDONYM)
    joined_at: Timestamp = described("When.", "Wanneer.")
