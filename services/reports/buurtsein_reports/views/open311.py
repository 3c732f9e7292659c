"""Shows reports to everybody as Open311 service requests, without text, reporter, exact place and exact time.

Invariant: only reports that the city handles are shown, and only of categories that the city handles by the table.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any, Literal, Self

from pydantic import BaseModel

from buurtsein_chassis.database import Connection
from buurtsein_contracts.events.incident import Route
from buurtsein_contracts.events.member import Language
from buurtsein_kernel.days import BRUSSELS, brussels_day
from buurtsein_reports.domain.category import CategoryData, CategoryTable, service_unknown
from buurtsein_reports.domain.questions import AnswerKind, Question
from buurtsein_reports.domain.report import read_reference, unknown_report
from buurtsein_reports.domain.states import CLOSED
from buurtsein_reports.domain.texts import Texts
from buurtsein_reports.handlers import Dependencies
from buurtsein_reports.store.editions import categories_on, former_categories
from buurtsein_reports.views.open311_query import DECIMALS, EVER, RequestQuery, in_hours, listed
from buurtsein_reports.views.open311_statements import statement_of

PUBLIC_SECONDS = 60
_DATATYPES: Mapping[AnswerKind, Literal["singlevaluelist", "number", "text"]] = {
    AnswerKind.YES_NO: "singlevaluelist",
    AnswerKind.CHOICE: "singlevaluelist",
    AnswerKind.NUMBER: "number",
    AnswerKind.TEXT: "text",
}


class Service(BaseModel):
    """A kind of report that the city handles, in the form of an Open311 service."""

    service_code: str
    service_name: str
    description: str
    metadata: bool = True
    type: Literal["realtime"] = "realtime"
    keywords: str = ""
    group: str


class Value(BaseModel):
    """One possible answer to a question of an Open311 service definition."""

    key: str
    name: str


class Attribute(BaseModel):
    """A question about a kind of report, in the form of an Open311 attribute."""

    variable: bool = True
    code: str
    datatype: Literal["datetime", "singlevaluelist", "number", "text"]
    required: bool = False
    datatype_description: str | None = None
    order: int
    description: str
    values: list[Value] = []


class ServiceDefinition(BaseModel):
    """The questions about one kind of report, in the form of an Open311 service definition."""

    service_code: str
    attributes: list[Attribute]


class ServiceRequest(BaseModel):
    """A report as an Open311 service request for everybody; fields that could identify a person stay empty."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: None = None
    agency_responsible: str
    service_notice: None = None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    address: None = None
    address_id: None = None
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: None = None


class Accepted(BaseModel):
    """The response to a new report; with `tracking_token`, a field of our own, the reporter follows the report."""

    service_request_id: str
    service_notice: str
    account_id: None = None
    tracking_token: str

    @classmethod
    def of(cls, receipt: Mapping[str, Any], more: str | None) -> Self:
        """Return the Open311 response for a receipt; the sentence `more` is added at the end of the notice."""
        sentences = [receipt["next_step"], receipt["emergency_reminder"], more]
        return cls(
            service_request_id=receipt["reference"],
            service_notice=" ".join(filter(None, sentences)),
            tracking_token=receipt["tracking_token"],
        )


class Token(BaseModel):
    """The report number that belongs to an Open311 token."""

    service_request_id: str
    token: str


class Failure(BaseModel):
    """An Open311 error: HTTP status and sentence, with two fields more: our own stable code, and suggestions."""

    code: int
    description: str
    problem: str
    suggestions: list[dict[str, str]] | None = None
    """Addresses that may be meant, each with the fields `address_string` and `address_id` of a request."""


def services(categories: CategoryTable, told: Texts, language: Language) -> list[Service]:
    """Return the kinds of reports that the city handles, with their texts."""
    return [_service(one, told, language) for one in categories.offered]


def _service(category: CategoryData, told: Texts, language: Language) -> Service:
    texts = category.texts.in_language(language)
    return Service(
        service_code=category.category,
        service_name=texts.name,
        description=" ".join([texts.next_step, *texts.advice, told.reminder]),
        group=told.handled_by(category.route_to),
    )


def definition(code: str, categories: CategoryTable, told: Texts, language: Language) -> ServiceDefinition:
    """Return two questions that are always asked, and those of this category; raise DomainError `service_unknown`."""
    category = categories.find(code)
    if category is None or not category.is_offered:
        raise service_unknown()
    when = Attribute(
        code="happened_at",
        datatype="datetime",
        datatype_description=told.open311.moment,
        order=1,
        description=told.open311.happened_at,
    )
    now = Attribute(
        code="happening_now",
        datatype="singlevaluelist",
        datatype_description=told.reminder,
        order=2,
        description=told.question,
        values=_yes_or_no(told),
    )
    own = [_attribute(question, order, told, language) for order, question in enumerate(category.questions, 3)]
    return ServiceDefinition(service_code=category.category, attributes=[when, now, *own])


def _yes_or_no(told: Texts) -> list[Value]:
    return [Value(key="yes", name=told.open311.yes), Value(key="no", name=told.open311.no)]


def _attribute(question: Question, order: int, told: Texts, language: Language) -> Attribute:
    choices = [Value(key=one.code, name=one.names.in_language(language)) for one in question.choices]
    return Attribute(
        code=question.code,
        datatype=_DATATYPES[question.kind],
        required=question.required,
        order=order,
        description=question.asked.in_language(language),
        values=_yes_or_no(told) if question.kind is AnswerKind.YES_NO else choices,
    )


async def requests(
    connection: Connection, query: RequestQuery, given: Dependencies, language: Language
) -> list[ServiceRequest]:
    """Return the requested reports, newest first; raise DomainError `period_too_long`.

    A report of a removed category is shown with the last name of that category.
    """
    today = brussels_day(given.clock.now())
    table = await categories_on(connection, today)
    former = [one for one in await former_categories(connection, today, table) if one.is_offered]
    names = {one.category: one.texts.in_language(language).name for one in (*table.offered, *former)}
    asked = _asked(query, list(names), given.clock.now())
    found = await connection.fetch(statement_of(asked), *asked)
    told = given.texts.in_language(language)
    return [shown(dict(row), names[row["category"]], told) for row in found]


def _asked(query: RequestQuery, codes: list[str], now: datetime) -> Sequence[Any]:
    """Return the arguments of the SQL statement that finds these requests, only in categories with these codes."""
    numbers = listed(query.service_request_id)
    if numbers is not None:
        return [codes, [read_reference(one) for one in numbers], None, *EVER, *[None] * 4]
    return [query.codes(codes), None, query.statuses(), *query.period(now), *query.box()]


async def one_request(connection: Connection, number: str, given: Dependencies, language: Language) -> ServiceRequest:
    """Return one report; raise DomainError `report_unknown`, also for a report that the city does not handle."""
    found = await requests(connection, RequestQuery(service_request_id=number.replace(",", "")), given, language)
    if not found:
        raise unknown_report()
    return found[0]


def shown(row: Mapping[str, Any], name: str, told: Texts) -> ServiceRequest:
    """Return a report in the public form of an Open311 service request; `name` is the category's name.

    The place is rounded. It is left out when the police handle the report too, because it could reveal a victim, and
    when it was only described.
    """
    closed = row["status"] in CLOSED
    is_exact = row["latitude"] is not None and row["within_metres"] is None
    has_place = list(row["route_to"]) == [Route.CITY] and is_exact
    about = (row["planned_on"], told.open311.other_body, row["closing_reason"])
    return ServiceRequest(
        service_request_id=row["reference"],
        status="closed" if closed else "open",
        status_notes=told.about(row["status"], row["route_to"], *about),
        service_name=name,
        service_code=row["category"],
        agency_responsible=told.handled_by(row["route_to"]),
        requested_datetime=in_hours(row["reported_at"]).astimezone(BRUSSELS),
        updated_datetime=in_hours(row["updated_at"] or row["reported_at"]).astimezone(BRUSSELS),
        expected_datetime=None if closed else datetime.combine(row["due_on"], time(23), BRUSSELS),
        zipcode=row["postcode"],
        lat=round(row["latitude"], DECIMALS) if has_place else None,
        long=round(row["longitude"], DECIMALS) if has_place else None,
    )
