"""Defines tests of a registry store, which run on the store in memory and (in tests/integration) on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID, uuid4

import pytest
from unit.registry.registry_memory import (
    APPLICANT,
    GIVEN,
    MAYOR,
    NEIGHBOUR,
    NOW,
    OFFICER,
    applied,
    appointment,
    by,
    joining,
    recognised,
)

from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.member import Channel
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.member import Member, MemberStatus
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.tasks import TaskKind, task_due
from buurtsein_registry.domain.vault_read import OWN, Reader
from buurtsein_registry.handlers import contact_failed
from buurtsein_registry.handlers.members import personal_data


class Stored(Protocol):
    """A registry store that is tested, with methods that open units of work."""

    @property
    def unit_of_work(self) -> Callable[[], AbstractAsyncContextManager[handlers.Store]]:
        """Begin a unit of work, whose changes are kept when no error is raised."""

    async def recorded(self) -> int:
        """Return how many events were recorded."""

    async def erasures(self) -> list[UUID]:
        """Return the ids of the events PersonErased, the earliest first."""

    async def confirmed(self) -> dict[tuple[UUID, str], str | None]:
        """Return who confirmed each erasure, by event and consumer; None for a service."""


READER = Reader(OFFICER, "officer", "een vraag van het lid")


@contextmanager
def refusal(code: str) -> Iterator[None]:
    with pytest.raises(DomainError) as refused:
        yield
    assert refused.value.code == code


async def open_network(stored: Stored) -> Network:
    async with stored.unit_of_work() as store:
        return await recognised(store)


async def joined(stored: Stored, network: Network, actor: str = NEIGHBOUR) -> Member:
    async with stored.unit_of_work() as store:
        return await handlers.join(network.network_id, joining(), actor, GIVEN, store)


async def left(stored: Stored, member: Member) -> None:
    async with stored.unit_of_work() as store:
        await handlers.leave(member.member_id, commands.Leave(), member.person, GIVEN, store, police=False)


async def tag_of(person: str, store: handlers.Store) -> str:
    """Return the tag of a person's data, as the person reads it."""
    data = await store.read_person(person, Reader(person, OWN))
    assert data
    return data.tag


class RegistryStoreSuite:
    """The shared store tests; each test gets an empty store from the fixture `stored` of the subclass."""

    async def test_a_network_is_found_as_it_was_added(self, stored: Stored) -> None:
        async with stored.unit_of_work() as store:
            made = await applied(store)
        async with stored.unit_of_work() as store:
            assert await store.network(made.network_id) == made

    async def test_a_network_or_member_that_was_not_stored_is_unknown(self, stored: Stored) -> None:
        with refusal("network_unknown"):
            async with stored.unit_of_work() as store:
                await store.network(uuid4())
        with refusal("member_unknown"):
            async with stored.unit_of_work() as store:
                await store.member(uuid4())

    async def test_a_change_that_is_not_saved_is_gone(self, stored: Stored) -> None:
        made = await open_network(stored)
        async with stored.unit_of_work() as store:
            (await store.network(made.network_id)).name = "BIN Anders"
            assert (await store.network(made.network_id)).name == "BIN Proef"

    async def test_saving_adds_one_to_the_version(self, stored: Stored) -> None:
        made = await open_network(stored)
        async with stored.unit_of_work() as store:
            kept = await store.network(made.network_id)
            kept.name = "BIN Anders"
            await store.save_network(kept)
        async with stored.unit_of_work() as store:
            found = await store.network(made.network_id)
        assert (found.name, found.version) == ("BIN Anders", made.version + 1)

    async def test_a_unit_of_work_that_fails_stores_nothing(self, stored: Stored) -> None:
        made, before = await open_network(stored), await stored.recorded()
        with pytest.raises(LookupError):
            await appoint_and_fail(stored, made)
        async with stored.unit_of_work() as store:
            assert (await store.network(made.network_id)).coordinators == made.coordinators
        assert await stored.recorded() == before

    async def test_codes_are_given_once(self, stored: Stored) -> None:
        async with stored.unit_of_work() as store:
            codes = [await store.next_code("BIN-Z", "AALST") for _ in range(3)]
        assert len(set(codes)) == 3
        assert all(code.startswith("BINZ-AALST-0") for code in codes)

    async def test_only_applications_that_wait_for_somebody_count(self, stored: Stored) -> None:
        async with stored.unit_of_work() as store:
            await recognised(store)
            await applied(store)
            await applied(store, NEIGHBOUR)
            assert [await store.open_applications(one) for one in (APPLICANT, NEIGHBOUR, MAYOR)] == [1, 1, 0]

    async def test_a_member_is_found_as_added_and_once_active_in_one_network(self, stored: Stored) -> None:
        network = await open_network(stored)
        member = await joined(stored, network)
        async with stored.unit_of_work() as store:
            assert await store.member(member.member_id) == member
        with refusal("already_member"):
            await joined(stored, network)
        await left(stored, member)
        again = await joined(stored, network)
        async with stored.unit_of_work() as store:
            statuses = [(await store.member(one.member_id)).status for one in (member, again)]
        assert statuses == [MemberStatus.LEFT, MemberStatus.ACTIVE]

    async def test_who_coordinates_a_network_is_known(self, stored: Stored) -> None:
        network = await open_network(stored)
        async with stored.unit_of_work() as store:
            found = [await store.coordinates(one, network.network_id) for one in (APPLICANT, NEIGHBOUR)]
            known = await store.known(APPLICANT)
        assert (found, known.is_coordinator, known.in_vault) == ([True, False], True, False)

    async def test_the_data_of_a_person_are_found_and_deleted(self, stored: Stored) -> None:
        network = await open_network(stored)
        member = await joined(stored, network)
        async with stored.unit_of_work() as store:
            known = await store.known(NEIGHBOUR)
            data, addresses = await store.read_person(NEIGHBOUR, READER), await store.addresses(NEIGHBOUR)
        assert (known.in_vault, known.is_member, known.was_member, known.is_coordinator) == (True, True, False, False)
        assert (data, addresses) == (personal_data(joining()), {member.member_id: joining().address})
        await left(stored, member)
        async with stored.unit_of_work() as store:
            await handlers.erase(NEIGHBOUR, ErasureReason.REQUESTED, GIVEN, store, official=None)
        async with stored.unit_of_work() as store:
            known = await store.known(NEIGHBOUR)
            assert (await store.read_person(NEIGHBOUR, READER), await store.addresses(NEIGHBOUR)) == (None, {})
        assert (known.in_vault, known.is_member, known.was_member) == (False, False, False)

    async def test_active_members_with_the_same_address_are_counted_for_a_network(self, stored: Stored) -> None:
        network, other = await open_network(stored), uuid4()
        await joined(stored, network)
        member = await joined(stored, network, OFFICER)
        address = joining().address.model_copy(update={"street": "  molenSTRAAT"})
        async with stored.unit_of_work() as store:
            assert [await store.members_at(one, address) for one in (network.network_id, other)] == [2, 0]
            assert await store.members_at(network.network_id, address.model_copy(update={"box": "2"})) == 0
        await left(stored, member)
        async with stored.unit_of_work() as store:
            assert await store.members_at(network.network_id, address) == 1

    async def test_each_read_of_a_person_is_noted_with_role_and_reason(self, stored: Stored) -> None:
        await joined(stored, await open_network(stored))
        async with stored.unit_of_work() as store:
            await handlers.read_person(NEIGHBOUR, READER, store)
            await handlers.everything(NEIGHBOUR, store)
        async with stored.unit_of_work() as store:
            noted = [(one.reader, one.role, one.reason) for one in await store.vault_reads(NEIGHBOUR)]
        assert noted == [(OFFICER, "officer", "een vraag van het lid"), (NEIGHBOUR, "self", None)]
        with refusal("person_unknown"):
            async with stored.unit_of_work() as store:
                await handlers.read_person(MAYOR, READER, store)

    async def test_a_coordinator_reads_only_the_members_of_their_network(self, stored: Stored) -> None:
        network = await open_network(stored)
        await joined(stored, network)
        async with stored.unit_of_work() as store:
            found = await handlers.read_contacts(network.network_id, APPLICANT, store)
            noted = [(one.reader, one.role) for one in await store.vault_reads(NEIGHBOUR)]
        assert ([one.person for one in found], noted) == ([NEIGHBOUR], [(APPLICANT, "coordinator")])
        with refusal("network_unknown"):
            async with stored.unit_of_work() as store:
                await handlers.read_contacts(network.network_id, NEIGHBOUR, store)

    async def test_an_erased_person_stays_in_no_task(self, stored: Stored) -> None:
        network = await open_network(stored)
        await joined(stored, network)
        kinds = (TaskKind.ASK_OTHERWISE, TaskKind.INFORM_FOD, TaskKind.INFORM_FOD)
        wanted = [task_due(kind, network.network_id, 30, NOW, f"{NEIGHBOUR} sms") for kind in kinds]
        needless, fod, done = wanted
        later = replace(GIVEN, clock=StandingClock(NOW + timedelta(days=30)))
        async with stored.unit_of_work() as store:
            for task in wanted:
                await store.open_task(task)
            await handlers.complete_task(done.task_id, By(OFFICER, str(done.version)), GIVEN, store)
            await handlers.erase(NEIGHBOUR, ErasureReason.REQUESTED, GIVEN, store, official=None)
            await handlers.erase_planned(NEIGHBOUR, later, store)
        async with stored.unit_of_work() as store:
            assert [(await store.task(one.task_id)).about for one in (fod, done)] == [None, None]
            with refusal("task_unknown"):
                await store.task(needless.task_id)

    async def test_a_consumer_confirms_an_erasure_once_and_only_one_that_exists(self, stored: Stored) -> None:
        member = await joined(stored, await open_network(stored))
        await left(stored, member)
        async with stored.unit_of_work() as store:
            await handlers.erase(NEIGHBOUR, ErasureReason.REQUESTED, GIVEN, store, official=None)
        [event] = await stored.erasures()
        for events, actor, found in (([event], OFFICER, 1), ([event, uuid4()], MAYOR, 1), ([uuid4()], MAYOR, 0)):
            async with stored.unit_of_work() as store:
                assert await store.confirm_erasures("city-backoffice", events, actor) == found
        assert await stored.confirmed() == {(event, "city-backoffice"): OFFICER}

    async def test_a_channel_that_fails_opens_one_task_until_the_member_corrects_it(self, stored: Stored) -> None:
        member = await joined(stored, await open_network(stored))
        corrected = commands.CorrectPerson(name="Ann Voorbeeld", mobile="0471123456")
        async with stored.unit_of_work() as store:
            for _ in range(2):
                await contact_failed(member.member_id, Channel.SMS, APPLICANT, GIVEN, store, official=False)
            assert not await store.channel_fails(member.member_id, Channel.SMS, NOW)
            await handlers.correct_person(corrected, By(NEIGHBOUR, await tag_of(NEIGHBOUR, store)), store)
            assert await store.channel_fails(member.member_id, Channel.SMS, NOW)
        for actor, channel, code in (
            (NEIGHBOUR, Channel.SMS, "member_unknown"),
            (APPLICANT, Channel.EMAIL, "channel_not_chosen"),
        ):
            with refusal(code):
                async with stored.unit_of_work() as store:
                    await contact_failed(member.member_id, channel, actor, GIVEN, store, official=False)

    async def test_a_task_is_found_as_opened_and_marked_as_done_once(self, stored: Stored) -> None:
        network = await open_network(stored)
        task = task_due(TaskKind.INFORM_FOD, network.network_id, 30, NOW, "charter 2")
        async with stored.unit_of_work() as store:
            await store.open_task(task)
        async with stored.unit_of_work() as store:
            assert await store.task(task.task_id) == task
            done = await handlers.complete_task(task.task_id, By(OFFICER, "1"), GIVEN, store)
        assert (done.done_by, done.done_at, done.due_on) == (OFFICER, NOW, date(2026, 12, 24))
        for seen, code in (("1", "version_changed"), ("2", "task_done")):
            with refusal(code):
                async with stored.unit_of_work() as store:
                    await handlers.complete_task(task.task_id, By(MAYOR, seen), GIVEN, store)
        with refusal("task_unknown"):
            async with stored.unit_of_work() as store:
                await store.task(uuid4())


async def appoint_and_fail(stored: Stored, network: Network) -> None:
    """Appoint a coordinator, then raise LookupError in the same unit of work."""
    async with stored.unit_of_work() as store:
        seen = await by(store, network, OFFICER)
        await handlers.appoint_coordinator(
            network.network_id, appointment(NEIGHBOUR, role="co-coordinator"), seen, GIVEN, store
        )
        raise LookupError
