"""After random steps of two parties and a reporter, a report is in the status that a small model gives."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from unit.reports.report_desk import CITY, POLICE, Desk, a_desk
from unit.reports.reports_memory import CLOCK, NOW

from buurtsein_contracts import EventData
from buurtsein_contracts.events import IncidentAssigned
from buurtsein_contracts.events.incident import Route
from buurtsein_contracts.topics import CITY_INCIDENTS
from buurtsein_kernel.problems import DomainError
from buurtsein_reports.domain.handled import Clerk

OPEN = ("RECEIVED", "TRIAGED", "IN_PROGRESS", "WAITING_REPORTER", "PLANNED", "FORWARDED", "REOPENED")
IN_HAND = ("IN_PROGRESS", "WAITING_REPORTER", "PLANNED", "FORWARDED")
MOVES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "begin": (("TRIAGED", "WAITING_REPORTER", "PLANNED", "FORWARDED", "REOPENED"), "IN_PROGRESS", "updated"),
    "ask_reporter": (("IN_PROGRESS",), "WAITING_REPORTER", "updated"),
    "plan": (("IN_PROGRESS", "PLANNED"), "PLANNED", "updated"),
    "forward": (("IN_PROGRESS",), "FORWARDED", "updated"),
    "resolve": (IN_HAND, "RESOLVED", "resolved"),
    "reject": ((*IN_HAND, "TRIAGED", "REOPENED"), "REJECTED", "resolved"),
    "link_duplicate": (OPEN, "DUPLICATE", "resolved"),
    "reopen": (("RESOLVED", "REJECTED", "DUPLICATE"), "REOPENED", "reopened"),
}
"""The model: for each step of a clerk, the statuses that allow it, the status after it, and its event."""
ROUTES = (["city"], ["police"], ["city", "police"])
MOMENTS = {"now": timedelta(), "in the term": timedelta(days=30), "after the term": timedelta(days=31)}


class ReportLife(RuleBasedStateMachine):
    """One report, with a model of its status, and of who handles it."""

    def __init__(self) -> None:
        super().__init__()
        CLOCK.set(NOW)
        self.loop = asyncio.new_event_loop()
        self.desk: Desk = self.run(a_desk())
        self.status, self.route, self.version = "RECEIVED", {"city"}, 1
        self.was_forwarded = False

    def run(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def step(self, action: str, clerk: Clerk, expected: str | None, **changes: Any) -> list[EventData]:
        """Take a step, and check that it is refused with the expected code, or accepted when that is None."""
        done: list[EventData] | DomainError
        try:
            done = self.run(self.desk.act(action, clerk, **changes))
        except DomainError as refused:
            done = refused
        assert (done.code if isinstance(done, DomainError) else None) == expected
        if isinstance(done, DomainError):
            return []
        self.version += 1
        return done

    def hear(self, events: list[EventData], kind: str, *, to_city: bool) -> None:
        """Check that the police were told of a step, and the city too if it is concerned, each once."""
        told = [(about(event), event.TYPE.split(".")[-2]) for event in events]
        assert told == [("police", kind), ("city", kind)][: 1 + to_city]

    @rule(route=st.sampled_from(ROUTES), clerk=st.sampled_from([POLICE, CITY]))
    def triage(self, route: list[str], clerk: Clerk) -> None:
        before, wanted = set(self.route), set(route)
        expected = "transition_refused" if self.status not in OPEN else None
        if clerk is CITY and "city" not in before:
            expected = "not_for_city"
        elif clerk is CITY and expected is None and "police" in before - wanted:
            expected = "police_decide"
        events = self.step("triage", clerk, expected, route_to=route)
        if expected is None:
            events = [event for event in events if not isinstance(event, IncidentAssigned)]
            self.hear(events, "triaged", to_city="city" in before | wanted)
            self.status, self.route = "TRIAGED", wanted

    @rule(action=st.sampled_from(list(MOVES)), clerk=st.sampled_from([POLICE, CITY]))
    def move(self, action: str, clerk: Clerk) -> None:
        allowed, after, kind = MOVES[action]
        expected = None if self.status in allowed else "transition_refused"
        if clerk.party.value not in self.route:
            expected = "not_for_city" if clerk is CITY else "not_for_police"
        events = self.step(action, clerk, expected)
        if expected is None:
            self.hear(events, kind, to_city="city" in self.route)
            self.status, self.was_forwarded = after, self.was_forwarded or action == "forward"

    @rule(unit=st.sampled_from(["stad", "politie"]), clerk=st.sampled_from([POLICE, CITY]))
    def assign(self, unit: str, clerk: Clerk) -> None:
        is_theirs = {"stad": "city", "politie": "police"}[unit] in self.route
        expected = None if is_theirs else "unit_unfit"
        if self.status not in OPEN:
            expected = "transition_refused"
        if clerk.party.value not in self.route:
            expected = "not_for_city" if clerk is CITY else "not_for_police"
        before = self.desk.report.unit
        events = self.step("assign", clerk, expected, unit=unit)
        if expected is None and unit != before:
            self.hear(events, "assigned", to_city="city" in self.route)

    @rule()
    def answer(self) -> None:
        expected = None if self.status == "FORWARDED" else "transition_refused"
        events = self.step("answer", POLICE, expected if self.was_forwarded else "report_unknown")
        if events:
            self.hear(events, "updated", to_city="city" in self.route)
            self.status = "IN_PROGRESS"

    @rule()
    def message(self) -> None:
        waited = self.status == "WAITING_REPORTER"
        events = self.step("message", POLICE, None if self.status in OPEN else "transition_refused")
        assert bool(events) == waited
        self.status = "IN_PROGRESS" if waited else self.status

    @rule(after=st.sampled_from(list(MOMENTS)))
    def object(self, after: str) -> None:
        possible = self.status in {"RESOLVED", "REJECTED"}
        late = "reopening_too_late" if after == "after the term" else None
        CLOCK.set(NOW + MOMENTS[after])
        events = self.step("object", POLICE, late if possible else "transition_refused")
        CLOCK.set(NOW)
        if events:
            self.hear(events, "reopened", to_city="city" in self.route)
            self.status = "REOPENED"

    @invariant()
    def the_report_is_as_the_model_says(self) -> None:
        report, steps = self.desk.report, self.desk.store.steps.get(self.desk.report_id, [])
        assert (report.status, set(report.route_to), report.version) == (self.status, self.route, self.version)
        assert [step.number for step in steps] == list(range(2, self.version + 1))
        assert (report.closed_at is not None) == (self.status not in OPEN)

    def teardown(self) -> None:
        self.loop.close()


def about(event: EventData) -> str:
    return Route.CITY if event.TOPIC == CITY_INCIDENTS else Route.POLICE


TestReportLife = ReportLife.TestCase
TestReportLife.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
