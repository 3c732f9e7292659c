"""Defines `bin.networks`: the life of a network, from local approval and recognition by the ministry to its end."""

from collections.abc import Mapping
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
    """The kind of a network: BIN for residents, BIN-Z for traders."""

    BIN = "BIN"
    BIN_Z = "BIN-Z"


class ApproverRole(ClosedEnum):
    """The local authorities, korpschef and burgemeester, which must both approve a network."""

    KORPSCHEF = "korpschef"
    BURGEMEESTER = "burgemeester"


class RecognitionStatus(StrEnum):
    """Status of the recognition by FOD Binnenlandse Zaken."""

    ACTIVE = "ACTIEF"
    SUSPENDED = "GESCHORST"
    EXPIRED = "VERLOPEN"


class CoordinatorRole(StrEnum):
    """The role of a coordinator; a network has exactly one main coordinator and any number of co-coordinators."""

    COORDINATOR = "coordinator"
    CO_COORDINATOR = "co-coordinator"


class Approval(EventPart):
    """The approval of a network by one local authority, the korpschef or the burgemeester."""

    role: ApproverRole = described("Who approved, by office.", "Wie goedkeurde, volgens ambt.")
    decided_on: date = described("Date of the decision.", "Datum van de beslissing.")
    actor: Pseudonym = described("The office holder.", "De ambtsdrager.", Privacy.PSEUDONYM)


class NetworkApproved(EventData):
    """Korpschef and burgemeester have both approved the network; it is not recognised yet."""

    PURPOSE_NL: ClassVar[str] = "Korpschef en burgemeester keurden het netwerk allebei goed; het is nog niet erkend."
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

    PURPOSE_NL: ClassVar[str] = "De FOD Binnenlandse Zaken nam het netwerk op in het register van erkende netwerken."
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

    PURPOSE_NL: ClassVar[str] = "Iemand die gescreend is, werd coördinator van een netwerk."
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

    PURPOSE_NL: ClassVar[str] = "Het netwerk ging ermee akkoord om via BE-Alert te communiceren."
    TYPE: ClassVar[str] = "be.bin.network.be-alert-joined.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    agreement_version: str = described("Version of the agreement.", "Versie van de overeenkomst.", max_length=20)
    actor: Pseudonym = described("The coordinator who agreed.", "De coördinator die akkoord ging.", Privacy.PSEUDONYM)
    joined_at: Timestamp = described("When.", "Wanneer.")


class AmendedPart(StrEnum):
    """A part of the charter that a new version has changed."""

    NAME = "name"
    AREA = "area"
    CONTACTS = "contacts"
    COMMUNICATION_PLAN = "communication_plan"
    BUDGET_PLAN = "budget_plan"


class SuspensionReason(StrEnum):
    """Why the FOD suspended a recognition."""

    NO_COORDINATOR = "no_coordinator"
    NO_EVALUATION = "no_evaluation"
    CHARTER_BREACHED = "charter_breached"
    INACTIVE = "inactive"
    OTHER = "other"


class EndReason(StrEnum):
    """Why a network ended."""

    STOPPED = "stopped"
    MERGED = "merged_into"
    WITHDRAWN = "withdrawn"


class RemovalReason(StrEnum):
    """Why somebody is no longer a coordinator."""

    RESIGNED = "resigned"
    MOVED = "moved"
    SCREENING_LAPSED = "screening_lapsed"
    HOUSE_RULES_BREACHED = "house_rules_breached"
    DECEASED = "deceased"
    APPOINTED_IN_ERROR = "appointed_in_error"


class NetworkAmended(EventData):
    """A new version of the charter is in force; fields that are absent did not change."""

    PURPOSE_NL: ClassVar[str] = "Een nieuwe versie van het charter geldt; velden die ontbreken, veranderden niet."
    TYPE: ClassVar[str] = "be.bin.network.amended.v1"
    TOPIC: ClassVar[Topic] = NETWORKS
    PLANNED: ClassVar[bool] = True

    network_id: UUID = described("The network.", "Het netwerk.")
    charter_version: int = described("Version of the charter in force.", "Versie van het geldende charter.", ge=2)
    changed: list[AmendedPart] = described("What changed.", "Wat veranderde.", min_length=1, max_length=10)
    name: str | None = described("New Dutch name.", "Nieuwe naam.", default=None, min_length=3, max_length=100)
    postcodes: list[Postcode] | None = described(
        "New postcodes of the area.", "Nieuwe postcodes van het gebied.", default=None, max_length=20
    )
    area: Area | None = described("New area.", "Nieuw gebied.", default=None)
    actor: Pseudonym = described("Who entered it.", "Wie het invoerde.", Privacy.PSEUDONYM)
    amended_at: Timestamp = described("When.", "Wanneer.")


class NetworkSuspended(EventData):
    """The FOD suspended the recognition: the network may not use BE-Alert and gets no support.

    A suspension with an end is over on the day after it, without a further event; one without an end lasts until
    NetworkReinstated.
    """

    PURPOSE_NL: ClassVar[str] = "De FOD schorste de erkenning: het netwerk gebruikt geen BE-Alert en krijgt geen steun."
    TYPE: ClassVar[str] = "be.bin.network.suspended.v1"
    TOPIC: ClassVar[Topic] = NETWORKS
    PLANNED: ClassVar[bool] = True

    network_id: UUID = described("The network.", "Het netwerk.")
    reason: SuspensionReason = described("Why.", "Waarom.")
    start: date = described("First day of the suspension.", "Eerste dag van de schorsing.")
    end: date | None = described("Last day, when there is one.", "Laatste dag, indien bepaald.", default=None)
    reference: str = described("Reference of the FOD.", "Kenmerk van de FOD.", min_length=1, max_length=60)
    actor: Pseudonym = described("Who entered it.", "Wie het invoerde.", Privacy.PSEUDONYM)
    suspended_at: Timestamp = described("When it was entered.", "Wanneer het werd ingevoerd.")


class NetworkReinstated(EventData):
    """The suspension was lifted; the recognition is active again."""

    PURPOSE_NL: ClassVar[str] = "De schorsing is opgeheven; de erkenning geldt opnieuw."
    TYPE: ClassVar[str] = "be.bin.network.reinstated.v1"
    TOPIC: ClassVar[Topic] = NETWORKS
    PLANNED: ClassVar[bool] = True

    network_id: UUID = described("The network.", "Het netwerk.")
    start: date = described("First day it is active again.", "Eerste dag van de heropname.")
    reference: str | None = described(
        "Reference of the FOD, when there is one.", "Kenmerk van de FOD, indien er een is.", default=None, max_length=60
    )
    actor: Pseudonym = described("Who entered it.", "Wie het invoerde.", Privacy.PSEUDONYM)
    reinstated_at: Timestamp = described("When it was entered.", "Wanneer het werd ingevoerd.")


class NetworkEnded(EventData):
    """The network ended; no event about it follows."""

    PURPOSE_NL: ClassVar[str] = "Het netwerk bestaat niet meer; er volgt niets meer."
    TYPE: ClassVar[str] = "be.bin.network.ended.v1"
    TOPIC: ClassVar[Topic] = NETWORKS
    PLANNED: ClassVar[bool] = True
    THERE_WHEN: ClassVar[Mapping[str, tuple[str, str]]] = {"merged_into": ("reason", "merged_into")}

    network_id: UUID = described("The network.", "Het netwerk.")
    reason: EndReason = described("Why.", "Waarom.")
    merged_into: UUID | None = described(
        "The network it merged into, with that reason only.",
        "Het netwerk waarin het opging, enkel bij die reden.",
        default=None,
    )
    actor: Pseudonym = described("Who entered it.", "Wie het invoerde.", Privacy.PSEUDONYM)
    ended_at: Timestamp = described("When.", "Wanneer.")


class CoordinatorRemoved(EventData):
    """Somebody is no longer a coordinator; the FOD is informed, and an appeal may be open."""

    PURPOSE_NL: ClassVar[str] = "Iemand is geen coördinator meer; de FOD weet het en er kan beroep lopen."
    TYPE: ClassVar[str] = "be.bin.network.coordinator-removed.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    coordinator: Pseudonym = described("The coordinator.", "De coördinator.", Privacy.PSEUDONYM)
    reason: RemovalReason = described("Why.", "Waarom.")
    appeal_until: date | None = described(
        "Last day to appeal, when not of one's own will.",
        "Laatste dag voor beroep, indien niet vrijwillig.",
        default=None,
    )
    actor: Pseudonym = described("Who removed.", "Wie ontsloeg.", Privacy.PSEUDONYM)
    removed_at: Timestamp = described("When.", "Wanneer.")
