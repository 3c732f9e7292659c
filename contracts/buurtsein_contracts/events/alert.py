"""`bin.alerts`: from a rule's proposal, through the police's release, to what BE-Alert made of it."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_contracts.model import EventData, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import ALERTS, Topic

CapIdentifier = Annotated[str, Field(max_length=200)]


class AlertKind(StrEnum):
    """Hot: urgent, by SMS or voice. Cold: by e-mail."""

    HOT = "HOT"
    COLD = "COLD"


class Release(StrEnum):
    """Who must release a proposed alert; a police zone writes it down per rule."""

    AUTOMATIC = "automatic"
    OFFICER = "officer"
    TWO_OFFICERS = "two_officers"


class RefusalReason(StrEnum):
    """Why police did not release an alert."""

    NOT_RELEVANT = "not_relevant"
    ALREADY_SOLVED = "already_solved"
    INVESTIGATION = "secrecy_of_investigation"
    UNCERTAIN = "uncertain"
    DUPLICATE = "duplicate"


class CapStatus(StrEnum):
    """CAP 1.2 status values that may leave the system."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    TEST = "Test"


class FailureReason(StrEnum):
    """Why an alert was not delivered."""

    REFUSED = "refused_by_peer"
    EXPIRED = "expired"
    UNKNOWN = "unknown_outcome"


class AlertProposed(EventData):
    """A rule found events worth an alert; police have not decided yet."""

    PURPOSE_NL: ClassVar[str] = "Een regel vond genoeg meldingen voor een waarschuwing; de politie besliste nog niet."
    TYPE: ClassVar[str] = "be.bin.alert.proposed.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    kind: AlertKind = described("Hot or cold.", "Warm of koud bericht.")
    category: Category = described("Category.", "Categorie.")
    severity: Severity = described("Severity.", "Ernst.")
    rule: str = described("Rule and its version.", "Regel en versie.", max_length=80)
    why: str = described("Why the rule fired, in Dutch.", "Waarom de regel afging.", max_length=500)
    release: Release = described("Who must release it.", "Wie moet vrijgeven.")
    report_ids: list[UUID] = described("Reports behind it.", "Meldingen erachter.", min_length=1, max_length=200)
    network_ids: list[UUID] = described("Networks it is for.", "Netwerken waarvoor.", min_length=1, max_length=50)
    expires_at: Timestamp = described("After this it is not sent.", "Nadien wordt niet meer verzonden.")
    proposed_at: Timestamp = described("When.", "Wanneer.")


class AlertReleased(EventData):
    """Police released the alert, or its rule allows automatic release; it is queued for BE-Alert."""

    PURPOSE_NL: ClassVar[str] = "De politie of een automatische regel gaf de waarschuwing vrij; ze wacht op BE-Alert."
    TYPE: ClassVar[str] = "be.bin.alert.released.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    cap_identifier: str = described("Identifier of the CAP message.", "Kenmerk van het CAP-bericht.", max_length=200)
    status: CapStatus = described("CAP status it leaves with.", "CAP-status bij vertrek.")
    actors: list[Pseudonym] = described(
        "Who released it; empty when automatic.",
        "Wie vrijgaf; leeg indien automatisch.",
        Privacy.PSEUDONYM,
        max_length=2,
    )
    released_at: Timestamp = described("When.", "Wanneer.")


class AlertRefused(EventData):
    """Police decided not to send the alert."""

    PURPOSE_NL: ClassVar[str] = "De politie besliste om de waarschuwing niet te versturen."
    TYPE: ClassVar[str] = "be.bin.alert.refused.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    reason: RefusalReason = described("Why.", "Waarom.")
    actor: Pseudonym = described("Who refused it.", "Wie weigerde.", Privacy.PSEUDONYM)
    refused_at: Timestamp = described("When.", "Wanneer.")


class AlertSent(EventData):
    """BE-Alert took the alert."""

    PURPOSE_NL: ClassVar[str] = "BE-Alert nam de waarschuwing aan."
    TYPE: ClassVar[str] = "be.bin.alert.sent.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    cap_identifier: str = described("Identifier of the CAP message.", "Kenmerk van het CAP-bericht.", max_length=200)
    adapter: str = described("Adapter that delivered it.", "Adapter die afleverde.", max_length=100)
    external_reference: str | None = described(
        "The peer's reference.", "Kenmerk van de ontvanger.", default=None, max_length=200
    )
    attempts: int = described("Attempts it took.", "Aantal pogingen.", ge=1)
    sent_at: Timestamp = described("When.", "Wanneer.")


class AlertFailed(EventData):
    """The alert was not delivered and will not be tried again by itself."""

    PURPOSE_NL: ClassVar[str] = "De waarschuwing werd niet afgeleverd en wordt niet vanzelf opnieuw geprobeerd."
    TYPE: ClassVar[str] = "be.bin.alert.failed.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    cap_identifier: str = described("Identifier of the CAP message.", "Kenmerk van het CAP-bericht.", max_length=200)
    adapter: str = described("Adapter that tried.", "Adapter die probeerde.", max_length=100)
    reason: FailureReason = described("Why.", "Waarom.")
    attempts: int = described("Attempts made.", "Aantal pogingen.", ge=0)
    failed_at: Timestamp = described("When.", "Wanneer.")


class CancelReason(StrEnum):
    """Why a sent alert was called off."""

    SOLVED = "solved"
    MISTAKE = "mistake"
    REPLACED = "replaced"


class AlertUpdated(EventData):
    """A new message was sent in the place of earlier ones about the same alert."""

    PURPOSE_NL: ClassVar[str] = "Een nieuw bericht verving eerdere berichten over dezelfde waarschuwing."
    TYPE: ClassVar[str] = "be.bin.alert.updated.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    cap_identifier: CapIdentifier = described("Identifier of the new message.", "Kenmerk van het nieuwe bericht.")
    references: list[CapIdentifier] = described(
        "Messages it replaces.", "Berichten die het vervangt.", min_length=1, max_length=20
    )
    actors: list[Pseudonym] = described("Who released it.", "Wie vrijgaf.", Privacy.PSEUDONYM, max_length=2)
    updated_at: Timestamp = described("When.", "Wanneer.")


class AlertCancelled(EventData):
    """A sent alert was called off, and members were told."""

    PURPOSE_NL: ClassVar[str] = "Een verstuurde waarschuwing werd ingetrokken en de leden weten het."
    TYPE: ClassVar[str] = "be.bin.alert.cancelled.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    cap_identifier: CapIdentifier = described("Identifier of the cancelling message.", "Kenmerk van de annulatie.")
    references: list[CapIdentifier] = described(
        "Messages it calls off.", "Berichten die het annuleert.", min_length=1, max_length=20
    )
    reason: CancelReason = described("Why.", "Waarom.")
    actors: list[Pseudonym] = described("Who released it.", "Wie vrijgaf.", Privacy.PSEUDONYM, max_length=2)
    cancelled_at: Timestamp = described("When.", "Wanneer.")


class FeedbackDue(EventData):
    """A hot alert was sent: the police owe the members feedback, by a moment."""

    PURPOSE_NL: ClassVar[str] = "Een warm bericht is verstuurd: de politie moet de leden op tijd terugkoppeling geven."
    TYPE: ClassVar[str] = "be.bin.alert.feedback-due.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    network_ids: list[UUID] = described("Networks it is owed to.", "Netwerken waaraan.", min_length=1, max_length=50)
    due_at: Timestamp = described("Before when.", "Voor wanneer.")
    opened_at: Timestamp = described("When the debt began.", "Wanneer de termijn begon.")


class FeedbackGiven(EventData):
    """The police gave the members feedback about a hot alert."""

    PURPOSE_NL: ClassVar[str] = "De politie gaf de leden terugkoppeling over een warm bericht."
    TYPE: ClassVar[str] = "be.bin.alert.feedback-given.v1"
    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    cap_identifier: CapIdentifier | None = described(
        "Identifier of the message, when it went through BE-Alert.",
        "Kenmerk van het bericht, indien via BE-Alert.",
        default=None,
    )
    on_time: bool = described("Whether it came before it was due.", "Of het op tijd kwam.")
    actor: Pseudonym = described("Who gave it.", "Wie ze gaf.", Privacy.PSEUDONYM)
    given_at: Timestamp = described("When.", "Wanneer.")
