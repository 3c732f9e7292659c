"""`bin.incidents`: what was reported, without the reporter and without free text."""

from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from buurtsein_contracts.events.geography import Location
from buurtsein_contracts.model import EventData, Timestamp, described
from buurtsein_contracts.topics import INCIDENTS, Topic


class Category(StrEnum):
    """The start table of categories; the names people in Flanders report by."""

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
    """Severity in the words of CAP 1.2."""

    MINOR = "Minor"
    MODERATE = "Moderate"
    SEVERE = "Severe"
    EXTREME = "Extreme"


class Route(StrEnum):
    """Who handles a report."""

    CITY = "city"
    POLICE = "police"


class ReportChannel(StrEnum):
    """How a report came in."""

    WEB = "web"
    HOTLINE = "hotline"


class IncidentReported(EventData):
    """A report was accepted. It is not a formal complaint, and nobody has judged it yet."""

    TYPE: ClassVar[str] = "be.bin.incident.reported.v1"
    TOPIC: ClassVar[Topic] = INCIDENTS

    report_id: UUID = described("The report.", "De melding.")
    reference: str = described("Public reference.", "Publiek kenmerk.", pattern=r"^[A-Z0-9]{4}-[A-Z0-9]{4}$")
    category: Category = described("Category.", "Categorie.")
    severity: Severity = described("The category's default severity.", "Standaardernst van de categorie.")
    route_to: list[Route] = described("Who handles it.", "Wie behandelt.", min_length=1, max_length=2)
    channel: ReportChannel = described("How it came in.", "Hoe de melding binnenkwam.")
    happened_from: Timestamp = described("Start, or the moment it was noticed.", "Begin, of moment van vaststelling.")
    happened_to: Timestamp | None = described("End, when known.", "Einde, indien gekend.", default=None)
    location: Location = described("Where.", "Waar.")
    network_id: UUID | None = described(
        "The network whose area holds the place.",
        "Het netwerk waarvan het gebied de plaats omvat.",
        default=None,
    )
    text_ref: str = described(
        "Where those entitled can read the text.", "Waar wie mag de tekst kan lezen.", max_length=200
    )
    reported_at: Timestamp = described("When it was accepted.", "Wanneer ze werd aanvaard.")
