"""The registry looks up the address of a person who joins, and ignores coordinates in the request."""

from dataclasses import replace

import pytest
from unit.registry.registry_memory import GIVEN, NEIGHBOUR, InMemory, joining, recognised

from buurtsein_kernel.official_addresses import AddressQuery, AddressSourceUnavailable, Match
from buurtsein_kernel.problems import DomainError
from buurtsein_registry import api, commands, handlers
from buurtsein_registry.api import members as member_routes
from harness.in_process import app_of, caller, client_of


def written(**changes: object) -> commands.GivenAddress:
    given = {"street": "molenstr.", "house_number": "1 bus 4", "postcode": "9300"} | changes
    return commands.GivenAddress.model_validate(given)


async def test_the_point_and_the_spelling_are_those_of_the_register_and_the_box_is_kept() -> None:
    found = await handlers.find_address(written(), GIVEN)
    assert (found.address_id, found.street, found.house_number, found.box) == ("1", "Molenstraat", "1", "4")
    assert (found.longitude, found.latitude) == (4.04, 50.94)


async def test_coordinates_that_the_client_sends_are_not_used() -> None:
    found = await handlers.find_address(written(street="Verrestraat", longitude=4.04, latitude=50.94), GIVEN)
    assert (found.longitude, found.latitude) == (4.15, 50.94)


async def test_an_unknown_address_is_refused_with_suggestions() -> None:
    with pytest.raises(DomainError) as refused:
        await handlers.find_address(written(house_number="2"), GIVEN)
    assert refused.value.code == "address_unknown"
    assert refused.value.members["suggestions"] == [
        {"address_id": "1", "street": "Molenstraat", "house_number": "1", "postcode": "9300"},
        {"address_id": "2", "street": "Molenstraat", "house_number": "3", "postcode": "9300"},
    ]


async def test_of_several_houses_with_one_address_the_person_chooses_one() -> None:
    dorp = written(street="Dorp")
    with pytest.raises(DomainError) as refused:
        await handlers.find_address(dorp, GIVEN)
    assert refused.value.code == "address_ambiguous"
    ids = [one["address_id"] for one in refused.value.members["suggestions"]]
    found = [await handlers.find_address(dorp.model_copy(update={"address_id": one}), GIVEN) for one in ids]
    assert [one.latitude for one in found] == [50.93, 50.95]


async def test_a_request_to_join_gets_the_official_address_and_keeps_the_rest() -> None:
    sent = commands.JoinNetwork.model_validate(joining().model_dump(exclude={"address"}) | {"address": written()})
    request = await handlers.with_address(sent, GIVEN)
    assert request.address == await handlers.find_address(written(), GIVEN)
    assert request.model_dump(exclude={"address"}) == sent.model_dump(exclude={"address"})


class Down:
    """A source of addresses that gives no answer."""

    async def match(self, asked: AddressQuery) -> Match:  # noqa: ARG002 # the interface
        raise AddressSourceUnavailable


async def test_without_an_answer_of_the_address_source_the_person_must_try_again_and_nothing_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = InMemory()
    network = await recognised(store)
    monkeypatch.setattr(member_routes, "RegistryStore", lambda uow, _: uow)
    form = joining().model_dump(mode="json", exclude={"address": {"latitude", "longitude"}}, exclude_none=True)
    async with client_of(app_of(api.router, replace(GIVEN, addresses=Down())), store) as client:
        path, headers = f"/networks/{network.network_id}/members", caller(NEIGHBOUR, "resident")
        answer = await client.post(path, json=form, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "address_source_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert (store.members, store.vault) == ({}, {})
