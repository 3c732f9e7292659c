"""Defines `bin.alerts`: an alert that a rule proposes, the decision of the police, and the delivery to BE-Alert."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_contracts.events.message_cost import MessageCost
from buurtsein_contracts.model import EventData, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import ALERTS, Topic

CapIdentifier = Annotated[str, Field(max_length=200)]


class AlertKind(StrEnum):
    """Whether an alert is urgent and goes by SMS or voice (hot), or goes by e-mail (cold)."""

    HOT = "HOT"
    COLD = "COLD"


class Release(StrEnum):
    """Who must release a proposed alert before it is sent; a police zone decides this for each alert rule."""

    AUTOMATIC = "automatic"
    OFFICER = "officer"
    TWO_OFFICERS = "two_officers"


class RefusalReason(StrEnum):
    """Why the police did not release an alert."""

    NOT_RELEVANT = "not_relevant"
    ALREADY_SOLVED = "already_solved"
    INVESTIGATION = "secrecy_of_investigation"
    UNCERTAIN = "uncertain"
    DUPLICATE = "duplicate"


class CapStatus(StrEnum):
    """The CAP 1.2 status values with which a message may be sent."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    TEST = "Test"


class FailureReason(StrEnum):
    """Why an alert was not delivered; `unknown_outcome` means that nobody knows yet whether the alert was delivered."""

    REFUSED = "refused_by_peer"
    EXPIRED = "expired"
    UNKNOWN = "unknown_outcome"
    NOT_ARRIVED = "not_arrived"
    """The outcome was unknown, and then a person or BE-Alert said that the alert had never arrived."""
    POLICY = "refused_by_policy"
    BLOCKED = "blocked"
    """It was not allowed to be sent: an installation for exercises may not send a real alert, and no network may get
    it any more."""


class AlertEvent(EventData):
    """What every event about an alert contains: its id, and whether it is real or an exercise or test."""

    TOPIC: ClassVar[Topic] = ALERTS

    alert_id: UUID = described("The alert.", "De waarschuwing.")
    status: CapStatus = described(
        "CAP status: Actual, or only an exercise or a test.",
        "CAP-status: echt (Actual), of alleen een oefening of test.",
    )


class AlertProposed(AlertEvent):
    """A rule or a person proposes an alert, or a proposed alert was changed; the police have not decided on it yet."""

    PURPOSE_NL: ClassVar[str] = (
        "Een regel of een persoon stelt een waarschuwing voor, of een voorgestelde waarschuwing is gewijzigd; de "
        "politie besliste nog niet."
    )
    TYPE: ClassVar[str] = "be.bin.alert.proposed.v1"

    kind: AlertKind = described("Hot or cold.", "Warm of koud bericht.")
    category: Category = described("Category.", "Categorie.")
    severity: Severity = described("Severity.", "Ernst.")
    rule: str = described(
        "Rule and its version; `police/1` or `coordinator/1` when a person wrote it.",
        "Regel en versie; `police/1` of `coordinator/1` als iemand ze schreef.",
        max_length=80,
    )
    follows: UUID | None = described(
        "The alert to which this one is an update, all-clear or feedback.",
        "De waarschuwing waarop deze nieuws, einde van het gevaar of terugkoppeling is.",
        default=None,
    )
    why: str = described("Why it is proposed, in Dutch.", "Waarom ze voorgesteld wordt.", max_length=500)
    release: Release = described("Who must release it.", "Wie moet vrijgeven.")
    report_ids: list[UUID] = described(
        "Reports behind it; empty when a person wrote it from a call.",
        "Meldingen erachter; leeg als iemand ze schreef na een oproep.",
        max_length=200,
    )
    network_ids: list[UUID] = described("Networks it is for.", "Netwerken waarvoor.", min_length=1, max_length=50)
    expires_at: Timestamp = described(
        "Until when somebody may decide; after this, AlertExpired.",
        "Tot wanneer iemand kan beslissen; dan AlertExpired.",
    )
    proposed_at: Timestamp = described("When.", "Wanneer.")


class AlertReleased(AlertEvent):
    """The police released the alert, or its rule allows automatic release; the alert waits to be sent to BE-Alert."""

    PURPOSE_NL: ClassVar[str] = "De politie of een automatische regel gaf de waarschuwing vrij; ze wacht op BE-Alert."
    TYPE: ClassVar[str] = "be.bin.alert.released.v1"

    cap_identifier: str = described("Identifier of the CAP message.", "Kenmerk van het CAP-bericht.", max_length=200)
    actors: list[Pseudonym] = described(
        "Who released it; empty when automatic.",
        "Wie vrijgaf; leeg indien automatisch.",
        Privacy.PSEUDONYM,
        max_length=2,
    )
    break_glass: bool | None = described(
        "Whether one person released it in an emergency, alone; the korpschef judges this later.",
        "Of een persoon ze in nood vrijgaf zonder de nodige vrijgaves; de korpschef beoordeelt dat later.",
        default=None,
    )
    released_at: Timestamp = described("When.", "Wanneer.")


class AlertRefused(AlertEvent):
    """The police decided not to send the alert."""

    PURPOSE_NL: ClassVar[str] = "De politie besliste om de waarschuwing niet te versturen."
    TYPE: ClassVar[str] = "be.bin.alert.refused.v1"

    reason: RefusalReason = described("Why.", "Waarom.")
    actor: Pseudonym = described("Who refused it.", "Wie weigerde.", Privacy.PSEUDONYM)
    refused_at: Timestamp = described("When.", "Wanneer.")


class AlertReturned(AlertEvent):
    """The police gave a proposed alert back to be changed; AlertProposed follows when it is proposed again."""

    PURPOSE_NL: ClassVar[str] = (
        "De politie gaf een voorgestelde waarschuwing terug om ze aan te passen; AlertProposed volgt als ze opnieuw "
        "voorgesteld wordt."
    )
    TYPE: ClassVar[str] = "be.bin.alert.returned.v1"

    actor: Pseudonym = described("Who gave it back.", "Wie ze teruggaf.", Privacy.PSEUDONYM)
    returned_at: Timestamp = described("When.", "Wanneer.")


class AlertExpired(AlertEvent):
    """Nobody decided on a proposed alert in time; it is not sent."""

    PURPOSE_NL: ClassVar[str] = "Niemand besliste op tijd over de voorgestelde waarschuwing; ze wordt niet verstuurd."
    TYPE: ClassVar[str] = "be.bin.alert.expired.v1"

    expired_at: Timestamp = described("When the time to decide was over.", "Wanneer de tijd om te beslissen om was.")


class AlertSent(AlertEvent):
    """BE-Alert accepted the alert.

    It can follow an AlertFailed with `unknown_outcome`, when a person or BE-Alert said that the alert had arrived.
    """

    PURPOSE_NL: ClassVar[str] = (
        "BE-Alert nam de waarschuwing aan; dat kan ook na een AlertFailed met unknown_outcome blijken."
    )
    TYPE: ClassVar[str] = "be.bin.alert.sent.v1"

    cap_identifier: str = described("Identifier of the CAP message.", "Kenmerk van het CAP-bericht.", max_length=200)
    adapter: str = described("Adapter that delivered it.", "Adapter die afleverde.", max_length=100)
    external_reference: str | None = described(
        "The peer's reference.", "Kenmerk van de ontvanger.", default=None, max_length=200
    )
    attempts: int = described("Attempts it took.", "Aantal pogingen.", ge=1)
    not_reached: list[UUID] | None = described(
        "Networks that do not have it.", "Netwerken die het niet hebben.", default=None, max_length=50
    )
    costs: list[MessageCost] | None = described(
        "What it cost for each network; absent when that is not known.",
        "Wat het per netwerk kostte; afwezig als dat niet bekend is.",
        default=None,
        max_length=50,
    )
    sent_at: Timestamp = described("When.", "Wanneer.")


class AlertFailed(AlertEvent):
    """The alert was not delivered and is not tried again, or (`unknown_outcome`) nobody knows whether it was delivered.

    After `unknown_outcome` a person finds out; then AlertSent follows, or AlertFailed with `not_arrived`.
    """

    PURPOSE_NL: ClassVar[str] = (
        "De waarschuwing wordt niet vanzelf opnieuw geprobeerd: ze is niet afgeleverd, of (bij unknown_outcome) weet "
        "nog niemand of ze aankwam. Na unknown_outcome zoekt iemand het uit: dan volgt AlertSent, of AlertFailed met "
        "not_arrived."
    )
    TYPE: ClassVar[str] = "be.bin.alert.failed.v1"

    cap_identifier: str = described("Identifier of the CAP message.", "Kenmerk van het CAP-bericht.", max_length=200)
    adapter: str = described("Adapter that tried.", "Adapter die probeerde.", max_length=100)
    reason: FailureReason = described("Why.", "Waarom.")
    attempts: int = described("Attempts made.", "Aantal pogingen.", ge=0)
    failed_at: Timestamp = described("When.", "Wanneer.")


class CancelReason(StrEnum):
    """Why a released alert was cancelled."""

    SOLVED = "solved"
    MISTAKE = "mistake"
    REPLACED = "replaced"


class Purpose(StrEnum):
    """What a message about an alert is for."""

    ALERT = "alert"
    UPDATE = "update"
    ALL_CLEAR = "all_clear"
    FEEDBACK = "feedback"


class AlertUpdated(AlertEvent):
    """A new message was sent that follows earlier messages about the same alert."""

    PURPOSE_NL: ClassVar[str] = "Een nieuw bericht volgde op eerdere berichten over dezelfde waarschuwing."
    TYPE: ClassVar[str] = "be.bin.alert.updated.v1"

    purpose: Purpose | None = described(
        "What it is for: an update, an all-clear or feedback.",
        "Waarvoor het dient: nieuws, einde van het gevaar of terugkoppeling.",
        default=None,
    )
    follow_up_id: UUID | None = described(
        "The alert that the new message is.", "De waarschuwing die het nieuwe bericht is.", default=None
    )
    cap_identifier: CapIdentifier = described("Identifier of the new message.", "Kenmerk van het nieuwe bericht.")
    references: list[CapIdentifier] = described(
        "Messages it replaces.", "Berichten die het vervangt.", min_length=1, max_length=20
    )
    actors: list[Pseudonym] = described("Who released it.", "Wie vrijgaf.", Privacy.PSEUDONYM, max_length=2)
    updated_at: Timestamp = described("When.", "Wanneer.")


class AlertCancelled(AlertEvent):
    """A released alert was cancelled: before it was sent, or with a message to the people who had received it."""

    PURPOSE_NL: ClassVar[str] = (
        "Een vrijgegeven waarschuwing is ingetrokken: voor ze verstuurd was, of met een bericht aan wie ze kreeg."
    )
    TYPE: ClassVar[str] = "be.bin.alert.cancelled.v1"

    cap_identifier: CapIdentifier | None = described(
        "Identifier of the cancelling message that BE-Alert took; absent when nothing had been sent.",
        "Kenmerk van het intrekkingsbericht dat BE-Alert aannam; afwezig als er nog niets verstuurd was.",
        default=None,
    )
    references: list[CapIdentifier] = described(
        "Messages it calls off.", "Berichten die het intrekt.", min_length=1, max_length=20
    )
    reason: CancelReason = described("Why.", "Waarom.")
    actors: list[Pseudonym] = described("Who called it off.", "Wie introk.", Privacy.PSEUDONYM, max_length=2)
    cancelled_at: Timestamp = described("When.", "Wanneer.")
