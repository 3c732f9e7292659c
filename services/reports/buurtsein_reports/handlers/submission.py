"""Handles the submission of a report: it refuses emergencies and mistakes, and accepts each report once."""

from dataclasses import dataclass
from datetime import UTC, datetime

from buurtsein_contracts.events.incident import ReportChannel
from buurtsein_kernel.days import brussels_day
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.commands import SubmitReport
from buurtsein_reports.domain import questions, repeat
from buurtsein_reports.domain import report as rules
from buurtsein_reports.domain.category import CategoryData, CategoryTable, service_unknown
from buurtsein_reports.domain.emergency import Strength
from buurtsein_reports.domain.report import AcceptedReport, Report, ReportFlag
from buurtsein_reports.domain.texts import Catalogue
from buurtsein_reports.handlers.dependencies import Dependencies
from buurtsein_reports.handlers.places import LookedUp, networks_at, place_of
from buurtsein_reports.handlers.stores import Store


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender of a report: a pseudonym or None, and whether the sender works for the city."""

    actor: str | None = None
    of_city: bool = False
    only_offered: bool = False
    """True when the report came over Open311, which takes only kinds of reports that the city handles."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """The result of a submission: the report, and whether it had been submitted before."""

    report: AcceptedReport
    category: CategoryData
    again: bool = False


async def submit_report(
    command: SubmitReport, sender: Sender, given: Dependencies, store: Store, looked_up: LookedUp = None
) -> Submitted | DomainError:
    """Store a report and record IncidentReported; for an emergency, count it and return the error for the reporter.

    The error is returned and not raised, so that the count is committed. `looked_up` is the result of `look_up`.

    Raises:
        DomainError: the first of the refusals that the README lists. They are checked in the order in which a person
            can correct them.
    """
    now = given.clock.now()
    table = await store.categories_on(brussels_day(now))
    data = table.find(command.category)
    strength = urgency(command, data, given, now)
    if strength and not was_answered(command, sender):
        category = table.name(command.category)
        await store.count_emergency(brussels_day(now), category, asked=strength is Strength.WEAK)
        return refusal_of(command, strength, given.texts)
    if sender.only_offered and not (data and data.is_offered):
        raise service_unknown()
    rules.require_hotline_rights(command.channel, has_source=command.source is not None, of_city=sender.of_city)
    if command.source and (known := await store.report_of(command.source)):
        rules.require_same_record(known, command.happened_from)
        return await _again(known, store)
    report = _checked(command, table, sender, given, now, looked_up)
    if same := await store.same_report(report.repeat_digest):
        return await _again(same, store)
    report.flags += [ReportFlag.EMERGENCY_SIGNS] if strength else []
    if report.location.within_metres is None:
        networks = await networks_at(report.location, brussels_day(now), given.municipality, store)
        report.network_id = rules.network_for(networks, trader=report.trader)
    routing = await store.routing_on(brussels_day(now))
    report = report.model_copy(update=dict(report.routed_by(routing)))
    await store.add_report(report, given.tracking.digest(report.report_id), command.contact)
    await store.record(*report.accepted())
    return Submitted(report, table.require(report.category))


async def _again(report: AcceptedReport, store: Store) -> Submitted:
    """Return a report that was accepted before, with its category as it was then."""
    table = await store.categories_of(report.categories_edition)
    return Submitted(report, table.require(report.category), again=True)


def urgency(command: SubmitReport, data: CategoryData | None, given: Dependencies, now: datetime) -> Strength:
    """Decide whether a report is an emergency: STRONG means call 101 or 112, WEAK means ask the reporter first."""
    said_so = command.danger or command.in_progress or command.happening_now
    if said_so or _is_for_101(command, data, given, now):
        return Strength.STRONG
    strength = given.emergencies.strength(command.text)
    answered_no = command.happening_now is False
    return Strength.NONE if answered_no and strength is Strength.WEAK else strength


def _is_for_101(command: SubmitReport, data: CategoryData | None, given: Dependencies, now: datetime) -> bool:
    """Return whether the reporter must call 101 (police): the category asks for a call and the incident just began."""
    just_now = rules.is_just_now(command.happened_from, now, given.emergencies.recent_minutes)
    return data is not None and data.police_first and just_now


def was_answered(command: SubmitReport, sender: Sender) -> bool:
    """Return whether the city's hotline has already spoken with the reporter, so that the report is accepted."""
    return sender.of_city and command.channel is ReportChannel.HOTLINE


def refusal_of(command: SubmitReport, strength: Strength, texts: Catalogue) -> DomainError:
    """Return the error with which a report of an emergency is refused, or with which the reporter is asked a question.

    It contains the report as it was sent, so that the client can send it again; the report is not stored.
    """
    sent = {"report": command.model_dump(mode="json", exclude_unset=True)}
    if strength is Strength.STRONG:
        return DomainError("emergency", texts.dutch_first(command.language, "emergency"), members=sent)
    question = {"question": texts.in_language(command.language).question}
    detail = texts.dutch_first(command.language, "question", "if_yes")
    return DomainError("emergency_question", detail, members=question | sent)


def _checked(
    command: SubmitReport, table: CategoryTable, sender: Sender, given: Dependencies, now: datetime, looked_up: LookedUp
) -> Report:
    """Validate a submitted report and return it without `network_id`; raise DomainError for the first error."""
    data = table.require(command.category)
    rules.refuse_national_number(command.texts())
    rules.require_text(command.text)
    rules.require_account(sender.actor, in_account=command.in_account)
    start = rules.check_time(command.happened_from, command.happened_to, now)
    source, answers = command.source, questions.checked(data.questions, command.answers)
    place = place_of(command.location, looked_up, given)
    return Report(
        category=data.category,
        counts_as=data.counts_as,
        categories_edition=table.edition,
        answers=answers,
        severity=data.severity,
        route_to=data.route_to,
        trader=data.trader,
        channel=command.channel,
        text=command.text,
        happened_from=start.astimezone(UTC),
        happened_to=command.happened_to.astimezone(UTC) if command.happened_to else None,
        **dict(place),
        flags=[ReportFlag.PLACE_DESCRIBED] if place.location.within_metres else [],
        repeat_digest=repeat.digest(given.tracking.key, sender.actor, command.values()),
        reported_at=now,
        due_on=data.due(brussels_day(now)),
        language=command.language,
        account=given.tracking.account(sender.actor) if command.in_account and sender.actor else None,
        source_system=source.system if source else None,
        source_number=source.number if source else None,
    )
