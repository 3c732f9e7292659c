"""Defines the events of `bin.alerts` about feedback: the police tell the members how a hot alert ended."""

from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.events.alert import AlertEvent, CapIdentifier
from buurtsein_contracts.model import Privacy, Pseudonym, Timestamp, described


class FeedbackDue(AlertEvent):
    """A hot alert was sent, and the police must give the members feedback before a deadline."""

    PURPOSE_NL: ClassVar[str] = "Een warm bericht is verstuurd: de politie moet de leden op tijd terugkoppeling geven."
    TYPE: ClassVar[str] = "be.bin.alert.feedback-due.v1"

    network_ids: list[UUID] = described("Networks it is owed to.", "Netwerken waaraan.", min_length=1, max_length=50)
    due_at: Timestamp = described("Before when.", "Voor wanneer.")
    opened_at: Timestamp = described("When the debt began.", "Wanneer de termijn begon.")


class FeedbackGiven(AlertEvent):
    """The police gave the members feedback about a hot alert."""

    PURPOSE_NL: ClassVar[str] = "De politie gaf de leden terugkoppeling over een warm bericht."
    TYPE: ClassVar[str] = "be.bin.alert.feedback-given.v1"

    cap_identifier: CapIdentifier | None = described(
        "Identifier of the message, when it went through BE-Alert.",
        "Kenmerk van het bericht, indien via BE-Alert.",
        default=None,
    )
    on_time: bool = described("Whether it came before it was due.", "Of het op tijd kwam.")
    report_ids: list[UUID] | None = described(
        "Reports behind the alert, whose reporters can be told; the oldest thousand.",
        "Meldingen achter de waarschuwing, waarvan de melders iets kunnen horen; de oudste duizend.",
        default=None,
        max_length=1000,
    )
    actor: Pseudonym = described("Who gave it.", "Wie ze gaf.", Privacy.PSEUDONYM)
    given_at: Timestamp = described("When.", "Wanneer.")
