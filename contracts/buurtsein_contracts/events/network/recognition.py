"""Defines the events of the recognition of a network by the FOD (the ministry of the interior)."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.events.network.kinds import RecognitionStatus, SuspensionReason
from buurtsein_contracts.model import EventData, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import NETWORKS, Topic


class NetworkSentToFod(EventData):
    """The approved charter was sent to FOD Binnenlandse Zaken, the federal ministry."""

    PURPOSE_NL: ClassVar[str] = "Het goedgekeurde charter is naar de FOD Binnenlandse Zaken gestuurd."
    TYPE: ClassVar[str] = "be.bin.network.sent-to-fod.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    charter_version: int = described("Version sent.", "Verstuurde versie.", ge=1)
    actor: Pseudonym = described("Who sent it.", "Wie het verstuurde.", Privacy.PSEUDONYM)
    sent_at: Timestamp = described("When.", "Wanneer.")


class NetworkReturned(EventData):
    """FOD Binnenlandse Zaken, the federal ministry, returned the charter; a new one must be approved locally again."""

    PURPOSE_NL: ClassVar[str] = "De FOD Binnenlandse Zaken stuurde het charter terug."
    TYPE: ClassVar[str] = "be.bin.network.returned.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    charter_version: int = described("Version returned.", "Teruggestuurde versie.", ge=1)
    actor: Pseudonym = described("Who entered the answer.", "Wie het antwoord invoerde.", Privacy.PSEUDONYM)
    returned_at: Timestamp = described("When it was entered.", "Wanneer het werd ingevoerd.")


class NetworkRecognised(EventData):
    """FOD Binnenlandse Zaken, the federal ministry, recognised the network in its register, or renewed that."""

    PURPOSE_NL: ClassVar[str] = "De FOD Binnenlandse Zaken nam het netwerk op in het register van erkende netwerken."
    TYPE: ClassVar[str] = "be.bin.network.recognised.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    status: RecognitionStatus = described("Status of the recognition.", "Status van de erkenning.")
    start: date = described("First day of the recognition.", "Eerste dag van de erkenning.")
    end: date | None = described("Last day, when there is one.", "Laatste dag, indien bepaald.", default=None)
    renewal_on: date | None = described(
        "Day from which a renewal must be asked, when there is one.",
        "Dag vanaf wanneer een hernieuwing nodig is, indien bepaald.",
        default=None,
    )
    reference: str = described("Reference of the FOD (ministry).", "Kenmerk van de FOD.", min_length=1, max_length=60)
    actor: Pseudonym = described("Who entered the answer.", "Wie het antwoord invoerde.", Privacy.PSEUDONYM)
    recognised_at: Timestamp = described("When it was entered.", "Wanneer het werd ingevoerd.")


class NetworkSuspended(EventData):
    """FOD Binnenlandse Zaken, the federal ministry, suspended the recognition: no BE-Alert, no support.

    A suspension with an end is over on the day after it, without a further event; one without an end lasts until
    NetworkReinstated.
    """

    PURPOSE_NL: ClassVar[str] = (
        "De FOD Binnenlandse Zaken schorste de erkenning: het netwerk gebruikt geen BE-Alert en krijgt geen steun."
    )
    TYPE: ClassVar[str] = "be.bin.network.suspended.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    reason: SuspensionReason = described("Why.", "Waarom.")
    start: date = described("First day of the suspension.", "Eerste dag van de schorsing.")
    end: date | None = described("Last day, when there is one.", "Laatste dag, indien bepaald.", default=None)
    reference: str = described("Reference of the FOD (ministry).", "Kenmerk van de FOD.", min_length=1, max_length=60)
    actor: Pseudonym = described("Who entered it.", "Wie het invoerde.", Privacy.PSEUDONYM)
    suspended_at: Timestamp = described("When it was entered.", "Wanneer het werd ingevoerd.")


class NetworkReinstated(EventData):
    """FOD Binnenlandse Zaken, the federal ministry, lifted the suspension; the recognition is active again."""

    PURPOSE_NL: ClassVar[str] = "De schorsing is opgeheven; de erkenning geldt opnieuw."
    TYPE: ClassVar[str] = "be.bin.network.reinstated.v1"
    TOPIC: ClassVar[Topic] = NETWORKS

    network_id: UUID = described("The network.", "Het netwerk.")
    start: date = described("First day it is active again.", "Eerste dag van de heropname.")
    reference: str | None = described(
        "Reference of the FOD (ministry), when there is one.",
        "Kenmerk van de FOD, indien er een is.",
        default=None,
        max_length=60,
    )
    actor: Pseudonym = described("Who entered it.", "Wie het invoerde.", Privacy.PSEUDONYM)
    reinstated_at: Timestamp = described("When it was entered.", "Wanneer het werd ingevoerd.")
