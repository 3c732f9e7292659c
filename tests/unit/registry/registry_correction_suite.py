"""Defines tests of what members may correct in their address and data, which run on both stores."""

from typing import Any

from unit.registry.registry_memory import APPLICANT, GIVEN, MAYOR, NEIGHBOUR, OFFICER, joining
from unit.registry.registry_store_suite import Stored, left, open_network, refusal, tag_of

from buurtsein_kernel.commands import By
from buurtsein_registry import commands, handlers
from buurtsein_registry.domain.member import Member
from buurtsein_registry.domain.network import Network
from buurtsein_registry.domain.person import PersonData
from buurtsein_registry.domain.vault_read import OWN, Reader

HOUSE = joining().address
ELSEWHERE = HOUSE.model_copy(update={"house_number": "9"})
NUMBER, ESTABLISHMENT = "0403019261", "2147812701"
EMAIL, MOBILE, LANDLINE = "ann@voorbeeld.be", "+32470123456", "+3253771234"


async def joins(stored: Stored, network: Network, person: str = NEIGHBOUR, **changes: Any) -> Member:
    async with stored.unit_of_work() as store:
        return await handlers.join(network.network_id, joining(**changes), person, GIVEN, store)


async def moves(stored: Stored, member: Member, address: commands.Address) -> Member:
    async with stored.unit_of_work() as store:
        seen = By(member.person, str((await store.member(member.member_id)).version))
        return await handlers.correct_address(member.member_id, address, seen, GIVEN, store)


async def known(stored: Stored) -> PersonData:
    async with stored.unit_of_work() as store:
        data = await store.read_person(NEIGHBOUR, Reader(NEIGHBOUR, OWN))
    assert data
    return data


async def corrects(stored: Stored, **changes: Any) -> None:
    command = commands.CorrectPerson.model_validate({"name": "Ann Voorbeeld", "mobile": MOBILE} | changes)
    async with stored.unit_of_work() as store:
        await handlers.correct_person(command, By(NEIGHBOUR, await tag_of(NEIGHBOUR, store)), store)


class CorrectionSuite:
    """Tests that the rules of joining also hold for a correction; for both stores."""

    async def test_a_member_cannot_move_to_a_full_address(self, stored: Stored) -> None:
        network = await open_network(stored)
        housemates = [await joins(stored, network, person) for person in (APPLICANT, OFFICER, MAYOR)]
        member = await joins(stored, network, address=ELSEWHERE.model_dump())
        with refusal("address_full"):
            await moves(stored, member, HOUSE)
        async with stored.unit_of_work() as store:
            assert await store.addresses(NEIGHBOUR) == {member.member_id: ELSEWHERE}
        await moves(stored, housemates[0], ELSEWHERE)
        assert (await moves(stored, member, HOUSE)).version == 2

    async def test_a_member_at_a_full_address_can_correct_how_it_is_written(self, stored: Stored) -> None:
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

    async def test_a_second_membership_keeps_the_email_and_number_that_the_first_one_uses(self, stored: Stored) -> None:
        shop: dict[str, Any] = {"kind": "TRADER", "enterprise_number": NUMBER, "email": EMAIL, "channels": ["email"]}
        first = await joins(stored, await open_network(stored), **shop)
        second = await joins(stored, await open_network(stored), name="Ann Nieuw", mobile="0471123456")
        data = await known(stored)
        assert (data.email, data.enterprise_number) == (EMAIL, NUMBER)
        assert (data.name, data.mobile) == ("Ann Nieuw", "+32471123456")
        for one in (first, second):
            await left(stored, one)
        await joins(stored, await open_network(stored))
        assert (await known(stored)).email is None, "an ended membership keeps nothing"

    async def test_a_second_membership_does_not_replace_a_number_to_which_another_sends_sms(
        self, stored: Stored
    ) -> None:
        await joins(stored, await open_network(stored), channels=["sms"])
        by_voice: dict[str, Any] = {"channels": ["voice"], "mobile": LANDLINE}
        with refusal("channel_not_possible"):
            await joins(stored, await open_network(stored), **by_voice)
        assert (await known(stored)).mobile == MOBILE

    async def test_a_correction_does_not_take_away_what_a_channel_of_a_membership_needs(self, stored: Stored) -> None:
        member = await joins(stored, await open_network(stored), email=EMAIL, channels=["email", "sms"])
        await corrects(stored, email="ann@nieuw.be", mobile="0471123456")
        for changes in ({}, {"email": EMAIL, "mobile": LANDLINE}):
            with refusal("channel_not_possible"):
                await corrects(stored, **changes)
        assert (await known(stored)).email == "ann@nieuw.be"
        await left(stored, member)
        await corrects(stored, mobile=LANDLINE)
        assert (await known(stored)).email is None

    async def test_somebody_whose_channel_does_not_work_can_still_correct_other_data(self, stored: Stored) -> None:
        await joins(stored, await open_network(stored), email=EMAIL, channels=["email", "sms"])
        without_email = (await known(stored)).model_copy(update={"email": None})
        async with stored.unit_of_work() as store:
            await store.put_person(NEIGHBOUR, without_email)
        await corrects(stored, name="Ann Nieuw")
        assert (await known(stored)).name == "Ann Nieuw"
