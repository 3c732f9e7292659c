"""After random requests over HTTP, a payment and its application on PostgreSQL are in the state that a model gives."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)
from unit.funding.funding_memory import (
    CLERK,
    COORDINATOR,
    FINANCE,
    GIVEN,
    TODAY,
    cost,
    grant,
    network_in_order,
    request,
)

from buurtsein_funding import api, commands, handlers
from buurtsein_funding.domain.payment import BATCH_ACTIONS, BatchState
from buurtsein_funding.domain.states import ACTIONS, ApplicationState
from buurtsein_funding.projections import known_networks
from buurtsein_funding.store import FundingStore
from buurtsein_stack.servers import RunningServers
from harness.driving import Driven, drive
from harness.in_process import caller
from harness.problems import refused

BY_FINANCE, BY_CLERK = caller(FINANCE, "finance"), caller(CLERK, "city-officer")
ACCOUNT = commands.GiveAccount(holder="BIN Noordwijk", iban="BE68539007547034")
EVIDENCE = """insert into evidence (evidence_id, application_id, sha256, kind, bytes, added_at)
values ($1, $2, 'a', 'pdf', 1, now())"""


class PaymentLife(Driven):
    """Sends random requests about the payments of a granted application, and compares the last payment with a model."""

    def post(self, path: str, by: dict[str, str], seen: int | None = None, **sent: Any) -> httpx.Response:
        tag = {"If-Match": f'"{seen}"'} if seen else {}
        answer: httpx.Response = self.run(self.client.post(path, headers=by | tag | sent.pop("headers", {}), **sent))
        return answer

    @initialize()
    def begin(self) -> None:
        async def granted() -> UUID:
            network = network_in_order()
            async with self.database.unit_of_work() as uow:
                await known_networks.save(uow.connection, {str(network.network_id): network})
                store = FundingStore(uow)
                asked = await request(store, network, cost_lines=cost(), year=TODAY.year)
                # All amounts together stay far below the budget, so no application is refused for lack of money.
                await grant(store, asked, 1, reasons=["invoice_missing"])
                await handlers.give_account(asked.application_id, ACCOUNT, COORDINATOR, GIVEN, store)
                await uow.connection.execute(EVIDENCE, evidence, asked.application_id)
            return asked.application_id

        evidence = uuid4()
        self.application_id, self.evidence_id = self.run(granted()), evidence
        self.state, self.events = "GRANTED", ["requested", "reviewed", "decided"]
        self.batch: dict[str, Any] | None = None
        self.batch_state, self.payment, self.version = "", "", 0

    @rule()
    def prepare(self) -> None:
        day = (TODAY + timedelta(days=1)).isoformat()
        body = {"application_ids": [str(self.application_id)], "pay_on": day}
        answer = self.post("/payment-batches", BY_FINANCE, json=body)
        if self.state != "GRANTED":
            refused(answer, 409, "transition_refused")
        elif self.payment == "WAITING":
            refused(answer, 409, "payment_exists")
        else:
            assert answer.status_code == 201, answer.text
            self.batch = answer.json()
            self.batch_state, self.payment, self.version = "PREPARED", "WAITING", 1

    def of_batch(self, action: str, by: dict[str, str], seen: int | None = None) -> httpx.Response:
        assert self.batch
        return self.post(f"/payment-batches/{self.batch['batch_id']}/{action}", by, seen or self.version)

    def step(self, action: str, by: dict[str, str], then: str) -> None:
        answer = self.of_batch(action, by)
        if self.batch_state != "PREPARED":
            assert refused(answer, 409, "transition_refused")["allowed"] == actions_of_batch(self.batch_state)
            return
        assert answer.status_code == 200, answer.text
        self.batch_state, self.version = then, self.version + 1

    @precondition(lambda self: self.batch)
    @rule()
    def release(self) -> None:
        self.step("release", BY_CLERK, "RELEASED")

    @precondition(lambda self: self.batch)
    @rule()
    def cancel(self) -> None:
        free = self.batch_state == "PREPARED"
        self.step("cancellation", BY_FINANCE, "CANCELLED")
        self.payment = "CANCELLED" if free else self.payment

    @precondition(lambda self: self.batch_state == "PREPARED")
    @rule()
    def release_as_who_prepared(self) -> None:
        refused(self.of_batch("release", BY_FINANCE), 403, "same_person")

    @precondition(lambda self: self.batch)
    @rule(action=st.sampled_from(["release", "cancellation"]))
    def with_an_old_version(self, action: str) -> None:
        problem = refused(self.of_batch(action, BY_FINANCE, self.version + 1), 412, "version_changed")
        assert "changed" not in problem
        if self.version > 1:
            done = self.batch_state.lower()
            earlier = refused(self.of_batch(action, BY_FINANCE, 1), 412, "version_changed")
            assert earlier["changed"] == [f"{done}_at", f"{done}_by", "state"]
        assert (problem["state"], problem["version"]) == (self.batch_state, self.version)

    @precondition(lambda self: self.batch)
    @rule()
    def fetch(self) -> None:
        assert self.batch
        path = f"/payment-batches/{self.batch['batch_id']}/file"
        answer = self.run(self.client.get(path, headers=BY_FINANCE))
        if self.batch_state == "RELEASED":
            assert hashlib.sha256(answer.content).hexdigest() == self.batch["sha256"]
        else:
            refused(answer, 409, "transition_refused")

    @precondition(lambda self: self.batch)
    @rule(told=st.sampled_from(["PAID", "FAILED"]), times=st.integers(1, 2))
    def the_bank_answers(self, told: str, times: int) -> None:
        assert self.batch
        [payment] = self.batch["payments"]
        said = f"paid;{TODAY}" if told == "PAID" else "failed;;AC04"
        file = f"end_to_end_id;status;date;reason\n{payment['end_to_end_id']};{said}\n"
        for _ in range(times):
            kind = {"Content-Type": "text/csv"}
            answer = self.post("/payment-results", BY_FINANCE, content=file.encode(), headers=kind).json()
            [effect] = [name for name, ids in answer.items() if ids]
            assert effect == self.expected(told)
            if effect in {"paid", "failed"}:
                self.payment = told
            if effect == "paid":
                self.state, self.events = "PAID", [*self.events, "paid"]

    def expected(self, told: str) -> str:
        if self.payment == told:
            return "unchanged"
        waits = self.payment == "WAITING" and self.batch_state == "RELEASED"
        return told.lower() if waits else "to_check"

    @rule(action=st.sampled_from(["justification", "reclamation"]))
    def settle(self, action: str) -> None:
        proved = {"invoices": [{"evidence_id": str(self.evidence_id), "cents": 1}]}
        body = proved if action == "justification" else {"reclaimed_cents": 1, "reason": "not_spent"}
        path = f"/applications/{self.application_id}"
        shown = self.run(self.client.get(path, headers=BY_FINANCE)).json()
        answer = self.post(f"{path}/{action}", BY_CLERK_OF_FINANCE, shown["version"], json=body)
        if self.state == "PAID":
            done = {"justification": ("JUSTIFIED", "justified"), "reclamation": ("RECLAIMED", "reclaimed")}[action]
            assert answer.status_code == 200, answer.text
            self.state, event = done
            self.events = [*self.events, event]
        elif self.state == "JUSTIFIED" and action == "reclamation":
            refused(answer, 422, "over_paid")
        else:
            assert refused(answer, 409, "transition_refused")["allowed"] == actions_in(self.state)

    @invariant()
    def the_payment_and_its_application_are_as_the_model_says(self) -> None:
        if not hasattr(self, "application_id"):
            return
        path = f"/applications/{self.application_id}"
        shown = self.run(self.client.get(path, headers=BY_FINANCE)).json()
        assert (shown["state"], shown["actions"]) == (self.state, actions_in(self.state))
        query = "select type from event_log where subject = $1 order by version"
        rows = self.run(self.database.pool.fetch(query, str(self.application_id)))
        assert [row["type"].split(".")[-2] for row in rows] == self.events
        if self.batch:
            found = self.run(self.client.get(f"/payment-batches/{self.batch['batch_id']}", headers=BY_CLERK)).json()
            assert (found["state"], found["version"]) == (self.batch_state, self.version)
            assert found["actions"] == actions_of_batch(self.batch_state)
            assert [one["state"] for one in found["payments"]] == [self.payment]


BY_CLERK_OF_FINANCE = caller("p" + "9" * 32, "finance")


def actions_in(state: str) -> list[str]:
    return [name for name, states in ACTIONS.items() if ApplicationState(state) in states]


def actions_of_batch(state: str) -> list[str]:
    return [name for name, states in BATCH_ACTIONS.items() if BatchState(state) in states]


def test_a_payment_that_is_driven_over_http_does_what_the_model_says_and_is_made_once(servers: RunningServers) -> None:
    drive(PaymentLife, servers, "funding", api.router, GIVEN, examples=12)
