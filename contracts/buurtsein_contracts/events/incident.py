"""Defines the events about incident reports and their handling, without the reporter and without free text.

`bin.incidents` has every report, because the police assess them all. `bin.city-incidents` has the reports that the city
handles, in streams of its own: a stream begins with IncidentReported (sequence 1) when `route_to` first names the city,
at acceptance or at a later triage, and then has what concerns the city's handling.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.events.geography import Location
from buurtsein_contracts.model import EventData, Privacy, Pseudonym, Timestamp, described
from buurtsein_contracts.topics import CITY_INCIDENTS, INCIDENTS, Topic

_UNIT = r"^[a-z][a-z0-9_-]{0,39}$"


class Category(StrEnum):
    """The categories of reports, with the names that people in Flanders use in reports."""

    ILLEGAL_DUMPING = "sluikstort"
    LITTER = "zwerfvuil"
    VANDALISM = "vandalisme"
    GRAFFITI = "graffiti"
    VEHICLE_DAMAGE = "beschadiging voertuig"
    ENVIRONMENT = "milieuprobleem"
    NOISE = "lawaaihinder"
    SUSPICIOUS_BEHAVIOUR = "verdacht gedrag"
    SUSPICIOUS_VEHICLE = "verdacht voertuig"
    BURGLARY = "inbraak"
    THEFT = "diefstal"
    SHOPLIFTING = "winkeldiefstal"
    COUNTERFEIT_MONEY = "vals geld"
    MISSING_PERSON = "vermissing"
    FIRE = "brand"
    OTHER = "andere"


class Severity(StrEnum):
    """How severe an incident is, in the words of CAP 1.2."""

    MINOR = "Minor"
    MODERATE = "Moderate"
    SEVERE = "Severe"
    EXTREME = "Extreme"


class Route(StrEnum):
    """Who handles a report: the city or the police."""

    CITY = "city"
    POLICE = "police"


class ReportChannel(StrEnum):
    """How a report came in."""

    WEB = "web"
    HOTLINE = "hotline"


class IncidentReported(EventData):
    """A report was accepted. It is not a formal complaint, and nobody has judged it yet."""

    PURPOSE_NL: ClassVar[str] = "Een melding werd aanvaard. Het is geen aangifte en niemand beoordeelde ze al."
    TYPE: ClassVar[str] = "be.bin.incident.reported.v1"
    TOPIC: ClassVar[Topic] = INCIDENTS
    ALSO_ON: ClassVar[tuple[Topic, ...]] = (CITY_INCIDENTS,)

    report_id: UUID = described("The report.", "De melding.")
    reference: str = described("Public reference.", "Publiek kenmerk.", pattern=r"^[A-Z0-9]{4}-[A-Z0-9]{4}$")
    category: Category = described("Category.", "Categorie.")
    subcategory: str | None = described(
        "The code of the kind of report, when police and city made one beside the categories; it counts as `category`.",
        "De code van de soort melding, als politie en stad er een toevoegden; ze telt als `category`.",
        default=None,
        pattern=r"^[a-z][a-z0-9 '-]{1,39}$",
    )
    severity: Severity = described("The category's default severity.", "Standaardernst van de categorie.")
    route_to: list[Route] = described(
        "Who handles it, until an IncidentTriaged says otherwise.",
        "Wie behandelt, tot een IncidentTriaged iets anders zegt.",
        min_length=1,
        max_length=2,
    )
    channel: ReportChannel = described("How it came in.", "Hoe de melding binnenkwam.")
    happened_from: Timestamp = described("Start, or the moment it was noticed.", "Begin, of moment van vaststelling.")
    happened_to: Timestamp | None = described("End, when known.", "Einde, indien gekend.", default=None)
    location: Location = described(
        "Where, until an IncidentRelocated says otherwise.", "Waar, tot een IncidentRelocated iets anders zegt."
    )
    network_id: UUID | None = described(
        "The network whose area holds the place, if it was known then; absent says nothing: look at the place.",
        "Het netwerk waarin de plaats ligt, voor zover bekend bij aanvaarding; zo niet, kijk naar de plaats.",
        default=None,
    )
    unit: str | None = described(
        "The code of the unit that the rules of police and city chose, until an IncidentAssigned says otherwise.",
        "De code van de dienst die de regels van politie en stad kozen, tot een IncidentAssigned iets anders zegt.",
        default=None,
        pattern=_UNIT,
    )
    text_ref: str = described(
        "Where those entitled can read the text.", "Waar wie mag de tekst kan lezen.", max_length=200
    )
    reported_at: Timestamp = described("When it was accepted.", "Wanneer ze werd aanvaard.")


class HandlingStatus(StrEnum):
    """The status of the handling of a report, between triage and resolution."""

    IN_PROGRESS = "IN_PROGRESS"
    WAITING_REPORTER = "WAITING_REPORTER"
    PLANNED = "PLANNED"
    FORWARDED = "FORWARDED"


class Resolution(StrEnum):
    """How the handling of a report ended."""

    RESOLVED = "RESOLVED"
    REJECTED = "REJECTED"
    DUPLICATE = "DUPLICATE"


class ClosingReason(StrEnum):
    """Why the handling of a report ended; each reason belongs to one resolution."""

    DONE = "done"
    MEASURES_TAKEN = "measures_taken"
    NOTHING_FOUND = "nothing_found"
    NOT_OURS = "not_ours"
    PRIVATE_PROPERTY = "private_property"
    TOO_LITTLE_KNOWN = "too_little_known"
    NO_INCIDENT = "no_incident"
    REPORTED_BEFORE = "reported_before"


class ReopeningReason(StrEnum):
    """Why a closed report is handled again."""

    NOT_SOLVED = "not_solved"
    CAME_BACK = "came_back"
    NEW_INFORMATION = "new_information"
    CLOSED_BY_MISTAKE = "closed_by_mistake"


class BodyAnswer(StrEnum):
    """What another body answered about a report that was forwarded to it."""

    WILL_DO = "will_do"
    PLANNED = "planned"
    DONE = "done"
    NOT_OURS = "not_ours"


class IncidentTriaged(EventData):
    """Police or city judged what was reported; category, severity and route may differ from the reporter's."""

    PURPOSE_NL: ClassVar[str] = "Politie of stad beoordeelde de melding; soort, ernst en behandelaar kunnen wijzigen."
    TYPE: ClassVar[str] = "be.bin.incident.triaged.v1"
    TOPIC: ClassVar[Topic] = INCIDENTS
    ALSO_ON: ClassVar[tuple[Topic, ...]] = (CITY_INCIDENTS,)

    report_id: UUID = described("The report.", "De melding.")
    category: Category = described("Category after triage.", "Categorie na triage.")
    subcategory: str | None = described(
        "As in IncidentReported, after triage.",
        "Zoals in IncidentReported, na triage.",
        default=None,
        pattern=r"^[a-z][a-z0-9 '-]{1,39}$",
    )
    severity: Severity = described("Severity after triage.", "Ernst na triage.")
    route_to: list[Route] = described("Who handles it from now on.", "Wie nu behandelt.", min_length=1, max_length=2)
    by: Route = described("Who judged.", "Wie oordeelde.")
    actor: Pseudonym = described("The official who judged.", "De medewerker die oordeelde.", Privacy.PSEUDONYM)
    triaged_at: Timestamp = described("When.", "Wanneer.")


class IncidentAssigned(EventData):
    """A report went to another unit, after a triage or by the choice of an official; no event tells of the person."""

    PURPOSE_NL: ClassVar[str] = "Een melding ging naar een andere dienst."
    TYPE: ClassVar[str] = "be.bin.incident.assigned.v1"
    TOPIC: ClassVar[Topic] = INCIDENTS
    ALSO_ON: ClassVar[tuple[Topic, ...]] = (CITY_INCIDENTS,)

    report_id: UUID = described("The report.", "De melding.")
    unit: str = described("The code of the unit.", "De code van de dienst.", pattern=_UNIT)
    by: Route = described("Who chose it.", "Wie ze koos.")
    actor: Pseudonym = described("The official who chose it.", "De medewerker die ze koos.", Privacy.PSEUDONYM)
    assigned_at: Timestamp = described("When.", "Wanneer.")


class IncidentRelocated(EventData):
    """An official gave a report another place, such as the real place of one that its reporter only described."""

    PURPOSE_NL: ClassVar[str] = "Een melding kreeg een andere plaats, zoals de juiste plaats van een beschrijving."
    TYPE: ClassVar[str] = "be.bin.incident.relocated.v1"
    TOPIC: ClassVar[Topic] = INCIDENTS
    ALSO_ON: ClassVar[tuple[Topic, ...]] = (CITY_INCIDENTS,)

    report_id: UUID = described("The report.", "De melding.")
    location: Location = described(
        "Where it happened; it replaces the location of earlier events.",
        "Waar het gebeurde; dit vervangt de plaats in eerdere gebeurtenissen.",
    )
    network_id: UUID | None = described(
        "The network whose area holds the place, if it was known then; it replaces that of earlier events, also when"
        " absent.",
        "Het netwerk waarin de plaats ligt, voor zover bekend; vervangt dat van eerdere gebeurtenissen, ook indien"
        " afwezig.",
        default=None,
    )
    by: Route = described("Who moved it.", "Wie ze verplaatste.")
    actor: Pseudonym = described("The official who moved it.", "De medewerker die ze verplaatste.", Privacy.PSEUDONYM)
    relocated_at: Timestamp = described("When.", "Wanneer.")


class IncidentUpdated(EventData):
    """The handling of a report got a new status, from the police, the city, or an answer of the reporter."""

    PURPOSE_NL: ClassVar[str] = "De behandeling van een melding kreeg een nieuwe status."
    TYPE: ClassVar[str] = "be.bin.incident.updated.v1"
    TOPIC: ClassVar[Topic] = INCIDENTS
    ALSO_ON: ClassVar[tuple[Topic, ...]] = (CITY_INCIDENTS,)

    report_id: UUID = described("The report.", "De melding.")
    status: HandlingStatus = described("Where it stands.", "Stand van zaken.")
    by: Route | None = described(
        "Who took this step, absent for the reporter and another body; who handles the report is in route_to.",
        "Wie deze stap zette, afwezig bij de melder en een andere dienst; wie behandelt, staat in route_to.",
        default=None,
    )
    answer: BodyAnswer | None = described(
        "What the body answered to which the report was forwarded; absent for other steps.",
        "Wat de dienst antwoordde aan wie de melding was doorgegeven; afwezig bij andere stappen.",
        default=None,
    )
    planned_on: date | None = described("Day planned, when it is.", "Geplande dag, indien gepland.", default=None)
    actor: Pseudonym | None = described(
        "The official who updated it, absent for the reporter and another body.",
        "De medewerker die bijwerkte, afwezig bij de melder en een andere dienst.",
        Privacy.PSEUDONYM,
        default=None,
    )
    updated_at: Timestamp = described("When.", "Wanneer.")


class IncidentResolved(EventData):
    """The handling of a report ended."""

    PURPOSE_NL: ClassVar[str] = "De behandeling van een melding eindigde."
    TYPE: ClassVar[str] = "be.bin.incident.resolved.v1"
    TOPIC: ClassVar[Topic] = INCIDENTS
    ALSO_ON: ClassVar[tuple[Topic, ...]] = (CITY_INCIDENTS,)

    report_id: UUID = described("The report.", "De melding.")
    resolution: Resolution = described("How it ended.", "Hoe ze eindigde.")
    reason: ClosingReason = described("Why it ended so.", "Waarom ze zo eindigde.")
    by: Route = described("Who closed it.", "Wie afsloot.")
    duplicate_of: UUID | None = described(
        "The report it repeats, with DUPLICATE only.",
        "De melding die ze herhaalt, enkel bij DUPLICATE.",
        default=None,
    )
    actor: Pseudonym = described("The official who closed it.", "De medewerker die afsloot.", Privacy.PSEUDONYM)
    resolved_at: Timestamp = described("When.", "Wanneer.")


class IncidentReopened(EventData):
    """A report that was closed is handled again."""

    PURPOSE_NL: ClassVar[str] = "Een afgesloten melding wordt opnieuw behandeld."
    TYPE: ClassVar[str] = "be.bin.incident.reopened.v1"
    TOPIC: ClassVar[Topic] = INCIDENTS
    ALSO_ON: ClassVar[tuple[Topic, ...]] = (CITY_INCIDENTS,)

    report_id: UUID = described("The report.", "De melding.")
    reason: ReopeningReason = described("Why.", "Waarom.")
    by: Route | None = described(
        "Who reopened it, absent for the reporter.", "Wie heropende, afwezig bij de melder.", default=None
    )
    actor: Pseudonym | None = described(
        "The official who reopened it, absent for the reporter.",
        "De medewerker die heropende, afwezig bij de melder.",
        Privacy.PSEUDONYM,
        default=None,
    )
    reopened_at: Timestamp = described("When.", "Wanneer.")
