"""Makes the HTTP responses of reports: for the reporter, and for those who handle a report."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.incident import Category, ReportChannel, Route, Severity
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.problems import DomainError, forbidden, missing
from buurtsein_reports.commands import AskSources
from buurtsein_reports.domain.category import CategoryData, Complaint
from buurtsein_reports.domain.report import AcceptedReport, ReportFlag, ReportStatus, read_reference
from buurtsein_reports.domain.texts import Texts
from buurtsein_reports.domain.tracking import is_right
from buurtsein_reports.handlers import Dependencies


class FormalComplaint(BaseModel):
    """How to make a formal complaint: a text and a web address."""

    text: str
    url: str


class Receipt(BaseModel):
    """The receipt for a reporter, in the language of the report; the tracking token in it is never stored."""

    report_id: UUID
    reference: str
    tracking_token: str | None = None
    status: ReportStatus
    category: Category
    language: Language
    next_step: str
    advice: list[str]
    emergency_reminder: str
    formal_complaint: FormalComplaint | None = None
    network_id: UUID | None = None
    flags: list[ReportFlag] = []

    @classmethod
    def of(cls, report: AcceptedReport, language: Language, given: Dependencies) -> Self:
        """Return the receipt of an accepted report, without the tracking token."""
        data, texts = given.categories.require(report.category), given.texts.in_language(language)
        own_texts = texts.categories[report.category]
        return cls(
            report_id=report.report_id,
            reference=report.reference,
            status=report.status,
            category=report.category,
            language=language,
            next_step=own_texts.next_step,
            advice=own_texts.advice,
            emergency_reminder=f"{texts.police_first} {texts.reminder}" if data.police_first else texts.reminder,
            formal_complaint=_complaint(data, texts, given),
            network_id=report.network_id,
            flags=report.flags,
        )


def receipt_headers(receipt: Receipt) -> dict[str, str]:
    """Return the headers: where to follow the report, and that proxies may not store the response and its token."""
    return {"Cache-Control": "no-store", "Location": f"/v1/reports/{receipt.reference}/status"}


def _complaint(data: CategoryData, texts: Texts, given: Dependencies) -> FormalComplaint | None:
    if data.complaint is None:
        return None
    url = given.complaints.online_url if data.complaint.is_online else given.complaints.office_url
    return FormalComplaint(text=texts.complaint[data.complaint], url=url)


class Progress(BaseModel):
    """The status of a report, for its reporter."""

    reference: str
    status: ReportStatus
    category: Category
    reported_at: datetime


class Reporter(BaseModel):
    """The contact data of a reporter."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str


class ReportFile(Progress):
    """A report with its text and its reporter, for those who handle it."""

    report_id: UUID
    severity: Severity
    route_to: list[Route]
    channel: ReportChannel
    text: str
    happened_from: datetime
    happened_to: datetime | None
    latitude: float | None
    longitude: float | None
    """The coordinates are absent after retention has deleted them."""
    postcode: str | None
    street: str | None
    house_number: str | None
    network_id: UUID | None
    source_system: str | None = None
    source_number: str | None = None
    flags: list[ReportFlag] = []
    contact: Reporter | None = None


class Reader(BaseModel):
    """The person who reads a report (pseudonym), and the role in which they read it."""

    actor: str
    role: str
    only_city: bool
    """True when the person may read only reports that the city handles."""


class KnownSource(BaseModel):
    """A record of another system that became a report."""

    number: str
    report_id: UUID
    happened_from: datetime


class KnownSources(BaseModel):
    """The records in the request that have become a report."""

    items: list[KnownSource]


class CategoryView(BaseModel):
    """A category with its data, and its texts for reporters."""

    model_config = ConfigDict(extra="forbid")

    category: Category
    route_to: list[Route] = Field(min_length=1, max_length=2)
    severity: Severity
    complaint: Complaint | None = None
    """How to make a formal complaint; absent when the category is not an offence."""
    police_first: bool = False
    """True when a person who sees it happen must call 101 first, and report afterwards."""
    trader: bool = False
    """True when a report goes to a network of traders before one of residents."""
    name: str
    next_step: str
    advice: list[str]


class Categories(BaseModel):
    """All categories of reports, with their texts for reporters."""

    items: list[CategoryView]


def categories(given: Dependencies, language: Language) -> Categories:
    """Return all categories in the order of the table, with texts in this language."""
    texts = given.texts.in_language(language).categories
    rows = given.categories.categories.values()
    return Categories(items=[CategoryView(**data.model_dump(), **texts[data.category].model_dump()) for data in rows])


async def known_sources(connection: Connection, asked: AskSources) -> KnownSources:
    """Return the records in this list that have become a report."""
    rows = await connection.fetch(
        """select source_number as number, report_id, happened_from from report
           where source_system = $1 and source_number = any($2)""",
        asked.system,
        asked.numbers,
    )
    return KnownSources(items=[KnownSource.model_validate(dict(row)) for row in rows])


async def progress(connection: Connection, reference: str, token: str | None) -> Progress:
    """Return the status of a report; raise DomainError `report_unknown` when reference or token is wrong."""
    row = await connection.fetchrow(
        "select reference, status, category, reported_at, tracking_sha256 from report where reference = $1",
        read_reference(reference),
    )
    if not is_right("".join(token.split()) if token else None, row["tracking_sha256"] if row else None):
        raise _unknown()
    return Progress.model_validate(dict(row or {}))


async def report_file(connection: Connection, report_id: UUID, reader: Reader) -> ReportFile:
    """Return a whole report and record who read it; raise DomainError `report_unknown` or `not_for_city`."""
    async with connection.transaction():
        row = await connection.fetchrow("select * from report where report_id = $1", report_id)
        if row is None:
            raise _unknown()
        if reader.only_city and Route.CITY not in row["route_to"]:
            raise forbidden("not_for_city", "Deze melding is alleen voor de politie.")
        await connection.execute(
            "insert into report_reading (report_id, reader, role) values ($1, $2, $3)",
            report_id,
            reader.actor,
            reader.role,
        )
        contact = await connection.fetchrow(
            "select name, email, phone, language from reporter where report_id = $1", report_id
        )
    return ReportFile.model_validate(dict(row) | {"contact": dict(contact) if contact else None})


def _unknown() -> DomainError:
    return missing("report_unknown", "Deze melding bestaat niet.")
