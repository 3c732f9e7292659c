"""After random requests in random order, memberships are as a small model of their lifecycle says."""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from unit.registry.registry_memory import APPLICANT, CHIEF, CLOCK, GIVEN, NOW, OFFICER, InMemory, joining, recognised
from unit.registry.registry_routes import routes_in_memory
from unit.registry.registry_steps import does

from buurtsein_contracts.events import MemberExcluded
from buurtsein_registry import api, commands, handlers
from buurtsein_registry.domain.member import ACTIONS, Member
from buurtsein_registry.domain.member import MemberStatus as M
from buurtsein_registry.domain.rules import Acceptance
from harness.in_process import app_of, caller, client_of

BY_HAND = replace(GIVEN, rules=replace(GIVEN.rules, acceptance=Acceptance.BY_HAND))
MOST = BY_HAND.rules.most_members_per_address
PEOPLE = ["p" + digit * 32 for digit in "1234"]
WHO = st.sampled_from(PEOPLE)
"""The persons who join and leave; all have the same address."""
ALL_POLICE = ("officer", "korpschef")
"""The roles of both police officers, so that only the rule of three persons keeps them apart."""
FORM = joining().model_dump(mode="json", exclude={"address": {"latitude", "longitude"}}, exclude_none=True)
BREACH = {"reason": "house_rules_breached"}
JOINED = {M.ACTIVE, M.PAUSED, M.SUSPENDED}
LIVE = {M.REQUESTED} | JOINED
BY_MEMBER: dict[str, tuple[str, set[M], M | None]] = {
    "pause": ("pause", {M.ACTIVE}, M.PAUSED),
    "resume": ("resumption", {M.PAUSED}, M.ACTIVE),
    "change": ("preferences", LIVE, None),
}
"""What a member does: its route, the statuses that allow it, and the status after it (None for the same)."""


@cache
def app() -> FastAPI:
    return app_of(api.router, BY_HAND)


@pytest.fixture(autouse=True, scope="module")
def _in_memory() -> Iterator[None]:
    with routes_in_memory():
        yield


@dataclass
class Expected:
    """What the model knows of one membership; `tag` is the ETag of the last response about it."""

    person: str
    which: str
    tag: str
    status: M = M.REQUESTED
    until: date | None = None
    proposed: bool = False
    signed_by: str | None = None

    @property
    def present(self) -> M:
        over = self.status is M.SUSPENDED and self.until is not None and self.until < GIVEN.today
        return M.ACTIVE if over else self.status


class Memberships(RuleBasedStateMachine):
    """Takes random steps on the memberships of five people in one network, and compares them with a model."""

    def __init__(self) -> None:
        super().__init__()
        CLOCK.set(NOW)
        self.loop, self.store = asyncio.new_event_loop(), InMemory()
        self.client = client_of(app(), self.store)
        self.known: list[Expected] = []
        self.events: list[str] = []

    def run(self, work: Awaitable[Any]) -> Any:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.client.aclose())
        self.loop.close()

    @initialize()
    def begin(self) -> None:
        network = self.run(recognised(self.store))
        for officer in (OFFICER, CHIEF):
            command = commands.MandateOfficer(officer=officer)
            network = self.run(does(self.store, handlers.mandate_officer, network, CHIEF, command))
        self.path = f"/networks/{network.network_id}/members"
        self.before = len(self.store.events)
        for person in PEOPLE[:2]:
            self.join(person)
            self.decide(person, APPLICANT, 1)

    def of(self, person: str) -> Expected:
        """Return a person's last membership; for a person without a membership, return anybody's last one."""
        own = [one for one in self.known if one.person == person]
        return (own or self.known)[-1]

    def send(self, one: Expected, actor: str, roles: tuple[str, ...], step: str, /, **body: Any) -> httpx.Response:
        """Send a request about a membership with its last ETag, and remember the new one."""
        method = "PUT" if step == "preferences" else "POST"
        headers = caller(actor, *roles) | {"If-Match": one.tag}
        path = f"/members/{one.which}/{step}"
        answer: httpx.Response = self.run(self.client.request(method, path, json=body, headers=headers))
        one.tag = answer.headers.get("ETag", one.tag)
        return answer

    def refused(self, one: Expected, answer: httpx.Response, action: str) -> None:
        """Check that an illegal step is refused with the possible actions; after a departure, ask to join again."""
        problem = answer.json()
        assert answer.status_code == 409, f"{action} was accepted in {one.present}"
        assert problem["code"] == "transition_refused"
        assert action not in problem.get("allowed", [])
        assert problem.get("allowed", []) == self.stored(one).allowed(GIVEN.today)
        if one.present not in LIVE:
            self.join(one.person)

    def went(self, one: Expected, answer: httpx.Response, status: M, event: str | None = None) -> None:
        """Check that a step was accepted, and set the model to the status after it."""
        assert answer.is_success, answer.text
        assert answer.json()["status"] == status
        one.status = status
        self.events += [event] if event else []

    def stored(self, one: Expected) -> Member:
        return next(found for found in self.store.members.values() if str(found.member_id) == one.which)

    @rule(person=WHO)
    def join(self, person: str) -> None:
        answer = self.run(self.client.post(self.path, json=FORM, headers=caller(person, "resident")))
        live = [one for one in self.known if one.present in LIVE]
        if len(live) >= MOST or person in {one.person for one in live}:
            code = "address_full" if len(live) >= MOST else "already_member"
            assert (answer.status_code, answer.json()["code"]) == (409, code)
            return
        assert answer.status_code == 201, answer.text
        self.known.append(Expected(person, answer.json()["member_id"], answer.headers["ETag"]))

    @rule(person=WHO, actor=st.sampled_from([APPLICANT, OFFICER]), refuse=st.integers(0, 3))
    def decide(self, person: str, actor: str, refuse: int) -> None:
        one, decision = self.of(person), "accept" if refuse else "refuse"
        roles = ("coordinator",) if actor == APPLICANT else ALL_POLICE
        answer = self.send(one, actor, roles, "decision", decision=decision, reason="Dit is een proef.")
        if one.present is not M.REQUESTED:
            self.refused(one, answer, decision)
        elif decision == "accept":
            self.went(one, answer, M.ACTIVE, "MemberJoined")
        else:
            self.went(one, answer, M.REFUSED)

    @rule(person=WHO, step=st.sampled_from(sorted(BY_MEMBER)))
    def act_as_the_member(self, person: str, step: str) -> None:
        one = self.of(person)
        route, possible, after = BY_MEMBER[step]
        body = {"language": "fr", "channels": ["voice"]} if step == "change" else {}
        answer = self.send(one, one.person, ("resident",), route, **body)
        if one.present in possible:
            self.went(one, answer, after or one.present)
        else:
            self.refused(one, answer, step)

    @rule(person=WHO)
    def warn(self, person: str) -> None:
        one = self.of(person)
        answer = self.send(one, OFFICER, ALL_POLICE, "warnings", **BREACH)
        if one.present in JOINED:
            self.went(one, answer, one.present)
        else:
            self.refused(one, answer, "warn")

    @rule(person=WHO, days=st.integers(0, 30))
    def suspend(self, person: str, days: int) -> None:
        one = self.of(person)
        until = GIVEN.today + timedelta(days=days)
        answer = self.send(one, OFFICER, ALL_POLICE, "suspension", until=until.isoformat(), **BREACH)
        if one.present in {M.ACTIVE, M.PAUSED}:
            self.went(one, answer, M.SUSPENDED, "MemberSuspended")
            one.until = until
        else:
            self.refused(one, answer, "suspend")

    @rule(person=WHO)
    def propose(self, person: str) -> None:
        one = self.of(person)
        answer = self.send(one, APPLICANT, ("coordinator",), "exclusion", **BREACH)
        if one.present not in JOINED:
            self.refused(one, answer, "propose_exclusion")
            return
        self.went(one, answer, one.present)
        one.proposed, one.signed_by = True, None

    @rule(person=WHO, officer=st.sampled_from([OFFICER, CHIEF]))
    def sign(self, person: str, officer: str) -> None:
        one = self.of(person)
        answer = self.send(one, officer, ALL_POLICE, "exclusion/signature")
        if one.present not in JOINED:
            self.refused(one, answer, "sign_exclusion")
        elif not one.proposed:
            assert (answer.status_code, answer.json()["code"]) == (409, "exclusion_missing")
        else:
            self.went(one, answer, one.present)
            one.signed_by = officer

    @rule(person=WHO, korpschef=st.sampled_from([OFFICER, CHIEF]))
    def confirm(self, person: str, korpschef: str) -> None:
        one = self.of(person)
        answer = self.send(one, korpschef, ALL_POLICE, "exclusion/confirmation")
        if one.present not in JOINED:
            self.refused(one, answer, "confirm_exclusion")
        elif one.signed_by is None:
            code = "exclusion_unsigned" if one.proposed else "exclusion_missing"
            assert (answer.status_code, answer.json()["code"]) == (409, code)
        elif one.signed_by == korpschef:
            assert (answer.status_code, answer.json()["code"]) == (403, "same_person")
        else:
            self.went(one, answer, M.EXCLUDED, "MemberExcluded")

    @rule(person=WHO, officer=st.sampled_from([OFFICER, CHIEF]), korpschef=st.sampled_from([OFFICER, CHIEF]))
    def exclude(self, person: str, officer: str, korpschef: str) -> None:
        self.propose(person)
        self.sign(person, officer)
        self.confirm(person, korpschef)

    @rule(person=WHO, sure=st.integers(0, 3))
    def leave(self, person: str, sure: int) -> None:
        one = self.of(person)
        if sure and one.present in LIVE:  # seldom, so that most memberships live for many steps
            return
        answer = self.send(one, one.person, ("resident",), "departure")
        if one.present in LIVE:
            self.went(one, answer, M.LEFT, None if one.present is M.REQUESTED else "MemberLeft")
        else:
            self.refused(one, answer, "leave")

    @rule(person=WHO)
    def two_people_decide_at_once(self, person: str) -> None:
        one = self.of(person)
        answer = self.send(replace(one, tag='"0"'), OFFICER, ALL_POLICE, "warnings", **BREACH)
        assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")

    @rule(days=st.integers(1, 20))
    def time_passes(self, days: int) -> None:
        CLOCK.move(timedelta(days=days))

    @invariant()
    def memberships_and_events_are_as_the_model_says(self) -> None:
        assert [self.stored(one).on(GIVEN.today) for one in self.known] == [one.present for one in self.known]
        told = [type(event).__name__ for event in self.store.events]
        assert told[len(told) - len(self.events) :] == self.events
        assert len(told) - len(self.events) == getattr(self, "before", 0)

    @invariant()
    def only_active_members_get_messages(self) -> None:
        reached = {str(one.member_id) for one in self.store.members.values() if one.gets_messages(GIVEN.today)}
        assert reached == {one.which for one in self.known if one.present is M.ACTIVE}

    @invariant()
    def an_address_has_no_more_members_than_the_limit(self) -> None:
        assert sum(one.left_at is None for one in self.store.members.values()) <= MOST

    @invariant()
    def an_exclusion_was_signed_by_two_persons_and_seen_by_a_third(self) -> None:
        for event in self.store.events:
            if isinstance(event, MemberExcluded):
                assert len({event.coordinator, event.officer, *PEOPLE}) == len(PEOPLE) + 2


Memberships.TestCase.settings = settings(max_examples=25, stateful_step_count=32, deadline=None)
TestMemberships = Memberships.TestCase


def test_a_step_that_the_model_forbids_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACTIONS, "suspend", frozenset(M))
    life = Memberships()
    life.begin()
    life.join(PEOPLE[2])
    with pytest.raises(AssertionError, match="suspend was accepted in REQUESTED"):
        life.suspend(PEOPLE[2], 3)
    life.teardown()
