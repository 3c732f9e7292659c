"""Defines `bin.funding`: support for communication costs, requested under four conditions and decided with reasons."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from buurtsein_contracts.model import (
    ClosedEnum,
    EventData,
    EventPart,
    Privacy,
    Pseudonym,
    Timestamp,
    described,
)
from buurtsein_contracts.topics import FUNDING, Topic

Code = Annotated[str, Field(max_length=60)]


class ConditionCode(StrEnum):
    """The four conditions of the city of Aalst for support of a network's communication costs."""

    APPROVED = "approved_by_korpschef_and_burgemeester"
    RECOGNISED = "recognised_by_fod"
    REQUESTED_BY_COORDINATOR = "requested_by_coordinator_on_form"
    BE_ALERT = "accepts_be_alert"


class FundingDecision(ClosedEnum):
    """Whether a request was granted or rejected."""

    GRANTED = "GRANTED"
    REJECTED = "REJECTED"


class Condition(EventPart):
    """The outcome of one of the four conditions for support: whether it is met, and why."""

    code: ConditionCode = described("Which condition.", "Welke voorwaarde.")
    met: bool = described("Whether it is met.", "Of ze vervuld is.")
    why: str = described("The reason, in Dutch.", "De reden.", min_length=1, max_length=300)
    evidence: UUID | None = described("Id of the event that proves it.", "Id van het bewijzende event.", default=None)


class FundingRequested(EventData):
    """A request for support was submitted, with each condition as it was at that moment."""

    PURPOSE_NL: ClassVar[str] = "Steun werd aangevraagd, met de stand van de voorwaarden op dat moment."
    TYPE: ClassVar[str] = "be.bin.funding.requested.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    year: int = described("Calendar year.", "Kalenderjaar.", ge=2000, le=2100)
    scheme: str = described("Scheme, with its version.", "Reglement, met versie.", max_length=60)
    form_version: str = described("Version of the form used.", "Versie van het formulier.", max_length=20)
    requested_cents: int = described("Amount in euro cents.", "Bedrag in eurocent.", ge=1)
    payable_cents: int | None = described(
        "What the scheme pays of it at most, euro cents.",
        "Wat het reglement er hoogstens van betaalt, eurocent.",
        default=None,
        ge=0,
    )
    cost_kinds: list[Code] = described("Kinds of cost.", "Kostensoorten.", min_length=1, max_length=20)
    conditions: list[Condition] = described("The four conditions.", "De vier voorwaarden.", min_length=4, max_length=4)
    actor: Pseudonym = described("Who requested.", "Wie aanvroeg.", Privacy.PSEUDONYM)
    requested_at: Timestamp = described("When.", "Wanneer.")


class FundingIncomplete(EventData):
    """Finance asked the coordinator to add something to the request; nothing is reserved for it meanwhile."""

    PURPOSE_NL: ClassVar[str] = "De stad vroeg de coördinator om de aanvraag aan te vullen."
    TYPE: ClassVar[str] = "be.bin.funding.incomplete.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    missing: list[Code] = described(
        "What is missing, in codes.", "Wat ontbreekt, in codes.", min_length=1, max_length=10
    )
    until: date = described("Last day to add it.", "Laatste dag om het aan te vullen.")
    actor: Pseudonym = described("Who asked.", "Wie het vroeg.", Privacy.PSEUDONYM)
    asked_at: Timestamp = described("When.", "Wanneer.")


class FundingCompleted(EventData):
    """The coordinator submitted the request again, with what finance had asked for."""

    PURPOSE_NL: ClassVar[str] = "De coördinator diende de aanvraag opnieuw in, met wat de stad vroeg."
    TYPE: ClassVar[str] = "be.bin.funding.completed.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    requested_cents: int = described("Amount in euro cents.", "Bedrag in eurocent.", ge=1)
    payable_cents: int | None = described(
        "What the scheme pays of it at most, euro cents.",
        "Wat het reglement er hoogstens van betaalt, eurocent.",
        default=None,
        ge=0,
    )
    cost_kinds: list[Code] = described("Kinds of cost.", "Kostensoorten.", min_length=1, max_length=20)
    conditions: list[Condition] = described("The four conditions.", "De vier voorwaarden.", min_length=4, max_length=4)
    actor: Pseudonym = described("Who submitted it.", "Wie indiende.", Privacy.PSEUDONYM)
    completed_at: Timestamp = described("When.", "Wanneer.")


class FundingReviewed(EventData):
    """Finance prepared a decision on the request; what it proposes to grant is reserved in the budget of the year."""

    PURPOSE_NL: ClassVar[str] = "De financiële dienst bereidde een beslissing voor en reserveerde het bedrag."
    TYPE: ClassVar[str] = "be.bin.funding.reviewed.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    THERE_WHEN: ClassVar[Mapping[str, tuple[str, str]]] = {"reserved_cents": ("proposal", "GRANTED")}
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    year: int = described("Calendar year.", "Kalenderjaar.", ge=2000, le=2100)
    scheme: str = described("Scheme, with its version.", "Reglement, met versie.", max_length=60)
    proposal: FundingDecision = described("What finance proposes.", "Wat de financiële dienst voorstelt.")
    reserved_cents: int | None = described(
        "Amount reserved, euro cents.", "Gereserveerd bedrag, eurocent.", default=None, ge=1
    )
    actor: Pseudonym = described("Who prepared it.", "Wie het voorbereidde.", Privacy.PSEUDONYM)
    reviewed_at: Timestamp = described("When.", "Wanneer.")


class FundingDecided(EventData):
    """A request was granted or rejected, with each condition as it was at the decision."""

    PURPOSE_NL: ClassVar[str] = "Een aanvraag werd toegekend of geweigerd, met de stand van de voorwaarden toen."
    TYPE: ClassVar[str] = "be.bin.funding.decided.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    THERE_WHEN: ClassVar[Mapping[str, tuple[str, str]]] = {"granted_cents": ("decision", "GRANTED")}
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    year: int = described("Calendar year.", "Kalenderjaar.", ge=2000, le=2100)
    scheme: str = described("Scheme, with its version.", "Reglement, met versie.", max_length=60)
    decision: FundingDecision = described("Granted or rejected.", "Toegekend of geweigerd.")
    granted_cents: int | None = described("Amount granted, euro cents.", "Toegekend, eurocent.", default=None, ge=1)
    reasons: list[Code] = described("Codes of the reasons.", "Codes van de redenen.", max_length=10)
    conditions: list[Condition] = described("The four conditions.", "De vier voorwaarden.", min_length=4, max_length=4)
    college_decided_on: date | None = described(
        "Day on which the college of mayor and aldermen decided.",
        "Dag waarop het college van burgemeester en schepenen besliste.",
        default=None,
    )
    college_reference: str | None = described(
        "Reference of the college's decision.",
        "Kenmerk van de beslissing van het college.",
        default=None,
        max_length=60,
    )
    actor: Pseudonym = described("Who entered the decision.", "Wie de beslissing invoerde.", Privacy.PSEUDONYM)
    decided_at: Timestamp = described("When.", "Wanneer.")


class FundingPaid(EventData):
    """The granted amount was paid."""

    PURPOSE_NL: ClassVar[str] = "Wat toegekend was, is betaald."
    TYPE: ClassVar[str] = "be.bin.funding.paid.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    paid_cents: int = described("Amount paid, euro cents.", "Betaald, eurocent.", ge=1)
    paid_on: date = described("Day of the payment.", "Dag van de betaling.")
    payment_reference: str | None = described(
        "The city's reference of the payment.", "Kenmerk van de betaling bij de stad.", default=None, max_length=60
    )
    actor: Pseudonym = described("Who entered it.", "Wie het invoerde.", Privacy.PSEUDONYM)
    entered_at: Timestamp = described("When it was entered.", "Wanneer het werd ingevoerd.")


class FundingWithdrawn(EventData):
    """The coordinator withdrew the request before it was decided."""

    PURPOSE_NL: ClassVar[str] = "De coördinator trok de aanvraag in voor er beslist was."
    TYPE: ClassVar[str] = "be.bin.funding.withdrawn.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    actor: Pseudonym = described("Who withdrew it.", "Wie introk.", Privacy.PSEUDONYM)
    withdrawn_at: Timestamp = described("When.", "Wanneer.")


class FundingJustified(EventData):
    """The network proved how it spent the paid amount."""

    PURPOSE_NL: ClassVar[str] = "Het netwerk verantwoordde wat betaald was."
    TYPE: ClassVar[str] = "be.bin.funding.justified.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    justified_cents: int = described("Amount proved, euro cents.", "Verantwoord bedrag, eurocent.", ge=1)
    actor: Pseudonym = described("Who checked it.", "Wie het naging.", Privacy.PSEUDONYM)
    justified_at: Timestamp = described("When.", "Wanneer.")


class FundingReclaimed(EventData):
    """The city claimed a part of the paid amount back, or all of it."""

    PURPOSE_NL: ClassVar[str] = "De stad vorderde een deel van de betaalde steun terug, of alles."
    TYPE: ClassVar[str] = "be.bin.funding.reclaimed.v1"
    TOPIC: ClassVar[Topic] = FUNDING
    SUBJECT: ClassVar[str | None] = "application_id"

    application_id: UUID = described("The application.", "De aanvraag.")
    network_id: UUID = described("The network.", "Het netwerk.")
    reclaimed_cents: int = described("Amount claimed back, euro cents.", "Teruggevorderd bedrag, eurocent.", ge=1)
    reason: Code = described("Code of the reason.", "Code van de reden.")
    actor: Pseudonym = described("Who entered it.", "Wie het invoerde.", Privacy.PSEUDONYM)
    reclaimed_at: Timestamp = described("When.", "Wanneer.")
