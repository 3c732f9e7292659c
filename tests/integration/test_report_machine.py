"""After random requests of police, city, reporter and another body over HTTP, a report is in the state of a model."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from unit.reports.report_desk import ASSIGN, CITY, CLOSINGS, ELSEWHERE, POLICE, TRIAGE, UPDATES
from unit.reports.reports_memory import CLOCK, GIVEN, NOW, command

from buurtsein_chassis.database import Database
from buurtsein_reports import api
from buurtsein_reports.domain.handled import Clerk
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.problems import refused

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
MODEL = {name: allowed for name, (allowed, _, _) in MOVES.items()} | {
    "triage": OPEN,
    "assign": OPEN,
    "relocate": OPEN,
    "answer": ("FORWARDED",),
    "object": ("RESOLVED", "REJECTED"),
    "message": OPEN,
}
"""For each action the statuses that allow it."""
ROUTES = (["city"], ["police"], ["city", "police"])
MOMENTS = {"now": timedelta(), "in the term": timedelta(days=30), "after the term": timedelta(days=31)}
PATHS = {
    "triage": "triage",
    "assign": "assignment",
    "relocate": "relocation",
    "reopen": "reopening",
    **dict.fromkeys(UPDATES, "progress"),
    **dict.fromkeys(CLOSINGS, "closure"),
}
BODIES: dict[str, dict[str, Any]] = {
    "triage": TRIAGE,
    "assign": ASSIGN,
    "relocate": {"location": ELSEWHERE, "reason": "Gezien op de foto."},
    "reopen": {"reason": "closed_by_mistake"},
    **UPDATES,
    **CLOSINGS,
}
HEADERS = {POLICE: caller(POLICE.actor, "officer"), CITY: caller(CITY.actor, "city-officer")}
CLERKS = st.sampled_from([POLICE, CITY])


class ReportLife(RuleBasedStateMachine):
    """Takes random steps on one report; compares status, handlers and the events on each topic with a model."""

    runner: ClassVar[asyncio.Runner]
    client: ClassVar[httpx.AsyncClient]
    database: ClassVar[Database]
    made: ClassVar[int] = 0

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        CLOCK.set(NOW)
        self.receipt, self.other = self.submitted(), self.submitted()
        self.status, self.route, self.version, self.unit, self.token = "RECEIVED", {"city"}, 1, "stad", "-"
        self.told = {"bin.incidents": ["reported"], "bin.city-incidents": ["reported"]}
        self.answered = "RECEIVED"

    def submitted(self) -> dict[str, Any]:
        type(self).made += 1
        body = command(category="sluikstort", text=f"Zak {self.made}.").model_dump(mode="json", exclude_unset=True)
        answer = self.run(self.client.post("/reports", json=body))
        assert answer.status_code == 201, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    def take(self, action: str, clerk: Clerk, expected: str | None, **changes: Any) -> bool:
        """Take a step as a clerk; check that it is refused as expected, and return whether it was accepted."""
        body = BODIES[action] | changes
        if action == "link_duplicate":
            body |= {"duplicate_of": self.other["report_id"]}
        body = {name: str(value) if name == "planned_on" else value for name, value in body.items()}
        url = f"/reports/{self.receipt['report_id']}/{PATHS[action]}"
        seen = {"If-Match": f'"{self.version}"'}
        return self.check(self.run(self.client.post(url, json=body, headers=HEADERS[clerk] | seen)), expected)

    def check(self, answer: httpx.Response, expected: str | None) -> bool:
        if expected:
            problem = refused(answer, answer.status_code, expected)
            if expected == "transition_refused":
                allowed = {action for action, statuses in MODEL.items() if self.status in statuses}
                assert (answer.status_code, set(problem["allowed"])) == (409, allowed)
            return False
        assert answer.is_success, answer.text
        self.version += 1
        self.token = answer.json().get("forwarding_token") or self.token
        self.answered = answer.json()["status"]
        return True

    def hear(self, kind: str, *, to_city: bool) -> None:
        self.told["bin.incidents"].append(kind)
        self.told["bin.city-incidents"] += [kind] if to_city else []

    def refusal(self, action: str, clerk: Clerk) -> str | None:
        """Return the code with which the model refuses a step of a clerk."""
        if clerk.party.value not in self.route:
            return "not_for_city" if clerk is CITY else "not_for_police"
        return None if self.status in MODEL[action] else "transition_refused"

    def rerouted(self, *, comes_back: bool) -> None:
        """Give the model's report the standard unit of the city if the city handles it, else that of the police.

        When the report comes back to the city, events tell the city its unit, and its place if a clerk changed it.
        """
        unit = "stad" if "city" in self.route else "politie"
        if comes_back and "relocated" in self.told["bin.incidents"]:
            self.told["bin.city-incidents"].append("relocated")
        if unit != self.unit:
            self.hear("assigned", to_city="city" in self.route)
        elif comes_back:
            self.told["bin.city-incidents"].append("assigned")
        self.unit = unit

    @rule(route=st.sampled_from(ROUTES), clerk=CLERKS)
    def triage(self, route: list[str], clerk: Clerk) -> None:
        before, wanted = set(self.route), set(route)
        expected = "transition_refused" if self.status not in OPEN else None
        if clerk is CITY and "city" not in before:
            expected = "not_for_city"
        elif clerk is CITY and expected is None and "police" in before - wanted:
            expected = "police_decide"
        if self.take("triage", clerk, expected, route_to=route):
            self.hear("triaged", to_city="city" in before | wanted)
            self.status, self.route = "TRIAGED", wanted
            if wanted != before:
                self.rerouted(comes_back="city" in wanted - before)

    @rule(action=st.sampled_from(list(MOVES)), clerk=CLERKS)
    def move(self, action: str, clerk: Clerk) -> None:
        _, after, kind = MOVES[action]
        if self.take(action, clerk, self.refusal(action, clerk)):
            self.hear(kind, to_city="city" in self.route)
            self.status = after

    @rule(unit=st.sampled_from(["stad", "politie"]), clerk=CLERKS)
    def assign(self, unit: str, clerk: Clerk) -> None:
        is_theirs = {"stad": "city", "politie": "police"}[unit] in self.route
        expected = self.refusal("assign", clerk) or (None if is_theirs else "unit_unfit")
        if self.take("assign", clerk, expected, unit=unit):
            if unit != self.unit:
                self.hear("assigned", to_city="city" in self.route)
            self.unit = unit

    @rule(clerk=CLERKS)
    def relocate(self, clerk: Clerk) -> None:
        if self.take("relocate", clerk, self.refusal("relocate", clerk)):
            self.hear("relocated", to_city="city" in self.route)

    @rule(action=st.sampled_from(sorted(PATHS)), clerk=CLERKS)
    def with_an_old_version(self, action: str, clerk: Clerk) -> None:
        self.version += 1
        self.take(action, clerk, "version_changed")
        self.version -= 1

    @rule()
    def answer(self) -> None:
        expected = None if self.status == "FORWARDED" else "transition_refused"
        url, token = f"/forwarded/{self.receipt['reference']}/answer", {"Forwarding-Token": self.token}
        answer = self.run(self.client.post(url, json={"answer": "will_do"}, headers=token))
        if self.check(answer, expected if self.token != "-" else "report_unknown"):
            self.hear("updated", to_city="city" in self.route)
            self.status = "IN_PROGRESS"

    def react(self, path: str, expected: str | None, **body: str) -> bool:
        own = {"Tracking-Token": self.receipt["tracking_token"]}
        url = f"/reports/{self.receipt['reference']}/status/{path}"
        return self.check(self.run(self.client.post(url, json=body, headers=own)), expected)

    @rule()
    def message(self) -> None:
        expected = None if self.status in OPEN else "transition_refused"
        if self.react("messages", expected, message="Het ligt achter de bank.") and self.status == "WAITING_REPORTER":
            self.hear("updated", to_city="city" in self.route)
            self.status = "IN_PROGRESS"

    @rule(after=st.sampled_from(list(MOMENTS)))
    def object(self, after: str) -> None:
        late = "reopening_too_late" if after == "after the term" else None
        expected = late if self.status in {"RESOLVED", "REJECTED"} else "transition_refused"
        CLOCK.set(NOW + MOMENTS[after])
        accepted = self.react("reopening", expected, reason="not_solved", message="Het ligt er nog.")
        CLOCK.set(NOW)
        if accepted:
            self.hear("reopened", to_city="city" in self.route)
            self.status = "REOPENED"

    @invariant()
    def the_last_answer_and_all_events_are_as_the_model_says(self) -> None:
        if not hasattr(self, "receipt"):
            return
        assert self.answered == self.status
        query = "select topic, type from event_log where key = $1 order by id"
        rows = self.run(self.database.pool.fetch(query, str(UUID(self.receipt["report_id"]))))
        for topic, told in self.told.items():
            assert [row["type"].split(".")[-2] for row in rows if row["topic"] == topic] == told

    def teardown(self) -> None:
        """Check the whole report as a clerk reads it, once at the end."""
        path = f"/reports/{self.receipt['report_id']}"
        shown = self.run(self.client.get(path, headers=HEADERS[POLICE])).json()
        assert (shown["status"], set(shown["route_to"]), shown["version"]) == (self.status, self.route, self.version)
        assert shown["unit"] == self.unit
        assert [step["number"] for step in shown["steps"]] == list(range(2, self.version + 1))


@pytest.mark.timeout(300)
def test_a_report_that_is_driven_over_http_does_what_the_model_says(servers: RunningServers) -> None:
    async def begun(stack: AsyncExitStack) -> None:
        where = await stack.enter_async_context(fresh_database(servers, "reports"))
        ReportLife.database = await stack.enter_async_context(opened(where.app))
        ReportLife.client = await stack.enter_async_context(serving(api.router, ReportLife.database, GIVEN))

    with asyncio.Runner() as ReportLife.runner:
        stack = AsyncExitStack()
        ReportLife.runner.run(begun(stack))
        try:
            run_state_machine_as_test(
                ReportLife, settings=settings(max_examples=20, stateful_step_count=50, deadline=None)
            )
        finally:
            ReportLife.runner.run(stack.aclose())
