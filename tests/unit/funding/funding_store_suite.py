"""Defines tests of a funding store, which run on the store in memory and (in tests/integration) on PostgreSQL."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest
from unit.funding.funding_memory import (
    COORDINATOR,
    GIVEN,
    NOW,
    STRANGER,
    InMemory,
    grant,
    network_in_order,
    refusal,
    reject,
    request,
)

from buurtsein_contracts import KnownNetwork, uuid7
from buurtsein_contracts.events.funding import FundingDecision
from buurtsein_funding import handlers
from buurtsein_funding.domain.application import Application, Decision
from buurtsein_funding.domain.states import ApplicationState


class Stored(Protocol):
    """A funding store that is tested, with methods that open units of work."""

    @property
    def unit_of_work(self) -> Callable[[], AbstractAsyncContextManager[handlers.Store]]:
        """Begin a unit of work; its changes are kept when no error is raised."""

    async def learn(self, network: KnownNetwork) -> None:
        """Store what funding knows of a network."""

    async def recorded(self) -> int:
        """Return how many events were recorded."""


async def new_application(by: str = COORDINATOR) -> Application:
    """Return a new application for funding, of a new network, that is not stored."""
    memory, network = InMemory(), network_in_order()
    memory.know(network, coordinators={by: network.coordinators[COORDINATOR]})
    return await request(memory, network, by=by)


async def add(stored: Stored, *applications: Application) -> None:
    for application in applications:
        async with stored.unit_of_work() as store:
            await store.add_application(application)


async def save(stored: Stored, application: Application) -> None:
    async with stored.unit_of_work() as store:
        await store.save_application(application)


def granted_with(cents: int) -> Decision:
    outcome = FundingDecision.GRANTED
    return Decision(outcome=outcome, granted_cents=cents, reasons=[], conditions=[], decider="p", decided_at=NOW)


async def kept(stored: Stored, application: Application) -> Application:
    """Return an application for funding, read in a new unit of work."""
    async with stored.unit_of_work() as store:
        return await store.application(application.application_id)


async def grant_and_fail(stored: Stored, application: Application) -> None:
    """Grant an application for funding, then raise LookupError in the same unit of work."""
    async with stored.unit_of_work() as store:
        await grant(store, application)
        raise LookupError


class FundingStoreSuite:
    """The shared store tests; each test gets an empty store from the fixture `stored` of the subclass."""

    async def test_an_application_is_found_as_it_was_added(self, stored: Stored) -> None:
        application = await new_application()
        await add(stored, application)
        assert await kept(stored, application) == application

    async def test_an_application_that_is_not_there_is_unknown(self, stored: Stored) -> None:
        with refusal("application_unknown"):
            await kept(stored, await new_application())

    async def test_a_change_that_is_not_saved_is_gone(self, stored: Stored) -> None:
        application = await new_application()
        await add(stored, application)
        (await kept(stored, application)).state = ApplicationState.REJECTED
        application.cost_lines.clear()
        found = await kept(stored, application)
        assert (found.state, bool(found.cost_lines)) == (ApplicationState.SUBMITTED, True)

    async def test_each_save_adds_one_to_the_version(self, stored: Stored) -> None:
        application = await new_application()
        await add(stored, application)
        await save(stored, application)
        assert (await kept(stored, application)).version == application.version == 2

    async def test_an_erased_person_stays_only_in_the_application_that_was_granted(self, stored: Stored) -> None:
        granted = await new_application()
        granted.state = ApplicationState.GRANTED
        waiting, other = await new_application(), await new_application(by=STRANGER)
        other.writers.append(COORDINATOR)
        await add(stored, granted, waiting, other)
        erasure = uuid7()
        async with stored.unit_of_work() as store:
            await handlers.forget(COORDINATOR, erasure, GIVEN, store)
            await handlers.forget(STRANGER, uuid7(), GIVEN, store)
        assert (await kept(stored, granted)).requester == COORDINATOR
        for one in (waiting, other):
            assert (await kept(stored, one)).requester == f"erased:{one.application_id}"
            assert not (await kept(stored, one)).writers
        async with stored.unit_of_work() as store:
            assert [one.application_id for one in await store.applications_of(COORDINATOR)] == [granted.application_id]
        assert await stored.recorded() == 2, "ErasureConfirmed for each of both erasures"

    async def test_only_one_live_application_per_network_year_and_scheme_is_stored(self, stored: Stored) -> None:
        first = await new_application()
        again = first.model_copy(update={"application_id": uuid7(), "requester": STRANGER})
        await add(stored, first)
        with refusal("live_application_exists"):
            await add(stored, again)

    @pytest.mark.parametrize("changes", [{"scheme_id": "other"}, {"year": 2027}, {"network_id": uuid7()}])
    async def test_another_scheme_year_or_network_can_have_its_own_application(
        self, stored: Stored, changes: dict[str, object]
    ) -> None:
        first = await new_application()
        await add(stored, first, first.model_copy(update={"application_id": uuid7()} | changes))

    async def test_an_application_that_moves_to_another_scheme_excludes_a_second_one_under_that_scheme(
        self, stored: Stored
    ) -> None:
        first = await new_application()
        second = first.model_copy(update={"application_id": uuid7(), "scheme_id": "other"})
        await add(stored, first, second)
        second.scheme_id = first.scheme_id
        with refusal("live_application_exists"):
            await save(stored, second)

    async def test_an_application_that_moves_to_another_scheme_uses_the_budget_of_that_scheme(
        self, stored: Stored
    ) -> None:
        first, second = await new_application(), await new_application()
        await add(stored, first, second)
        first.state, first.decision, first.scheme_id = ApplicationState.GRANTED, granted_with(15000), "other"
        await save(stored, first)
        async with stored.unit_of_work() as store:
            assert await store.held_by_others(second) == 0
            assert await store.held_by_others(second.model_copy(update={"scheme_id": "other"})) == 15000

    async def test_a_rejected_application_makes_room(self, stored: Stored) -> None:
        first = await new_application()
        await add(stored, first)
        first.state = ApplicationState.REJECTED
        await save(stored, first)
        await add(stored, (await new_application()).model_copy(update={"network_id": first.network_id}))

    async def test_what_other_applications_hold_of_the_same_budget_is_added_up(self, stored: Stored) -> None:
        one, other, elsewhere = [await new_application() for _ in range(3)]
        for held, application in ((15000, other), (2000, elsewhere)):
            application.state = ApplicationState.GRANTED
            application.decision = granted_with(held)
        elsewhere.year = 2027
        await add(stored, one, other, elsewhere)
        async with stored.unit_of_work() as store:
            assert await store.held_by_others(one) == 15000
            assert await store.held_by_others(other) == 0

    async def test_a_stored_network_is_found_again(self, stored: Stored) -> None:
        network = network_in_order()
        async with stored.unit_of_work() as store:
            assert await store.network(network.network_id) is None
        await stored.learn(network)
        async with stored.unit_of_work() as store:
            assert await store.network(network.network_id) == network

    async def test_a_request_and_its_decision_leave_three_events_and_one_application(self, stored: Stored) -> None:
        network = network_in_order()
        await stored.learn(network)
        async with stored.unit_of_work() as store:
            application = await request(store, network)
        async with stored.unit_of_work() as store:
            await reject(store, application, "invoice_missing")
        assert await stored.recorded() == 3, "requested, reviewed, decided"
        found = await kept(stored, application)
        assert (found.state, found.version) == (ApplicationState.REJECTED, 3)
        assert found.decision
        assert (found.decision.decided_at, found.requested_at) == (NOW, NOW)

    async def test_a_unit_of_work_that_fails_stores_nothing(self, stored: Stored) -> None:
        network = network_in_order()
        await stored.learn(network)
        async with stored.unit_of_work() as store:
            application = await request(store, network)
        with pytest.raises(LookupError):
            await grant_and_fail(stored, application)
        assert (await kept(stored, application)).state is ApplicationState.SUBMITTED
        assert await stored.recorded() == 1
