"""Finds the official address that a person means, in different spellings."""

import pytest

from buurtsein_kernel.official_addresses import AddressQuery, OfficialAddress, choose


def official(street: str, number: str, box: str | None = None, postcode: str = "9300") -> OfficialAddress:
    return OfficialAddress(f"{street}-{number}-{box}", street, number, box, postcode, "41002", 4.04, 50.94)


KNOWN = [
    official("Sint-Jansstraat", "12"),
    official("Sint-Jansstraat", "12", "0101"),
    official("Sint-Jansstraat", "12bis"),
    official("Sint-Jansstraat", "14", "A"),
]


@pytest.mark.parametrize(
    ("street", "number", "box", "found"),
    [
        ("Sint-Jansstraat", "12", None, "Sint-Jansstraat 12, 9300"),
        ("sint jansstr.", "12", None, "Sint-Jansstraat 12, 9300"),
        ("St. Jansstraat", "12 BIS", None, "Sint-Jansstraat 12bis, 9300"),
        ("Sint-Jansstraat", "12", "101", "Sint-Jansstraat 12 bus 0101, 9300"),
        ("Sint-Jansstraat", "12", "7", "Sint-Jansstraat 12, 9300"),
        ("Sint-Jansstraat", "14", None, "Sint-Jansstraat 14 bus A, 9300"),
    ],
)
def test_an_address_is_found_in_any_usual_spelling(street: str, number: str, box: str | None, found: str) -> None:
    assert str(choose(AddressQuery(street, number, box, "9300"), KNOWN).found) == found


@pytest.mark.parametrize(
    ("street", "number", "postcode"),
    [("Sint-Jansstraat", "13", "9300"), ("Sint-Jansstraat", "12", "9320"), ("Sint-Janslaan", "12", "9300")],
)
def test_another_house_postcode_or_street_is_only_a_suggestion(street: str, number: str, postcode: str) -> None:
    match = choose(AddressQuery(street, number, None, postcode), KNOWN)
    assert (match.found, match.suggestions) == (None, tuple(KNOWN))


def test_accents_do_not_matter() -> None:
    cafe = official("Caféstraat", "1")
    assert choose(AddressQuery("CAFE-STRAAT", "1", None, "9300"), [cafe]).found == cafe
