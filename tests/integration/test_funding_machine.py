"""After random requests over HTTP, an application on PostgreSQL is in the state that a small model gives."""

from typing import Any
from uuid import UUID

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from unit.funding.funding_memory import CLOCK, COLLEGE, COORDINATOR, KEYRING, SCHEME, TODAY, form, network_in_order

from buurtsein_funding import api
from buurtsein_funding.domain.scheme import Schemes
from buurtsein_funding.domain.states import ACTIONS, ApplicationState
from buurtsein_funding.handlers import Dependencies
from buurtsein_funding.projections import known_networks
from buurtsein_funding.views import ApplicationFile
from buurtsein_stack.servers import RunningServers
from harness.driving import Driven, drive
from harness.in_process import caller
from harness.problems import refused

GIVEN = Dependencies(CLOCK, Schemes(scheme=(SCHEME.model_copy(update={"budget_cents": None}),)), KEYRING)
SHOWN = set(ApplicationFile.model_fields)
OPEN = ("SUBMITTED", "UNDER_REVIEW")
BEFORE = ("SUBMITTED", "INCOMPLETE", "UNDER_REVIEW")
MOVES: dict[str, dict[str, tuple[str, str | None]]] = {
    "form": {"DRAFT": ("DRAFT", None), "INCOMPLETE": ("INCOMPLETE", None)},
    "submission": {"DRAFT": ("SUBMITTED", "requested"), "INCOMPLETE": ("SUBMITTED", "completed")},
    "withdrawal": {"DRAFT": ("WITHDRAWN", None), **dict.fromkeys(BEFORE, ("WITHDRAWN", "withdrawn"))},
    "questions": dict.fromkeys(OPEN, ("INCOMPLETE", "incomplete")),
    "review": dict.fromkeys(OPEN, ("UNDER_REVIEW", "reviewed")),
    "grant": {"UNDER_REVIEW": ("GRANTED", "decided")},
    "reject": {"UNDER_REVIEW": ("REJECTED", "decided")},
}
"""The model: for each step, the states that allow it, the state after it, and its event."""
FINANCE, CLERK = caller("p" + "f" * 32, "finance"), caller("p" + "a" * 32, "city-officer", "finance")
OWN = caller(COORDINATOR, "coordinator")
COLLEGE_SAID = {"decided_on": str(COLLEGE["decided_on"]), "reference": COLLEGE["reference"]}
CENTS = (5500, 13000, 1, 200)
"""The amounts of the cost lines; a form has the first one, two, three or all four of them."""
REJECT = {"decision": "REJECTED", "reasons": ["outside_year"], "college": COLLEGE_SAID}
MORE = {"missing": ["proof"], "text": "Bezorg de factuur.", "until": TODAY.replace(day=TODAY.day + 2).isoformat()}
BODIES: dict[str, tuple[dict[str, str], str, Any]] = {
    "form": (OWN, "form", None),
    "submission": (OWN, "submission", None),
    "withdrawal": (OWN, "withdrawal", None),
    "questions": (FINANCE, "questions", MORE),
    "review": (FINANCE, "review", {"proposal": "GRANTED"}),
    "grant": (CLERK, "decision", None),
    "reject": (CLERK, "decision", REJECT),
}


class ApplicationLife(Driven):
    """Sends random requests about one network's last application, and compares its state with a model."""

    @initialize(draft=st.booleans())
    def begin(self, draft: bool) -> None:
        network = network_in_order()
        self.network_id = network.network_id

        async def know() -> None:
            async with self.database.unit_of_work() as uow:
                await known_networks.save(uow.connection, {str(network.network_id): network})

        self.run(know())
        self.take(self.ask(draft=draft), draft=draft)

    def ask(self, *, draft: bool) -> httpx.Response:
        body = form(self.network_id, draft=draft, cost_lines=lines(3)).model_dump(mode="json")
        answer: httpx.Response = self.run(self.client.post("/applications", json=body, headers=OWN))
        return answer

    def take(self, answer: httpx.Response, *, draft: bool) -> None:
        assert answer.status_code == 201, answer.text
        self.application_id = answer.json()["application_id"]
        self.state, self.version = ("DRAFT", 1) if draft else ("SUBMITTED", 1)
        self.events = [] if draft else ["requested"]
        self.filled, self.submitted, self.changed = 3, 0 if draft else 3, draft

    def send(
        self, step: str, seen: int | None = None, who: dict[str, str] | None = None, number: int = 3
    ) -> httpx.Response:
        headers, path, body = BODIES[step]
        if step == "form":
            body = {"form_version": "v1", "cost_lines": lines(number)}
        if step == "grant":
            amount = sum(CENTS[: self.submitted]) or 1
            body = {"decision": "GRANTED", "granted_cents": amount, "college": COLLEGE_SAID}
        method = "PUT" if step == "form" else "POST"
        tag = {"If-Match": f'"{seen or self.version}"'}
        url = f"/applications/{self.application_id}/{path}"
        answer: httpx.Response = self.run(self.client.request(method, url, json=body, headers=(who or headers) | tag))
        return answer

    def is_hidden_at(self, step: str) -> bool:
        """Return whether the step is one of the city and the application was never submitted, so that it is unknown."""
        return not self.submitted and step not in {"form", "submission", "withdrawal"}

    @rule(step=st.sampled_from(sorted(MOVES)), number=st.integers(1, len(CENTS)))
    def move(self, step: str, number: int) -> None:
        found = MOVES[step].get(self.state)
        answer = self.send(step, number=number)
        if self.is_hidden_at(step):
            refused(answer, 404, "application_unknown")
            return
        if found is None:
            waits = step == "review" and self.state == "INCOMPLETE"
            problem = refused(answer, 409, "answer_awaited" if waits else "transition_refused")
            assert waits or problem["allowed"] == actions_in(self.state)
            return
        assert answer.status_code == 200, answer.text
        self.state, event = found
        self.version += 1
        self.events += [event] if event else []
        if step == "form":
            self.filled, self.changed = number, True
        if step == "submission":
            self.submitted, self.changed = self.filled, False

    @rule(step=st.sampled_from(sorted(MOVES)))
    def with_an_old_version(self, step: str) -> None:
        seen = self.version - 1 or self.version + 1
        if self.is_hidden_at(step):
            refused(self.send(step, seen=seen), 404, "application_unknown")
            return
        problem = refused(self.send(step, seen=seen), 412, "version_changed")
        assert (problem["state"], problem["version"]) == (self.state, self.version)
        assert ("changed" in problem) == (seen < self.version)
        assert set(problem.get("changed", ["state"])) <= SHOWN

    @rule(step=st.sampled_from(["grant", "reject"]))
    def decide_as_who_prepared(self, step: str) -> None:
        reviewed = self.state == "UNDER_REVIEW"
        answer = self.send(step, who=FINANCE)
        if self.is_hidden_at(step):
            refused(answer, 404, "application_unknown")
            return
        refused(answer, 403 if reviewed else 409, "same_person" if reviewed else "transition_refused")

    @rule(step=st.sampled_from(["form", "submission", "withdrawal"]))
    def as_another_coordinator(self, step: str) -> None:
        stranger = caller("p" + "e" * 32, "coordinator")
        refused(self.send(step, who=stranger), 404, "application_unknown")

    @rule(draft=st.booleans())
    def ask_again(self, draft: bool) -> None:
        answer = self.ask(draft=draft)
        if self.state in {"REJECTED", "WITHDRAWN"}:
            self.take(answer, draft=draft)
        else:
            refused(answer, 409, "live_application_exists")

    @invariant()
    def the_city_sees_the_application_as_it_was_submitted(self) -> None:
        if not getattr(self, "submitted", 0):
            return
        listed = self.run(self.client.get(f"/networks/{self.network_id}/applications", headers=FINANCE)).json()
        shown = self.run(self.client.get(f"/applications/{self.application_id}", headers=FINANCE)).json()
        assert listed["items"][-1] == shown
        assert shown["requested_cents"] == shown["payable_cents"] == sum(CENTS[: self.submitted])
        query = "select requested_cents from application where application_id = $1"
        assert self.run(self.database.pool.fetchval(query, UUID(self.application_id))) == shown["requested_cents"]

    @invariant()
    def the_application_is_as_the_model_says(self) -> None:
        if not hasattr(self, "application_id"):
            return
        shown = self.run(self.client.get(f"/applications/{self.application_id}", headers=OWN)).json()
        assert (shown["state"], shown["version"]) == (self.state, self.version)
        assert shown["actions"] == actions_in(self.state)
        assert [line["cents"] for line in shown["cost_lines"]] == list(CENTS[: self.filled])
        assert shown.get("payable_cents") == (None if self.changed else sum(CENTS[: self.submitted]))
        query = "select type from event_log where subject = $1 order by version"
        rows = self.run(self.database.pool.fetch(query, str(UUID(self.application_id))))
        assert [row["type"].split(".")[-2] for row in rows] == self.events


def lines(number: int) -> list[dict[str, Any]]:
    return [{"kind": "sms", "description": "berichten", "cents": cents} for cents in CENTS[:number]]


def actions_in(state: str) -> list[str]:
    return [name for name, states in ACTIONS.items() if ApplicationState(state) in states]


def test_an_application_that_is_driven_over_http_does_what_the_model_says(servers: RunningServers) -> None:
    drive(ApplicationLife, servers, "funding", api.router, GIVEN, examples=40)
