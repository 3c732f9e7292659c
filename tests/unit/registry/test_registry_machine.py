"""After random requests in random order, a network is in the state that a small model of its lifecycle gives."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from unit.registry.registry_memory import (
    APPLICANT,
    CHIEF,
    CLOCK,
    FEDERAL,
    GIVEN,
    MAYOR,
    NOW,
    OFFICER,
    ROLES,
    InMemory,
    applied,
    appointment,
    charter,
    joining,
)
from unit.registry.registry_routes import routes_in_memory

from buurtsein_registry import api
from buurtsein_registry.domain import progress
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import ACTIONS, LIVING
from harness.in_process import app_of, caller, client_of
from harness.problems import refused

MOVES: dict[str, dict[str, tuple[str, str | None]]] = {
    "sign": dict.fromkeys(("DRAFT", "CHARTER_READY", "REJECTED", "RETURNED"), ("CHARTER_READY", None)),
    "submit": {"CHARTER_READY": ("UNDER_REVIEW", "NetworkSubmitted")},
    "reject": {
        "UNDER_REVIEW": ("REJECTED", "NetworkRejected"),
        "AMENDING": ("RECOGNISED", "NetworkRejected"),
    },
    "send": {"APPROVED": ("SUBMITTED_TO_FOD", "NetworkSentToFod")},
    "recognise": {"SUBMITTED_TO_FOD": ("RECOGNISED", "NetworkRecognised")},
    "return": {"SUBMITTED_TO_FOD": ("RETURNED", "NetworkReturned")},
    "renew": {name: (name, "NetworkRecognised") for name in ("RECOGNISED", "AMENDING")},
    "amend": dict.fromkeys(("RECOGNISED", "AMENDING"), ("AMENDING", "NetworkSubmitted")),
    "suspend": dict.fromkeys(("RECOGNISED", "AMENDING"), ("SUSPENDED", "NetworkSuspended")),
    "reinstate": {"SUSPENDED": ("RECOGNISED", "NetworkReinstated")},
}
"""The model: for each step, the states that allow it, the state after it, and its event."""
SECOND = {"UNDER_REVIEW": ("APPROVED", "NetworkApproved"), "AMENDING": ("RECOGNISED", "NetworkAmended")}
"""What the second approval does in each state that allows approvals; the first one changes nothing and is silent."""
NAMES = {"send": "send_to_fod", "return": "return_charter", "sign": "sign_charter", "reject": "decide"}
"""The names of steps of the model in the refusals, where they differ."""
PARTS = charter().model_dump(mode="json", exclude_none=True)
ROUTES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "sign": ("PUT charter", APPLICANT, PARTS),
    "submit": ("POST submission", APPLICANT, {}),
    "reject": ("POST approvals", CHIEF, {"decision": "reject", "reason": "Te vaag."}),
    "send": ("POST fod-submission", OFFICER, {}),
    "recognise": ("POST recognition", FEDERAL, {"reference": "VP/1"}),
    "return": ("POST return", FEDERAL, {"reason": "Onvolledig."}),
    "renew": ("POST renewal", FEDERAL, {"reference": "VP/1"}),
    "amend": ("POST amendment", APPLICANT, PARTS),
    "suspend": ("POST suspension", FEDERAL, {"reason": "inactive", "reference": "VP/2"}),
    "reinstate": ("POST reinstatement", FEDERAL, {}),
}
"""For each step of the model its route, who takes it, and the body of the request."""
FORM = joining().model_dump(mode="json", exclude={"address": {"latitude", "longitude"}}, exclude_none=True)


@cache
def app() -> FastAPI:
    return app_of(api.router, GIVEN)


@pytest.fixture(autouse=True, scope="module")
def _in_memory() -> Iterator[None]:
    with routes_in_memory():
        yield


class NetworkLife(RuleBasedStateMachine):
    """Sends random decisions on one network, and compares its state, approvals and events with a model."""

    def __init__(self) -> None:
        super().__init__()
        CLOCK.set(NOW)
        self.loop, self.store = asyncio.new_event_loop(), InMemory()
        self.client = client_of(app(), self.store)
        self.state, self.events, self.steps = "DRAFT", ["NetworkApplied"], 0
        self.approved: set[str] = set()
        self.versions = 0
        self.members: Counter[str] = Counter()
        """How many members live in each house."""
        self.suspended_in = "RECOGNISED"
        """The state to which a suspended network comes back."""

    def run(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.client.aclose())
        self.loop.close()

    @initialize()
    def apply(self) -> None:
        self.network: Network = self.run(applied(self.store))
        self.path = f"/networks/{self.network.network_id}"

    @property
    def present(self) -> Network:
        return self.store.networks[self.network.network_id]

    def send(self, route: str, actor: str, body: dict[str, Any], seen: int | None = None) -> httpx.Response:
        """Let a person send a decision on the network's current version, or on another one; return the response."""
        method, step = route.split()
        headers = caller(actor, ROLES.get(actor, "coordinator")) | {"If-Match": f'"{seen or self.present.version}"'}
        answer: httpx.Response = self.run(
            self.client.request(method, f"{self.path}/{step}", json=body, headers=headers)
        )
        return answer

    def impossible(self, answer: httpx.Response, action: str) -> None:
        """Check that a step was refused because of the state, with the steps that are possible."""
        assert answer.status_code == 409, f"{action} was accepted in {self.state}"
        problem = refused(answer, 409, "transition_refused")
        assert action not in problem.get("allowed", [])
        assert problem.get("allowed", []) == self.present.allowed()

    @rule(step=st.sampled_from(sorted(MOVES)))
    def move(self, step: str) -> None:
        self.steps += 1
        route, actor, body = ROUTES[step]
        start = {"start": GIVEN.today.isoformat()} if step in {"recognise", "renew"} else {}
        new = {"budget_plan": f"De stad betaalt {self.steps} euro."} if step == "amend" else {}
        answer = self.send(route, actor, body | start | new)
        found = MOVES[step].get(self.state)
        if found is None:
            self.impossible(answer, NAMES.get(step, step))
            return
        if step == "reject" and "korpschef" in self.approved:
            refused(answer, 409, "already_decided")
            return
        back, event = found
        if step == "suspend":
            self.suspended_in = self.state
        self.went(answer, self.suspended_in if step == "reinstate" else back, event)
        if step in {"sign", "amend"}:
            self.approved, self.versions = set(), self.versions + 1

    @rule(office=st.sampled_from(["korpschef", "burgemeester"]))
    def approve(self, office: str) -> None:
        has_one = self.present.main_coordinator is not None
        answer = self.send("POST approvals", CHIEF if office == "korpschef" else MAYOR, {"decision": "approve"})
        if self.state not in SECOND:
            self.impossible(answer, "decide")
        elif office in self.approved:
            refused(answer, 409, "already_decided")
        elif not has_one:
            refused(answer, 409, "coordinator_missing")
        else:
            self.approved.add(office)
            self.went(answer, *(SECOND[self.state] if len(self.approved) == 2 else (self.state, None)))

    @rule()
    def appoint(self) -> None:
        has_one = self.present.main_coordinator is not None
        found = appointment(screened_on=GIVEN.today).model_dump(mode="json", exclude_none=True)
        answer = self.send("POST coordinators", OFFICER, found)
        if self.state == "ENDED":
            self.impossible(answer, "appoint_coordinator")
        else:  # a main coordinator who is screened again stays the same one
            self.went(answer, self.state, None if has_one else "CoordinatorAppointed")

    @rule(reason=st.sampled_from(["stopped", "withdrawn"]), sure=st.integers(0, 9))
    def end(self, reason: str, sure: int) -> None:
        if self.state != "ENDED" and sure:  # seldom, so that most networks live for many steps
            return
        answer = self.send("POST end", OFFICER, {"reason": reason})
        if self.state == "ENDED":
            self.impossible(answer, "end")
        else:
            self.went(answer, "ENDED", "NetworkEnded")
            self.events += ["MemberLeft"] * self.members.total()

    @rule()
    def resign(self) -> None:
        has_one = self.present.main_coordinator is not None
        answer = self.send(f"POST coordinators/{APPLICANT}/removal", OFFICER, {"reason": "resigned"})
        if self.state == "ENDED":
            self.impossible(answer, "remove_coordinator")
        elif has_one:
            self.went(answer, self.state, "CoordinatorRemoved")
        else:
            refused(answer, 404, "coordinator_unknown")

    @rule(house=st.sampled_from(["1", "3"]))
    def somebody_joins(self, house: str) -> None:
        self.steps += 1
        who = caller(f"p{self.steps:032x}", "resident")
        form = FORM | {"address": FORM["address"] | {"house_number": house}}
        answer = self.run(self.client.post(f"{self.path}/members", json=form, headers=who))
        if self.state not in {"RECOGNISED", "AMENDING"}:
            refused(answer, 404, "network_unknown")
        elif self.members[house] == GIVEN.rules.most_members_per_address:
            refused(answer, 409, "address_full")
        else:
            assert answer.status_code == 201, answer.text
            self.members[house] += 1
            self.events.append("MemberJoined")

    @rule(step=st.sampled_from(sorted(MOVES)))
    def two_people_decide_at_once(self, step: str) -> None:
        route, actor, body = ROUTES[step]
        start = {"start": GIVEN.today.isoformat()} if step in {"recognise", "renew"} else {}
        late = self.send(route, actor, body | start, seen=self.present.version + 1)
        problem = refused(late, 412, "version_changed")
        assert (problem["state"], problem["version"]) == (self.state, self.present.version)

    @rule(days=st.integers(1, 400))
    def time_passes(self, days: int) -> None:
        CLOCK.move(timedelta(days=days))

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        found = self.present
        assert (str(found.state), len(found.charters)) == (self.state, self.versions)
        assert [type(event).__name__ for event in self.store.events] == self.events
        assert all(kept.version == number for number, kept in enumerate(found.charters, 1))

    @invariant()
    def somebody_is_told_to_act_exactly_while_something_waits(self) -> None:
        settled = self.state in {"RECOGNISED", "SUSPENDED", "ENDED"}
        assert (progress.waiting(self.present) == []) is settled

    def went(self, answer: httpx.Response, state: str, event: str | None) -> None:
        """Check that a step was accepted; set the model to the state after it, and expect its event."""
        assert answer.is_success, f"{self.state}: {answer.text}"
        assert answer.json()["state"] == state
        self.state = state
        self.events += [event] if event else []


NetworkLife.TestCase.settings = settings(max_examples=26, stateful_step_count=40, deadline=None)
TestNetworkLife = NetworkLife.TestCase


def test_a_step_that_the_model_forbids_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIONS, "suspend", LIVING)
    life = NetworkLife()
    life.apply()
    with pytest.raises(AssertionError, match="suspend was accepted in DRAFT"):
        life.move("suspend")
    life.teardown()
