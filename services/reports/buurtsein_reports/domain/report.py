"""Defines the aggregate of a report, and the checks that a submitted report must pass.

Invariant: `IncidentReported` contains neither the text of a report nor any data of the reporter. Each refusal has its
own code.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from buurtsein_contracts import uuid7
from buurtsein_contracts.events import IncidentReported
from buurtsein_contracts.events.geography import Location
from buurtsein_contracts.events.incident import Category, ReportChannel, Route, Severity
from buurtsein_contracts.events.member import Language
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_contracts.topics import CITY_INCIDENTS
from buurtsein_kernel.national_number import has_national_number
from buurtsein_kernel.problems import DomainError, conflict, forbidden, missing
from buurtsein_kernel.text import straightened
from buurtsein_reports.domain.codes import CategoryCode
from buurtsein_reports.domain.questions import Answer
from buurtsein_reports.domain.routing import Routed, RoutedFacts, RoutingTable
from buurtsein_reports.domain.states import ReportStatus

CLOCK_TOLERANCE = timedelta(minutes=5)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters without those that people confuse when they read them aloud or copy them."""


def new_reference() -> str:
    """Return a random reference `XXXX-XXXX`, which does not reveal how many reports there are."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def read_reference(typed: str) -> str:
    """Return a typed reference in its stored form; it may be typed in small letters, or with another separator."""
    letters = "".join(c for c in straightened(typed).upper() if c.isascii() and c.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


class ReportFlag(StrEnum):
    """A flag on a report that the people who handle it must notice at once."""

    EMERGENCY_SIGNS = "emergency_signs"
    """The text has signs of an emergency, and a person of the hotline has already answered the reporter."""
    PLACE_DESCRIBED = "place_described"
    """The reporter could not point at the place, and described it: its point is only that of a neighbourhood."""


class Candidate(BaseModel):
    """A recognised network that a report may belong to."""

    network_id: UUID
    code: str
    kind: NetworkKind


def network_for(networks: Iterable[Candidate], *, trader: bool) -> UUID | None:
    """Choose the network that gets a report among the networks at its place; return None when there is no network.

    Networks of residents come before those of traders, or after them in a category for traders. Among these the
    network with the lowest code is chosen.
    """
    first = NetworkKind.BIN_Z if trader else NetworkKind.BIN
    ordered = sorted(networks, key=lambda network: (network.kind != first, network.code))
    return ordered[0].network_id if ordered else None


class AcceptedReport(BaseModel):
    """The parts of an accepted report that its reporter may see."""

    report_id: UUID = Field(default_factory=uuid7)
    reference: str = Field(default_factory=new_reference)
    category: CategoryCode
    categories_edition: int = 0
    """The edition of the categories by which the report was judged last."""
    status: ReportStatus = ReportStatus.RECEIVED
    happened_from: datetime
    network_id: UUID | None = None
    flags: list[ReportFlag] = []


class ReportFacts(AcceptedReport):
    """The data of a report that its events contain: what the reporter sees, with severity, route and place."""

    counts_as: Category
    """The category of the contract that events use for the report."""
    severity: Severity
    route_to: list[Route]
    unit: str | None = None
    """The unit that handles the report; None for reports from before units existed."""
    unit_rule: str | None = None
    """The rule that chose the unit; None for a standard unit, or one that a clerk chose."""
    unit_why: str | None = None
    routing_edition: int = 0
    answers: dict[str, Answer] = {}
    """The answers to the questions of the category."""
    channel: ReportChannel
    happened_to: datetime | None = None
    location: Location
    reported_at: datetime

    @property
    def subcategory(self) -> str | None:
        """Return the category if the contract does not have it; None for a category of the contract."""
        return None if self.category == self.counts_as else self.category

    def routed_by(self, table: RoutingTable) -> Routed:
        """Return the unit that a table of units and rules chooses for the report."""
        return table.route(RoutedFacts.model_validate(self, from_attributes=True))

    def reported(self) -> IncidentReported:
        """Return the event IncidentReported about this report, for the topic of the police."""
        return IncidentReported(
            report_id=self.report_id,
            reference=self.reference,
            category=self.counts_as,
            subcategory=self.subcategory,
            severity=self.severity,
            route_to=self.route_to,
            channel=self.channel,
            happened_from=self.happened_from,
            happened_to=self.happened_to,
            location=self.location,
            network_id=self.network_id,
            unit=self.unit,
            text_ref=f"/v1/reports/{self.report_id}",
            reported_at=self.reported_at,
        )


class ReportedPlace(BaseModel):
    """The place of a report: its point, and the address or the description that tells it to people."""

    location: Location
    street: str | None = None
    house_number: str | None = None
    box: str | None = None
    address_id: str | None = None
    """The id of the address in the source of official addresses, when the report was made with an address."""
    place_description: str | None = None
    neighbourhood: str | None = None
    """The neighbourhood of a described place."""


class Report(ReportedPlace, ReportFacts):
    """One new report with all its data; `AcceptedReport` has the part that its reporter sees."""

    trader: bool = False
    """True when the report goes to a network of traders before one of residents."""
    text: str
    due_on: date
    """The day on which the report should be closed, by the service level of its category."""
    language: Language = Language.NL
    repeat_digest: bytes = b""
    """The digest by which the same report is recognised when it is sent again."""
    account: bytes | None = None
    """The digest of the account from which its reporter follows it; None for most reports."""
    source_system: str | None = None
    source_number: str | None = None

    def accepted(self) -> Sequence[IncidentReported]:
        """Return IncidentReported for the topic of the police, and for that of the city if it handles the report."""
        event = self.reported()
        return [event, event.on(CITY_INCIDENTS)] if Route.CITY in self.route_to else [event]


def is_just_now(start: datetime | None, now: datetime, minutes: int) -> bool:
    """Return whether the reported incident began in the last `minutes` minutes."""
    return start is not None and now - timedelta(minutes=minutes) <= start <= now + CLOCK_TOLERANCE


def require_hotline_rights(channel: ReportChannel, *, has_source: bool, of_city: bool) -> None:
    """Raise DomainError `hotline_refused` when a report of the hotline or another system is not entered by the city."""
    if (has_source or channel is ReportChannel.HOTLINE) and not of_city:
        raise forbidden("hotline_refused", "Alleen de stad voert meldingen van de meldlijn in.")


def require_same_record(known: AcceptedReport, happened_from: datetime | None) -> None:
    """Check that a report with the same source number has the same incident time; else raise `source_number_taken`.

    It is another record when its time differs: some systems number their records from 1 again each year.
    """
    if happened_from and happened_from != known.happened_from:
        raise conflict("source_number_taken", "Dit nummer hoort al bij een melding van een ander tijdstip.")


def unknown_report() -> DomainError:
    """Return the error for a report that does not exist, or that this caller may not know of."""
    return missing("report_unknown", "Deze melding bestaat niet.")


def refuse_national_number(texts: Iterable[str | None]) -> None:
    """Raise DomainError `national_number` when a text contains a national number."""
    if any(has_national_number(text) for text in texts if text):
        raise DomainError("national_number", "Haal het rijksregisternummer uit uw melding. We mogen het niet bewaren.")


def require_account(actor: str | None, *, in_account: bool) -> None:
    """Raise DomainError `account_missing` when a report should be in an account and nobody is signed in."""
    if in_account and actor is None:
        raise DomainError("account_missing", "Meld u aan om deze melding in uw account te volgen.")


def require_text(text: str) -> None:
    """Raise DomainError `text_missing` when the text is empty."""
    if not text:
        raise DomainError("text_missing", "Schrijf kort wat er gebeurd is.")


def check_time(start: datetime | None, end: datetime | None, now: datetime) -> datetime:
    """Check the times of what happened; raise DomainError `time_missing`, `future` or `end_before_start`."""
    if start is None:
        raise DomainError("time_missing", "Zeg wanneer het gebeurde of wanneer u het zag.")
    if max(start, end or start) > now + CLOCK_TOLERANCE:
        raise DomainError("future", "Dit tijdstip ligt in de toekomst.")
    if end is not None and end < start:
        raise DomainError("end_before_start", "Het einde ligt voor het begin.")
    return start
