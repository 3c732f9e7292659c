"""Police and city handle a report, its reporter can react, and all of them read the report's status."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from unit.reports.report_desk import CITY, POLICE, TRIAGE, Desk, a_desk, another
from unit.reports.reports_memory import CLOCK, GIVEN, NOW, InMemory, accept

from buurtsein_contracts.events import IncidentAssigned, IncidentRelocated, IncidentTriaged, IncidentUpdated
from buurtsein_contracts.events.incident import BodyAnswer, Route
from buurtsein_contracts.events.member import Language
from buurtsein_contracts.topics import CITY_INCIDENTS
from buurtsein_kernel.problems import DomainError
from buurtsein_reports import commands, handlers, views
from buurtsein_reports.domain.states import ACTIONS, CLOSED, ReportStatus
from buurtsein_reports.lifecycles import REPORT

S = ReportStatus


@pytest.fixture
async def desk() -> Desk:
    return await a_desk()


async def code_of(awaited: Any) -> str:
    with pytest.raises(DomainError) as refused:
        await awaited
    return refused.value.code


DRAWN = [step for step in REPORT.steps if step.source]


@pytest.mark.parametrize("step", DRAWN, ids=[f"{step.source}-{step.action}" for step in DRAWN])
async def test_a_drawn_step_leads_where_it_is_drawn_and_tells_police_and_city(desk: Desk, step: Any) -> None:
    await desk.move_to(step.source)
    events = await desk.act(step.action)
    assert desk.report.status == step.target
    assert [event.TYPE.split(".")[-2] for event in events] == [step.event.removeprefix("Incident").lower()] * 2
    assert [event.TOPIC == CITY_INCIDENTS for event in events] == [False, True]


@pytest.mark.parametrize("action", [one for one in ACTIONS if one != "answer"])  # `answer` needs a forwarding token
@pytest.mark.parametrize("status", ReportStatus)
async def test_an_action_that_the_status_does_not_allow_is_refused_and_tells_nobody(
    desk: Desk, status: ReportStatus, action: str
) -> None:
    await desk.move_to(status)
    if status in ACTIONS[action]:
        await desk.act(action)
        return
    before = (desk.report, len(desk.store.events))
    assert await code_of(desk.act(action)) == "transition_refused"
    assert (desk.report, len(desk.store.events)) == before


async def test_each_step_is_kept_with_who_took_it_and_raises_the_version(desk: Desk) -> None:
    await desk.move_to("WAITING_REPORTER")
    await desk.act("message")
    steps = desk.store.steps[desk.report_id]
    assert [step.number for step in steps] == [2, 3, 4, 5]
    assert [step.party for step in steps] == [Route.CITY] * 3 + [None]
    assert (steps[-2].message, steps[-1].message) == ("Waar ligt het juist?", "Het ligt achter de bank.")


async def test_the_second_of_two_clerks_is_told_that_the_report_has_changed(desk: Desk) -> None:
    seen = str(desk.report.version)
    command = commands.Triage.model_validate(TRIAGE)
    await handlers.triage(desk.report_id, command, CITY, seen, GIVEN, desk.store)
    assert await code_of(handlers.triage(desk.report_id, command, POLICE, seen, GIVEN, desk.store)) == "version_changed"


async def test_the_city_may_not_touch_a_report_of_the_police_and_may_not_take_one_from_them(desk: Desk) -> None:
    await desk.act("triage", POLICE, route_to=["city", "police"])
    assert await code_of(desk.act("triage", CITY, route_to=["city"])) == "police_decide"
    await desk.act("triage", POLICE, route_to=["police"])
    for action in ("triage", "begin"):
        assert await code_of(desk.act(action, CITY)) == "not_for_city"


async def test_the_police_judge_a_report_of_the_city_but_do_not_handle_it(desk: Desk) -> None:
    await desk.act("triage", POLICE)
    assert await code_of(desk.act("begin", POLICE)) == "not_for_police"


async def test_a_stream_for_the_city_begins_when_the_city_first_handles_a_report() -> None:
    store = InMemory()
    report = await accept(store, category="inbraak")
    desk = Desk(store, report.report_id)
    only_police = await desk.act("triage", POLICE, category="inbraak", severity="Severe", route_to=["police"])
    assert [event.TOPIC == CITY_INCIDENTS for event in only_police] == [False]
    with_city = await desk.act("triage", POLICE, route_to=["city"])
    assert [(event.TYPE.split(".")[-2], event.TOPIC == CITY_INCIDENTS) for event in with_city] == [
        ("reported", True),
        ("triaged", False),
        ("triaged", True),
        ("assigned", False),
        ("assigned", True),
    ]
    last_for_city = await desk.act("triage", POLICE, route_to=["police"])
    back = await desk.act("triage", POLICE, route_to=["city"])
    assert [len(last_for_city), len(back)] == [3, 4]


async def test_the_city_that_handles_a_report_again_is_told_the_place_and_the_unit_that_it_missed(desk: Desk) -> None:
    await desk.act("triage", POLICE, route_to=["city", "police"])
    await desk.act("triage", POLICE, route_to=["police"])
    assert [event.TOPIC == CITY_INCIDENTS for event in await desk.act("relocate", POLICE)] == [False]
    back = await desk.act("triage", POLICE, route_to=["city", "police"])
    triaged, place, unit = [event for event in back if event.TOPIC == CITY_INCIDENTS]
    assert isinstance(place, IncidentRelocated)
    assert (place.location, place.network_id) == (desk.report.location, desk.report.network_id)
    assert (place.location.latitude, place.by, place.relocated_at) == (50.7, "police", NOW)
    assert (type(triaged).__name__, unit.TYPE.split(".")[-2]) == ("IncidentTriaged", "assigned")
    assert [event.TYPE.split(".")[-2] for event in back if event.TOPIC != CITY_INCIDENTS] == ["triaged", "assigned"]


async def test_the_city_that_handles_a_report_again_is_told_a_unit_that_the_rules_keep(desk: Desk) -> None:
    await desk.act("triage", POLICE, category="lawaaihinder", route_to=["police"])
    desk.store.handled[desk.report_id].unit = "stad"
    back = await desk.act("triage", POLICE, category="lawaaihinder", route_to=["city"])
    [unit] = [event for event in back if isinstance(event, IncidentAssigned)]
    assert (unit.TOPIC, unit.unit) == (CITY_INCIDENTS, "stad")


async def test_a_forwarded_report_is_answered_once_by_who_has_its_token(desk: Desk) -> None:
    await desk.move_to("FORWARDED")
    assert await code_of(desk.answer(token=desk.token)) == "report_unknown"
    assert await code_of(desk.answer(answer="planned")) == "day_missing"
    events = await desk.act("answer", answer="planned", planned_on=date(2026, 12, 4), message="We komen met twee.")
    assert [(event.status, event.answer, event.by) for event in events if isinstance(event, IncidentUpdated)] == [
        ("IN_PROGRESS", "planned", None)
    ] * 2
    step = desk.store.steps[desk.report_id][-1]
    assert (step.answer, step.forwarded_to, step.message) == ("planned", "De Watergroep", "We komen met twee.")
    said, day = BodyAnswer.PLANNED, date(2026, 12, 4)
    told = [GIVEN.texts.in_language(one).answered(said, "De Watergroep", day) for one in Language]
    assert told[0] == "De Watergroep plant het werk op 04/12/2026."
    assert all("De Watergroep" in one and "04/12/2026" in one for one in told)
    assert await code_of(desk.answer()) == "transition_refused"


async def test_another_body_should_answer_by_a_day_that_the_clerk_sets_or_within_ten_working_days(desk: Desk) -> None:
    await desk.move_to("FORWARDED")
    assert desk.report.answer_by == date(2026, 12, 8)
    await desk.act("answer")
    await desk.act("forward", answer_by=date(2026, 11, 27))
    assert [step.answer_by for step in desk.store.steps[desk.report_id]][-3:] == [
        date(2026, 12, 8),
        None,
        date(2026, 11, 27),
    ]
    await desk.act("resolve")
    assert desk.report.answer_by is None


async def test_the_token_of_an_earlier_forwarding_answers_no_later_one(desk: Desk) -> None:
    await desk.move_to("FORWARDED")
    earlier = GIVEN.tracking.forwarding_token(desk.report_id, desk.report.forwarding or 0)
    await desk.act("begin")
    await desk.act("forward", forwarded_to="Fluvius")
    assert await code_of(desk.answer(token=earlier)) == "report_unknown"


async def test_a_triage_stores_the_code_of_its_category_whatever_blanks_were_typed(desk: Desk) -> None:
    [event, *_] = await desk.act("triage", POLICE, category="verdacht  gedrag", route_to=["police"])
    assert (desk.report.category, desk.report.subcategory) == ("verdacht gedrag", None)
    assert isinstance(event, IncidentTriaged)
    assert (event.category, event.subcategory) == ("verdacht gedrag", None)
    await desk.act("triage", POLICE, category="verdacht   gedrag", route_to=["police"])
    assert desk.report.category == "verdacht gedrag"


async def test_another_category_gives_the_report_another_term(desk: Desk) -> None:
    assert desk.report.due_on == date(2026, 12, 1)
    await desk.act("triage", POLICE, category="vermissing", severity="Severe", route_to=["police"])
    assert desk.report.due_on == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("action", "changes", "code"),
    [
        ("plan", {"planned_on": None}, "day_missing"),
        ("plan", {"planned_on": date(2026, 11, 23)}, "day_in_past"),
        ("plan", {"forwarded_to": "Iemand"}, "body_missing"),
        ("forward", {"forwarded_to": None}, "body_missing"),
        ("forward", {"answer_by": date(2026, 11, 23)}, "answer_day_unfit"),
        ("plan", {"answer_by": date(2026, 12, 1)}, "answer_day_unfit"),
        ("ask_reporter", {"planned_on": date(2026, 12, 1)}, "day_missing"),
        ("resolve", {"reason": "not_ours"}, "reason_wrong"),
        ("reject", {"reason": "done"}, "reason_wrong"),
        ("resolve", {"duplicate_of": UUID(int=1)}, "original_missing"),
        ("link_duplicate", {"duplicate_of": None}, "original_missing"),
        ("link_duplicate", {"duplicate_of": UUID(int=1)}, "report_unknown"),
    ],
)
async def test_a_step_with_the_wrong_details_is_refused(
    desk: Desk, action: str, changes: dict[str, Any], code: str
) -> None:
    await desk.move_to("IN_PROGRESS")
    assert await code_of(desk.act(action, **changes)) == code


async def test_a_report_is_linked_only_to_another_open_report_without_a_chain(desk: Desk) -> None:
    original, third = await another(desk.store), await another(desk.store)
    assert await code_of(desk.act("link_duplicate", duplicate_of=desk.report_id)) == "original_unfit"
    await desk.act("link_duplicate", duplicate_of=original.report_id)
    at_original = Desk(desk.store, original.report_id)
    assert await code_of(at_original.act("link_duplicate", duplicate_of=third.report_id)) == "has_duplicates"
    at_third = Desk(desk.store, third.report_id)
    assert await code_of(at_third.act("link_duplicate", duplicate_of=desk.report_id)) == "original_unfit"


async def test_a_reporter_opens_a_closed_report_again_only_within_the_term(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.move_to("RESOLVED")
    monkeypatch.setattr(CLOCK, "now", lambda: NOW + timedelta(days=31))
    assert await code_of(desk.act("object")) == "reopening_too_late"
    monkeypatch.setattr(CLOCK, "now", lambda: NOW + timedelta(days=30))
    await desk.act("object")
    assert desk.report.status is S.REOPENED


async def test_nobody_without_the_token_reacts_for_the_reporter(desk: Desk) -> None:
    written = commands.Write(message="Hallo.")
    for token in (None, "", "x" * 32):
        wrong = handlers.write_to_clerks(desk.report.reference, token, written, GIVEN, desk.store)
        assert await code_of(wrong) == "report_unknown"


@pytest.mark.parametrize("action", ["message", "object"])
async def test_a_message_that_tells_of_an_emergency_is_refused_with_101_or_112_and_only_counted(
    desk: Desk, action: str
) -> None:
    await desk.move_to("RESOLVED" if action == "object" else "WAITING_REPORTER")
    before = (desk.report, len(desk.store.events), len(desk.store.steps[desk.report_id]))
    refused = await desk.react(action, message="Help! Er staat een man met een mes in mijn tuin!")
    assert isinstance(refused, DomainError)
    assert (refused.code, "101" in refused.detail) == ("emergency", True)
    assert (desk.report, len(desk.store.events), len(desk.store.steps[desk.report_id])) == before
    assert len(desk.store.emergencies) == 1


def test_a_clerk_is_shown_only_actions_that_a_clerk_can_take() -> None:
    shown = {status: set(views.clerk_actions(status)) for status in ReportStatus}
    assert shown[S.RECEIVED] == {"triage", "assign", "relocate", "link_duplicate"}
    assert {frozenset(shown[status]) for status in CLOSED} == {frozenset({"reopen"})}
