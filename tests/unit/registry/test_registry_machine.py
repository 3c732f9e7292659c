"""After random steps in random order, a network is in the state that a small model of its lifecycle gives."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest
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
    InMemory,
    applied,
    appointment,
    by,
    charter,
    joining,
)
from unit.registry.registry_steps import B, K, amendment, suspension
from unit.registry.registry_store_suite import refusal

from buurtsein_contracts.events.network import EndReason
from buurtsein_kernel.problems import DomainError, ProblemKind
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain import progress
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.states import ACTIONS, LIVING

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
DO: dict[str, Callable[[int], tuple[Any, str, tuple[Any, ...]]]] = {
    "sign": lambda _: (handlers.sign_charter, APPLICANT, (charter(),)),
    "submit": lambda _: (handlers.submit, APPLICANT, ()),
    "reject": lambda _: (handlers.decide, CHIEF, (commands.Decide(decision="reject", reason="Te vaag."), K)),
    "send": lambda _: (handlers.send_to_fod, OFFICER, ()),
    "recognise": lambda _: (handlers.recognise, FEDERAL, (recognition(),)),
    "return": lambda _: (handlers.return_charter, FEDERAL, (commands.ReturnCharter(reason="Onvolledig."),)),
    "renew": lambda _: (handlers.renew, FEDERAL, (recognition(),)),
    "amend": lambda n: (handlers.amend, APPLICANT, (amendment(budget_plan=f"De stad betaalt {n} euro."),)),
    "suspend": lambda _: (handlers.suspend, FEDERAL, (suspension(),)),
    "reinstate": lambda _: (handlers.reinstate, FEDERAL, (commands.ReinstateNetwork(),)),
}


def recognition() -> commands.Recognise:
    return commands.Recognise(start=GIVEN.today, reference="VP/1")


class NetworkLife(RuleBasedStateMachine):
    """One network, the model of its state, the offices that approved the newest charter, and the expected events."""

    def __init__(self) -> None:
        super().__init__()
        CLOCK.set(NOW)
        self.loop, self.store = asyncio.new_event_loop(), InMemory()
        self.state, self.events, self.steps = "DRAFT", ["NetworkApplied"], 0
        self.approved: set[str] = set()
        self.versions = 0
        self.suspended_in = "RECOGNISED"
        """The state to which a suspended network comes back."""

    def run(self, work: Coroutine[Any, Any, Any] | Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.loop.close()

    @initialize()
    def apply(self) -> None:
        self.network: Network = self.run(applied(self.store))

    @property
    def present(self) -> Network:
        found: Network = self.run(self.store.network(self.network.network_id))
        return found

    def attempt(self, handler: Any, actor: str, *command: Any) -> DomainError | None:
        """Let a person send a command on a network's current version; return the refusal, or None if accepted."""

        async def taken() -> None:
            async with self.store.unit_of_work() as store:
                seen = await by(store, self.network, actor)
                await handler(self.network.network_id, *command, seen, GIVEN, store)

        try:
            self.run(taken())
        except DomainError as refused:
            return refused
        return None

    def refused(self, problem: DomainError | None, action: str) -> None:
        assert problem is not None, f"{action} was accepted in {self.state}"
        assert (problem.code, problem.kind) == ("transition_refused", ProblemKind.CONFLICT)
        assert action not in problem.allowed
        assert list(problem.allowed) == self.present.allowed()

    @rule(step=st.sampled_from(sorted(MOVES)))
    def move(self, step: str) -> None:
        self.steps += 1
        handler, actor, command = DO[step](self.steps)
        problem = self.attempt(handler, actor, *command)
        found = MOVES[step].get(self.state)
        if found is None:
            self.refused(problem, NAMES.get(step, step))
            return
        if step == "reject" and "korpschef" in self.approved:
            assert problem is not None
            assert problem.code == "already_decided"
            return
        assert problem is None, f"{step} in {self.state}: {problem}"
        back, event = found
        if step == "suspend":
            self.suspended_in = self.state
        self.went(self.suspended_in if step == "reinstate" else back, event)
        if step in {"sign", "amend"}:
            self.approved, self.versions = set(), self.versions + 1

    @rule(office=st.sampled_from([K, B]))
    def approve(self, office: Any) -> None:
        before = self.present
        yes = commands.Decide(decision="approve")
        problem = self.attempt(handlers.decide, CHIEF if office is K else MAYOR, yes, office)
        if self.state not in SECOND:
            self.refused(problem, "decide")
        elif office in self.approved:
            assert problem is not None
            assert problem.code == "already_decided"
        elif before.main_coordinator is None:
            assert problem is not None
            assert problem.code == "coordinator_missing"
        else:
            assert problem is None
            self.approved.add(office)
            if len(self.approved) == 2:
                self.went(*SECOND[self.state])

    @rule()
    def appoint(self) -> None:
        has_one = self.present.main_coordinator is not None
        problem = self.attempt(handlers.appoint_coordinator, OFFICER, appointment(screened_on=GIVEN.today))
        if self.state == "ENDED":
            self.refused(problem, "appoint_coordinator")
        else:  # a main coordinator who is screened again stays the same one
            assert problem is None
        if self.state != "ENDED" and not has_one:
            self.events.append("CoordinatorAppointed")

    @rule(way=st.sampled_from(["stopped", "withdrawn"]), sure=st.integers(0, 9))
    def end(self, way: str, sure: int) -> None:
        if self.state != "ENDED" and sure:  # seldom, so that most networks live for many steps
            return
        problem = self.attempt(handlers.end_network, OFFICER, commands.EndNetwork(reason=EndReason(way)))
        if self.state == "ENDED":
            self.refused(problem, "end")
            return
        assert problem is None
        self.went("ENDED", "NetworkEnded")

    @rule()
    def somebody_joins(self) -> None:
        self.steps += 1
        person = f"p{self.steps:032x}"
        is_open = self.state in {"RECOGNISED", "AMENDING"}
        joins = handlers.join(self.network.network_id, joining(), person, GIVEN, self.store)
        if not is_open:
            with refusal("network_unknown"):
                self.run(joins)
            return
        self.run(joins)
        self.events.append("MemberJoined")

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

    def went(self, state: str, event: str | None) -> None:
        """Set the model to this state of the network, and expect the event about the change."""
        self.state = state
        self.events += [event] if event else []


NetworkLife.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestNetworkLife = NetworkLife.TestCase


def test_a_step_that_the_model_forbids_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIONS, "suspend", LIVING)
    life = NetworkLife()
    life.apply()
    with pytest.raises(AssertionError, match="suspend was accepted in DRAFT"):
        life.move("suspend")
    life.teardown()
