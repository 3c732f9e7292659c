"""Defines tests of a registry store about what people do with their own data, which run on both stores."""

from dataclasses import replace
from datetime import date, timedelta

from unit.registry.registry_memory import APPLICANT, GIVEN, NEIGHBOUR, NOW, OFFICER, joining
from unit.registry.registry_store_suite import Stored, joined, open_network, refusal, tag_of

from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_kernel.clock import StandingClock
from buurtsein_kernel.commands import By
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.tasks import TaskKind


class OwnDataSuite:
    """Tests that people read and correct their data, and ask for or cancel their erasure; for both stores."""

    async def test_a_person_gets_and_corrects_all_that_is_stored(self, stored: Stored) -> None:
        network = await open_network(stored)
        member = await joined(stored, network)
        moved = joining().address.model_copy(update={"house_number": "9"})
        corrected = commands.CorrectPerson(name="Ann Nieuw", email="ann@voorbeeld.be", mobile="0471123456")
        async with stored.unit_of_work() as store:
            seen = await tag_of(NEIGHBOUR, store)
            await handlers.correct_person(corrected, By(NEIGHBOUR, seen), store)
            await handlers.correct_address(member.member_id, moved, By(NEIGHBOUR, "1"), GIVEN, store)
            found = await handlers.everything(NEIGHBOUR, store)
            applied_for = await handlers.everything(APPLICANT, store)
        assert found.data
        assert (found.data.name, found.data.mobile) == ("Ann Nieuw", "+32471123456")
        changed = member.model_copy(update={"version": 2})
        assert (found.addresses, found.memberships) == ({member.member_id: moved}, [changed])
        parts = [(network.network_id, part) for part in ("applicant", "coordinator")]
        assert (applied_for.data, applied_for.offices) == (None, parts)
        with refusal("member_unknown"):
            async with stored.unit_of_work() as store:
                await handlers.correct_address(member.member_id, moved, By(OFFICER, "2"), GIVEN, store)
        with refusal("outside_area"):
            async with stored.unit_of_work() as store:
                away = moved.model_copy(update={"longitude": 4.3})
                await handlers.correct_address(member.member_id, away, By(NEIGHBOUR, "2"), GIVEN, store)
        with refusal("version_changed"):
            async with stored.unit_of_work() as store:
                await handlers.correct_address(member.member_id, moved, By(NEIGHBOUR, "1"), GIVEN, store)
        with refusal("version_changed"):
            async with stored.unit_of_work() as store:
                await handlers.correct_person(corrected, By(NEIGHBOUR, seen), store)

    async def test_a_member_who_asks_is_erased_on_the_planned_day_and_a_coordinator_after_succession(
        self, stored: Stored
    ) -> None:
        network = await open_network(stored)
        await joined(stored, network)
        later = replace(GIVEN, clock=StandingClock(NOW + timedelta(days=30)))
        async with stored.unit_of_work() as store:
            asked = [
                await handlers.erase(one, ErasureReason.REQUESTED, GIVEN, store, official=None)
                for one in (NEIGHBOUR, NEIGHBOUR, APPLICANT)
            ]
            assert [(one.erased_at, one.planned_on) for one in asked] == [(None, date(2026, 12, 24))] * 3
            assert await handlers.erase_planned(NEIGHBOUR, GIVEN, store) is None
        before = await stored.recorded()
        async with stored.unit_of_work() as store:
            assert await handlers.erase_planned(APPLICANT, later, store) is None
            assert await handlers.erase_planned(NEIGHBOUR, later, store)
            assert await handlers.erase_planned(NEIGHBOUR, later, store) is None
            assert (await store.memberships(NEIGHBOUR), (await store.known(NEIGHBOUR)).in_vault) == ([], False)
        assert await stored.recorded() == before + 2, "MemberLeft and PersonErased"

    async def test_a_planned_erasure_is_withdrawn_while_it_is_not_done(self, stored: Stored) -> None:
        network = await open_network(stored)
        await joined(stored, network, APPLICANT)
        async with stored.unit_of_work() as store:
            await handlers.erase(APPLICANT, ErasureReason.REQUESTED, GIVEN, store, official=None)
            assert len(await store.open_tasks(TaskKind.REPLACE_COORDINATOR, APPLICANT)) == 1
        async with stored.unit_of_work() as store:
            await handlers.withdraw_erasure(APPLICANT, GIVEN, store)
        later = replace(GIVEN, clock=StandingClock(NOW + timedelta(days=30)))
        async with stored.unit_of_work() as store:
            assert await store.open_tasks(TaskKind.REPLACE_COORDINATOR, APPLICANT) == []
            assert await handlers.erase_planned(APPLICANT, later, store) is None
            assert (await store.known(APPLICANT)).is_member
        with refusal("erasure_not_planned"):
            async with stored.unit_of_work() as store:
                await handlers.withdraw_erasure(APPLICANT, GIVEN, store)
