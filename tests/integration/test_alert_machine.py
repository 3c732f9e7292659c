"""After random requests over HTTP and random deliveries, an alert on PostgreSQL is as a small model says."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, ClassVar

import httpx
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from integration.deliveries_scene import Scripted, due, typed
from integration.notifier_scene import LIVE, keep
from unit.notifier.notifier_memory import network
from unit.notifier.test_notifier_writing import TEXTS

from buurtsein_chassis.database import Database
from buurtsein_notifier import api
from buurtsein_notifier.adapters import Answer, CannotSay, Delivered, Outcome, Refused, Unknown
from buurtsein_notifier.deliveries import Deliveries
from buurtsein_notifier.domain.states import ACTIONS, AlertState
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database, opened
from harness.in_process import caller, serving
from harness.problems import refused

HOME = network()
POLICE = {name: caller("p" + name * 32, "officer") for name in "abc"}
WHO = st.sampled_from(sorted(POLICE))
BODIES: dict[str, tuple[str, str, Any]] = {
    "edit": ("edit", "edit", {"valid_minutes": 120}),
    "propose": ("propose", "proposal", None),
    "return": ("return", "return", {"reason": "Zeg waar het is."}),
    "release": ("release", "release", None),
    "break_glass": ("break_glass", "emergency-release", {"reason": "Er is geen tijd."}),
    "refuse": ("refuse", "refusal", {"reason": "not_relevant"}),
    "hold": ("hold", "hold", {"on": True, "reason": "eerst nagaan"}),
    "let_go": ("hold", "hold", {"on": False, "reason": "het klopt"}),
    "cancel": ("cancel", "cancellation", {"reason": "solved"}),
}
"""For each step its action, the end of its route, and its body."""
MOVES: dict[str, dict[str, tuple[str, list[str]]]] = {
    "edit": {one: (one, ["proposed"] if one == "PROPOSED" else []) for one in ("DRAFT", "PROPOSED", "RETURNED")},
    "propose": dict.fromkeys(("DRAFT", "RETURNED"), ("PROPOSED", ["proposed"])),
    "return": {"PROPOSED": ("RETURNED", ["returned"])},
    "release": {"PROPOSED": ("RELEASED", ["released"])},
    "break_glass": {"PROPOSED": ("RELEASED", ["released"])},
    "refuse": {"DRAFT": ("REFUSED", []), **dict.fromkeys(("PROPOSED", "RETURNED"), ("REFUSED", ["refused"]))},
    "hold": {"RELEASED": ("RELEASED", [])},
    "let_go": {"RELEASED": ("RELEASED", [])},
    "cancel": {"RELEASED": ("CANCELLED", ["cancelled"]), "SENT": ("CANCELLING", [])},
}
"""The model: for each step, the states that allow it, the state after it, and its events."""
ENDS: dict[str, dict[str, tuple[str, list[str]]]] = {
    "sent": {"RELEASED": ("SENT", ["sent"]), "CANCELLING": ("CANCELLED", ["cancelled"])},
    "refused": {"RELEASED": ("FAILED", ["failed"]), "CANCELLING": ("SENT", [])},
    "unknown": {"RELEASED": ("UNKNOWN", ["failed"]), "CANCELLING": ("CANCELLING", [])},
}
"""The state after each end of a delivery, and its events."""
PEER: dict[str, tuple[list[Outcome], list[Answer]]] = {
    "sent": ([Delivered("ref")], []),
    "refused": ([Refused("http_400")], []),
    "unknown": ([Unknown("reset")], [CannotSay("away")]),
}
SETTLED = {"sent": ("SENT", ["sent"], "CANCELLED", ["cancelled"]), "failed": ("FAILED", ["failed"], "SENT", [])}
"""The state after an unknown outcome of an alert was settled, and its events; the same for a cancelling message."""


class AlertLife(RuleBasedStateMachine):
    """Lets police write alerts one after another, takes steps on the last alert, and compares it with a model."""

    runner: ClassVar[asyncio.Runner]
    client: ClassVar[httpx.AsyncClient]
    database: ClassVar[Database]

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def send(self, path: str, who: str, body: Any, tag: str | None = None) -> httpx.Response:
        headers = POLICE[who] | ({"If-Match": tag} if tag else {})
        answer: httpx.Response = self.run(self.client.post(path, json=body, headers=headers))
        return answer

    @initialize(who=WHO)
    def begin(self, who: str) -> None:
        self.write(who)

    @precondition(lambda self: self.state in {"REFUSED", "FAILED", "CANCELLED"})
    @rule(who=WHO)
    def write(self, who: str) -> None:
        body = {"kind": "HOT", "category": "inbraak", "texts": TEXTS, "networks": [str(HOME.network_id)]}
        answer = self.send("/alerts", who, body)
        assert answer.status_code == 201, answer.text
        self.path, self.tag = f"/alerts/{answer.json()['alert_id']}", answer.headers["ETag"]
        self.state, self.authors = "DRAFT", {who}
        self.events: list[str] = []
        self.held = self.in_doubt = self.owed = False

    @rule(step=st.sampled_from(sorted(MOVES)), who=WHO)
    def move(self, step: str, who: str) -> None:
        action, end, body = BODIES[step]
        answer = self.send(f"{self.path}/{end}", who, body, self.tag)
        found = MOVES[step].get(self.state)
        if found is None:
            assert refused(answer, 409, "transition_refused")["allowed"] == actions_in(self.state)
        elif step == "release" and who in self.authors:
            refused(answer, 403, "own_alert")
        else:
            assert answer.status_code == 200, answer.text
            self.tag = answer.headers["ETag"]
            self.became(*found)
            self.authors |= {who} if action in {"edit", "return"} else set()
            self.held = step == "hold" or (self.held and step != "let_go")

    def became(self, state: str, events: list[str]) -> None:
        self.state = state
        self.events += events
        if events == ["sent"]:
            self.events.append("feedback-due")
            self.owed = True

    @rule(step=st.sampled_from(sorted(MOVES)), who=WHO)
    def move_on_what_was_read_before(self, step: str, who: str) -> None:
        _, end, body = BODIES[step]
        refused(self.send(f"{self.path}/{end}", who, body, '"older"'), 412, "version_changed")

    @precondition(lambda self: not self.in_doubt)
    @rule(end=st.sampled_from(sorted(ENDS)))
    def deliver(self, end: str) -> None:
        sends, finds = PEER[end]
        worker = Deliveries(typed(Scripted(sends, finds)), LIVE)

        async def tried() -> None:
            await self.database.pool.execute("delete from adapter_state")
            for _ in range(1 + len(finds)):
                await worker.step(self.database)
                await due(self.database)

        self.run(tried())
        found = ENDS[end].get(self.state)
        if found is None or self.held:
            return
        self.in_doubt = end == "unknown"
        self.became(*found)

    @rule(outcome=st.sampled_from(sorted(SETTLED)), who=WHO)
    def settle(self, outcome: str, who: str) -> None:
        answer = self.send(f"{self.path}/delivery", who, {"outcome": outcome}, self.tag)
        if not self.in_doubt:
            refused(answer, 409, "transition_refused")
            return
        assert answer.status_code == 200, answer.text
        state, events, after_cancel, events_of_cancel = SETTLED[outcome]
        self.became(*((state, events) if self.state == "UNKNOWN" else (after_cancel, events_of_cancel)))
        self.in_doubt = False

    @rule(who=WHO)
    def give_feedback(self, who: str) -> None:
        answer = self.send(f"{self.path}/feedback", who, {"how": "Op de vergadering verteld."}, self.tag)
        if not self.owed:
            refused(answer, 409, "no_feedback_due")
            return
        assert answer.status_code == 200, answer.text
        self.events.append("feedback-given")
        self.owed = False

    @invariant()
    def the_alert_is_as_the_model_says(self) -> None:
        if not hasattr(self, "path"):
            return
        shown = self.run(self.client.get(self.path, headers=POLICE["a"])).json()
        assert (shown["state"], shown["actions"]) == (self.state, actions_in(self.state))
        assert set(shown["authors"]) == {"p" + one * 32 for one in self.authors}
        query = "select type from event_log where key = $1 order by version"
        rows = self.run(self.database.pool.fetch(query, shown["alert_id"]))
        assert [row["type"].split(".")[-2] for row in rows] == self.events

    def teardown(self) -> None:
        checked = self.run(self.client.get("/alert-steps/check", headers=caller("p" + "f" * 32, "operator")))
        assert checked.json()["faults"] == []


def actions_in(state: str) -> list[str]:
    return [name for name, states in ACTIONS.items() if AlertState(state) in states]


def test_an_alert_that_is_driven_over_http_does_what_the_model_says(servers: RunningServers) -> None:
    async def begun(stack: AsyncExitStack) -> None:
        where = await stack.enter_async_context(fresh_database(servers, "notifier"))
        AlertLife.database = await stack.enter_async_context(opened(where.app))
        AlertLife.client = await stack.enter_async_context(serving(api.router, AlertLife.database, LIVE))
        async with AlertLife.database.unit_of_work() as uow:
            await keep(uow, HOME)

    with asyncio.Runner() as AlertLife.runner:
        stack = AsyncExitStack()
        AlertLife.runner.run(begun(stack))
        try:
            run_machine(AlertLife, settings=settings(max_examples=12, stateful_step_count=20, deadline=None))
        finally:
            AlertLife.runner.run(stack.aclose())
