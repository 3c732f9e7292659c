"""Handles the decisions of clerks on a report, and the reactions of its reporter."""

from collections.abc import Sequence
from uuid import UUID

from buurtsein_contracts import EventData
from buurtsein_contracts.events.incident import HandlingStatus, Resolution
from buurtsein_kernel.days import brussels_day, working_days_after
from buurtsein_kernel.problems import DomainError, require_seen
from buurtsein_reports import commands
from buurtsein_reports.domain import assigning, closing, handling, relocating, resuming
from buurtsein_reports.domain.category import code_in
from buurtsein_reports.domain.emergency import Strength
from buurtsein_reports.domain.handled import Clerk, HandledReport
from buurtsein_reports.domain.handling import Progressed
from buurtsein_reports.domain.report import network_for, refuse_national_number, unknown_report
from buurtsein_reports.domain.states import IN_DUTCH
from buurtsein_reports.domain.steps import Step
from buurtsein_reports.handlers.dependencies import Dependencies
from buurtsein_reports.handlers.places import LookedUp, networks_at, place_of
from buurtsein_reports.handlers.stores import Store


async def triage(
    report_id: UUID, command: commands.Triage, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> HandledReport:
    """Judge a report; record IncidentTriaged, and IncidentReported for the city when it first handles the report.

    When the city handles the report again, also record events for it with the place and the unit of the report.
    A report that keeps its category keeps the edition of the categories by which it was made.
    """
    report, now = await _seen_report(report_id, seen, store), given.clock.now()
    same = code_in(command.category) == report.category
    table = await (store.categories_of(report.categories_edition) if same else store.categories_on(brussels_day(now)))
    data = table.require(command.category)
    is_other = not same or set(command.route_to) != set(report.route_to)
    had_left = report.left_city
    events = handling.triage(report, command, data, clerk, now)
    report.due_on, report.categories_edition = data.due(brussels_day(report.reported_at)), table.edition
    routed = report.routed_by(await store.routing_on(brussels_day(now))) if is_other else None
    assigned = assigning.reroute(report, routed, clerk, now) if routed else []
    if had_left and not report.left_city:
        move = await store.last_move(report_id)
        assigned = [*resuming.missed(report, move, assigned, clerk, now), *assigned]
    step = _with_unit(_step(report, command, clerk, given), report)
    return await _saved(report, step, [*events, *assigned], store)


async def assign(
    report_id: UUID, command: commands.Assign, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> HandledReport:
    """Give a report to a unit and a person; record IncidentAssigned when the unit is another one than before."""
    report, now = await _seen_report(report_id, seen, store), given.clock.now()
    assignee = clerk.actor if command.assignee == "me" else command.assignee
    table = await store.routing_on(brussels_day(now))
    events = assigning.assign(report, command.unit, assignee, table, clerk, now)
    return await _saved(report, _with_unit(_explained(report, command, clerk, given), report), events, store)


async def relocate(
    report_id: UUID,
    command: commands.Relocate,
    looked_up: LookedUp,
    clerk: Clerk,
    seen: str,
    given: Dependencies,
    store: Store,
) -> HandledReport:
    """Give a report another place; record IncidentRelocated, and IncidentAssigned when the rules choose another unit.

    `looked_up` is the result of `look_up`. The place before is kept. The network is one that was recognised on the day
    of the report. A report keeps its unit when the rules choose the same one for both places.

    Raises:
        DomainError: those of `place_of`, `national_number`, `transition_refused`, `not_for_city`, `not_for_police`.
    """
    report, now = await _seen_report(report_id, seen, store), given.clock.now()
    refuse_national_number(command.location.model_dump(include={"street", "house_number", "box"}).values())
    place = place_of(command.place, looked_up, given)
    category = (await store.categories_of(report.categories_edition)).require(report.category)
    networks = await networks_at(place.location, brussels_day(report.reported_at), given.municipality, store)
    network_id = network_for(networks, trader=category.trader)
    table = await store.routing_on(brussels_day(now))
    before = report.routed_by(table)
    events = relocating.relocate(report, place.location, network_id, clerk, now)
    routed = report.routed_by(table)
    events = [*events, *(assigning.reroute(report, routed, clerk, now) if routed.unit != before.unit else [])]
    await store.relocate(report, place)
    return await _saved(report, _with_unit(_explained(report, command, clerk, given), report), events, store)


def _explained(
    report: HandledReport, command: commands.Assign | commands.Relocate, clerk: Clerk, given: Dependencies
) -> Step:
    """Return the record of a step whose note begins with the reason that the clerk gave."""
    note = f"{command.reason}\n{command.note}" if command.note else command.reason
    return _step(report, command, clerk, given).model_copy(update={"note": note})


def _with_unit(step: Step, report: HandledReport) -> Step:
    return step.model_copy(update={"unit": report.unit, "assignee": report.assignee})


async def update(
    report_id: UUID, command: commands.Update, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> HandledReport:
    """Give a report the next status of its handling; record IncidentUpdated."""
    report, now = await _seen_report(report_id, seen, store), given.clock.now()
    today = brussels_day(now)
    standard = working_days_after(today, given.answer_days) if command.status is HandlingStatus.FORWARDED else None
    to = Progressed(command.status, command.planned_on, command.forwarded_to, command.answer_by or standard)
    events = handling.update(report, to, clerk, today, now)
    return await _saved(report, _step(report, command, clerk, given), events, store)


async def close(
    report_id: UUID, command: commands.Close, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> HandledReport:
    """Close a report, also as a duplicate of another one; record IncidentResolved."""
    if (command.resolution is Resolution.DUPLICATE) != (command.duplicate_of is not None):
        raise DomainError("original_missing", "Noem de eerdere melding alleen, en altijd, bij een dubbele melding.")
    now = given.clock.now()
    if command.duplicate_of is None:
        report = await _seen_report(report_id, seen, store)
        events = closing.close(report, command.resolution, command.reason, clerk, now)
    else:
        report, original = await store.report_and_original(report_id, command.duplicate_of)
        await _require_seen(report, seen, store)
        events = closing.link_duplicate(report, original, clerk, now)
    return await _saved(report, _step(report, command, clerk, given), events, store)


async def reopen(
    report_id: UUID, command: commands.Reopen, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> HandledReport:
    """Open a closed report again; record IncidentReopened."""
    report = await _seen_report(report_id, seen, store)
    events = closing.reopen(report, command.reason, clerk, given.clock.now())
    step = _step(report, command, clerk, given).model_copy(update={"reason": command.reason})
    return await _saved(report, step, events, store)


async def write_to_reporter(
    report_id: UUID, command: commands.Write, clerk: Clerk, seen: str, given: Dependencies, store: Store
) -> HandledReport:
    """Add a clerk's message to the reporter; the report's status does not change, and no event is recorded."""
    report = await _seen_report(report_id, seen, store)
    handling.write(report, clerk)
    return await _saved(report, Step.after(report, clerk, given.clock.now(), message=command.message), [], store)


async def answer(
    reference: str, token: str | None, command: commands.Answer, given: Dependencies, store: Store
) -> HandledReport:
    """Add the answer of the body to which a report was forwarded; record IncidentUpdated.

    Raises:
        DomainError: `report_unknown` without the token; `transition_refused` after an answer; `day_missing`,
            `day_in_past`.
    """
    report, now = await store.report_with(reference), given.clock.now()
    if not given.tracking.is_forwarding(token, report.report_id, report.forwarding):
        raise unknown_report()
    body = report.forwarded_to
    events = handling.answer(report, command.answer, command.planned_on, now)
    said = {"answer": command.answer, "forwarded_to": body, "planned_on": command.planned_on}
    step = Step.after(report, None, now, message=command.message).model_copy(update=said)
    return await _saved(report, step, events, store)


async def write_to_clerks(
    reference: str, token: str | None, command: commands.Write, given: Dependencies, store: Store
) -> HandledReport | DomainError:
    """Add a reporter's message to the clerks; record IncidentUpdated when the report waited for an answer.

    A message about an emergency is refused and counted, like a report of an emergency: nobody reads it in time.
    """
    report, now = await store.own_report(reference, token), given.clock.now()
    if emergency := await _emergency(report, command.message, given, store):
        return emergency
    events = handling.answered(report, now)
    return await _saved(report, Step.after(report, None, now, message=command.message), events, store)


async def object_to(
    reference: str, token: str | None, command: commands.ObjectTo, given: Dependencies, store: Store
) -> HandledReport | DomainError:
    """Open a closed report again for its reporter; record IncidentReopened.

    A message about an emergency is refused and counted, like a report of an emergency.
    """
    report, now = await store.own_report(reference, token), given.clock.now()
    if emergency := await _emergency(report, command.message, given, store):
        return emergency
    events = closing.object_to(report, command.reason, given.reopening_term, now)
    step = Step.after(report, None, now, reason=command.reason, message=command.message)
    return await _saved(report, step, events, store)


async def _emergency(report: HandledReport, message: str, given: Dependencies, store: Store) -> DomainError | None:
    """Return the error for a message with clear signs of an emergency, after counting it; None for other messages."""
    if given.emergencies.strength(message) is not Strength.STRONG:
        return None
    await store.count_emergency(brussels_day(given.clock.now()), report.category, asked=False)
    return DomainError("emergency", given.texts.dutch_first(report.language, "emergency"))


async def _seen_report(report_id: UUID, seen: str, store: Store) -> HandledReport:
    """Load a report for a decision; raise DomainError when it has changed since the clerk read it."""
    report = await store.report(report_id)
    await _require_seen(report, seen, store)
    return report


async def _require_seen(report: HandledReport, seen: str, store: Store) -> None:
    """Raise `version_changed`, with the steps since, unless `seen` is the report's present version."""
    if seen != str(report.version):
        steps = [one.in_short() for one in await store.steps_since(report.report_id, seen)]
        require_seen(seen, report.version, report.status, IN_DUTCH[report.status], {"steps": steps or None})


def _step(report: HandledReport, command: commands.Handling, clerk: Clerk, given: Dependencies) -> Step:
    return Step.after(report, clerk, given.clock.now(), message=command.message, note=command.note)


async def _saved(report: HandledReport, step: Step, events: Sequence[EventData], store: Store) -> HandledReport:
    await store.save_handling(report, step)
    await store.record(*events)
    return report
