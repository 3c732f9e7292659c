"""Looks addresses up in a fake of the Flemish address register over HTTP."""

import json
from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from buurtsein_chassis.address_sources.adresmatch import TRIES, Adresmatch
from buurtsein_kernel.official_addresses import AddressQuery, AddressSourceUnavailable, OfficialAddress
from harness.adresmatch import Register, item, running

HOUSE = OfficialAddress("36416228", "Aalbessenlaan", "14", None, "9300", "41002", 4.040512, 50.938001)
FLAT = OfficialAddress("36416229", "Aalbessenlaan", "14", "3", "9300", "41002", 4.040513, 50.938002)
ASKED = AddressQuery("Aalbessenlaan", "14", None, "9300")


@pytest.fixture
def register() -> Iterator[Register]:
    with running([HOUSE, FLAT]) as register:
        yield register


def source(register: Register, key: str | None = None) -> Adresmatch:
    return Adresmatch(register.url, "41002", 5.0, SecretStr(key) if key else None)


async def test_an_address_is_found_with_its_point_in_degrees(register: Register) -> None:
    found = (await source(register).match(ASKED)).found
    assert found
    assert (found.address_id, found.nis, found.postcode) == ("36416228", "41002", "9300")
    assert (found.longitude, found.latitude) == pytest.approx((HOUSE.longitude, HOUSE.latitude), abs=2e-6)
    assert register.questions == [
        {"straatnaam": "Aalbessenlaan", "huisnummer": "14", "postcode": "9300", "niscode": "41002"}
    ]


async def test_the_box_and_the_api_key_are_sent(register: Register) -> None:
    match = await source(register, "sleutel").match(AddressQuery("Aalbessenlaan", "14", "3", "9300"))
    assert match.found
    assert (match.found.box, register.questions[0]["busnummer"], register.keys) == ("3", "3", ["sleutel"])


async def test_an_unknown_number_gives_suggestions(register: Register) -> None:
    match = await source(register).match(AddressQuery("Aalbessenlaan", "15", None, "9300"))
    assert match.found is None
    assert [one.address_id for one in match.suggestions] == ["36416228", "36416229"]


async def test_what_the_register_refuses_is_an_unknown_address(register: Register) -> None:
    match = await source(register).match(AddressQuery("Aalbessenlaan", "14", None, "abcd"))
    assert (match.found, match.suggestions) == (None, ())


async def test_a_match_that_is_only_a_street_and_a_historical_address_are_left_out(register: Register) -> None:
    old = item(HOUSE) | {"adresStatus": "gehistoreerd"}
    street = {"straatnaam": old["straatnaam"], "gemeente": old["gemeente"], "score": 50.0}
    register.body = json.dumps({"adresMatches": [old, street]}).encode()
    match = await source(register).match(ASKED)
    assert (match.found, match.suggestions) == (None, ())


async def test_an_answer_is_remembered(register: Register) -> None:
    addresses = source(register)
    assert await addresses.match(ASKED) == await addresses.match(ASKED)
    assert len(register.questions) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_error_that_passes_is_tried_again(register: Register, status: int) -> None:
    register.errors = [status] * (TRIES - 1)
    assert (await source(register).match(ASKED)).found


@pytest.mark.parametrize("errors", [[503] * TRIES, [401], [404]])
async def test_errors_that_stay_make_the_source_unavailable(register: Register, errors: list[int]) -> None:
    register.errors = errors
    with pytest.raises(AddressSourceUnavailable):
        await source(register).match(ASKED)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"adresMatches": 5}'])
async def test_an_unreadable_answer_makes_the_source_unavailable(register: Register, body: bytes) -> None:
    register.body = body
    with pytest.raises(AddressSourceUnavailable):
        await source(register).match(ASKED)


@pytest.mark.parametrize("numbers", ["1.2.3 4", "9" * 400 + " 4", "50.9, 4.0", "NaN NaN"])
async def test_a_point_that_is_no_two_numbers_makes_the_source_unavailable(register: Register, numbers: str) -> None:
    gml = item(HOUSE)["adresPositie"]["geometrie"]["gml"]
    broken = gml.replace(gml[gml.index("<gml:pos>") : gml.index("</gml:pos>")], f"<gml:pos>{numbers}")
    match = item(HOUSE) | {"adresPositie": {"geometrie": {"type": "Point", "gml": broken}}}
    register.body = json.dumps({"adresMatches": [match]}).encode()
    with pytest.raises(AddressSourceUnavailable):
        await source(register).match(ASKED)


async def test_a_register_that_is_down_is_unavailable_and_asked_again_the_next_time(register: Register) -> None:
    addresses = source(register)
    register.errors = [503] * TRIES
    with pytest.raises(AddressSourceUnavailable):
        await addresses.match(ASKED)
    assert (await addresses.match(ASKED)).found


async def test_nothing_that_listens_is_unavailable() -> None:
    with pytest.raises(AddressSourceUnavailable):
        await Adresmatch("http://127.0.0.1:9/", "41002", 1.0).match(ASKED)
