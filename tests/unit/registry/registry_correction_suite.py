"""Defines tests of what members may correct in their address and data, which run on both stores."""

from typing import Any

from unit.registry.registry_memory import APPLICANT, GIVEN, MAYOR, NEIGHBOUR, OFFICER, joining
from unit.registry.registry_store_suite import Stored, open_network, refusal

from buurtsein_kernel.commands import By
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network

HOUSE = joining().address
ELSEWHERE = HOUSE.model_copy(update={"house_number": "9"})
NUMBER, ESTABLISHMENT = "0403019261", "2147812701"


async def joins(stored: Stored, network: Network, person: str = NEIGHBOUR, **changes: Any) -> Member:
    async with stored.unit_of_work() as store:
        return await handlers.join(network.network_id, joining(**changes), person, GIVEN, store)


async def moves(stored: Stored, member: Member, address: commands.Address) -> Member:
    async with stored.unit_of_work() as store:
        seen = By(member.person, str((await store.member(member.member_id)).version))
        return await handlers.correct_address(member.member_id, address, seen, GIVEN, store)


class CorrectionSuite:
    """Tests that a correction obeys the rules of joining; for both stores."""

    async def test_a_member_does_not_move_to_an_address_that_is_full(self, stored: Stored) -> None:
        network = await open_network(stored)
        housemates = [await joins(stored, network, person) for person in (APPLICANT, OFFICER, MAYOR)]
        member = await joins(stored, network, address=ELSEWHERE.model_dump())
        with refusal("address_full"):
            await moves(stored, member, HOUSE)
        async with stored.unit_of_work() as store:
            assert await store.addresses(NEIGHBOUR) == {member.member_id: ELSEWHERE}
        await moves(stored, housemates[0], ELSEWHERE)
        assert (await moves(stored, member, HOUSE)).version == 2

    async def test_a_member_of_a_full_address_corrects_it_without_moving(self, stored: Stored) -> None:
        network = await open_network(stored)
        [first, *_] = [await joins(stored, network, person) for person in (NEIGHBOUR, OFFICER, MAYOR)]
        written = HOUSE.model_copy(update={"street": "MOLENSTRAAT"})
        await moves(stored, first, written)
        async with stored.unit_of_work() as store:
            assert await store.addresses(NEIGHBOUR) == {first.member_id: written}

    async def test_a_trader_keeps_a_number_when_the_address_changes(self, stored: Stored) -> None:
        network, shop = await open_network(stored), HOUSE.model_copy(update={"establishment_number": ESTABLISHMENT})
        by_shop = await joins(stored, network, kind="TRADER", address=shop.model_dump())
        with refusal("enterprise_missing"):
            await moves(stored, by_shop, ELSEWHERE)
        await moves(stored, by_shop, ELSEWHERE.model_copy(update={"establishment_number": ESTABLISHMENT}))
        for person, legal in ((OFFICER, True), (MAYOR, False)):
            numbered = {"kind": "TRADER", "enterprise_number": NUMBER, "legal_person": legal}
            await moves(stored, await joins(stored, network, person, **numbered), ELSEWHERE)
