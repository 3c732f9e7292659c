"""Defines the events after a network's recognition: amendment, coordinators, BE-Alert, and the end."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.events.geography import Area, Postcode
from buurtsein_contracts.events.network.kinds import AmendedPart, CoordinatorRole, EndReason, RemovalReason
from buurtsein_contracts.model import EventData, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import NETWORKS, Topic


class NetworkAmended(EventData):
    """A new version of the charter is in force; fields that are absent did not change."""

    PURPOSE_NL: ClassVar[str] = "Een nieuwe versie van het charter geldt; velden die ontbreken, veranderden niet."
    TYPE: ClassVar[str] = "be.bin.network.amended.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

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


class CoordinatorRemoved(EventData):
    """Somebody is no longer a coordinator; an appeal may be open.

    FOD Binnenlandse Zaken, the federal ministry, is informed.
    """

    PURPOSE_NL: ClassVar[str] = (
        "Iemand is geen coördinator meer; de FOD Binnenlandse Zaken krijgt bericht en er kan beroep lopen."
    )
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


class OfficerMandated(EventData):
    """A police officer guides the network and judges its messages; a network without one sends no hot messages."""

    PURPOSE_NL: ClassVar[str] = (
        "Een politieambtenaar begeleidt het netwerk en beoordeelt de berichten; zonder kan het geen dringende sturen."
    )
    TYPE: ClassVar[str] = "be.bin.network.officer-mandated.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    officer: Pseudonym = described("The mandated officer.", "De gemandateerde politieambtenaar.", Privacy.PSEUDONYM)
    actor: Pseudonym = described("The korpschef who appointed.", "De korpschef die aanstelde.", Privacy.PSEUDONYM)
    mandated_at: Timestamp = described("When.", "Wanneer.")


class OfficerReleased(EventData):
    """A police officer is no longer mandated for the network; others may still be."""

    PURPOSE_NL: ClassVar[str] = "Een politieambtenaar is niet meer gemandateerd voor het netwerk; anderen soms nog wel."
    TYPE: ClassVar[str] = "be.bin.network.officer-released.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    officer: Pseudonym = described("The officer.", "De politieambtenaar.", Privacy.PSEUDONYM)
    actor: Pseudonym = described("The korpschef who released.", "De korpschef die ontsloeg.", Privacy.PSEUDONYM)
    released_at: Timestamp = described("When.", "Wanneer.")


class BeAlertJoined(EventData):
    """The network agreed to communicate through BE-Alert."""

    PURPOSE_NL: ClassVar[str] = "Het netwerk ging ermee akkoord om via BE-Alert te communiceren."
    TYPE: ClassVar[str] = "be.bin.network.be-alert-joined.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    agreement_version: str = described("Version of the agreement.", "Versie van de overeenkomst.", max_length=20)
    actor: Pseudonym = described("The coordinator who agreed.", "De coördinator die akkoord ging.", Privacy.PSEUDONYM)
    joined_at: Timestamp = described("When.", "Wanneer.")


class NetworkEnded(EventData):
    """The network ended; no event about it follows."""

    PURPOSE_NL: ClassVar[str] = "Het netwerk bestaat niet meer; er volgt niets meer."
    TYPE: ClassVar[str] = "be.bin.network.ended.v1"
    TOPIC: ClassVar[Topic] = NETWORKS
    THERE_WHEN: ClassVar[Mapping[str, tuple[str, str]]] = {"merged_into": ("reason", "merged_into")}

    network_id: UUID = described("The network.", "Het netwerk.")
    reason: EndReason = described("Why.", "Waarom.")
    merged_into: UUID | None = described(
        "The network it merged into, with that reason only.",
        "Het netwerk waarin het opging, enkel bij die reden.",
        default=None,
    )
    actor: Pseudonym | None = described(
        "Who entered it; absent when an abandoned application lapsed.",
        "Wie het invoerde; ontbreekt als een opgegeven aanvraag verviel.",
        Privacy.PSEUDONYM,
        default=None,
    )
    ended_at: Timestamp = described("When.", "Wanneer.")
