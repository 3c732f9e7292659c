"""House numbers and box numbers are accepted in the forms in which people write them."""

import pytest

from buurtsein_kernel.addresses import box, house_and_box, read_address


@pytest.mark.parametrize(
    ("typed", "number", "in_box"),
    [
        ("1", "1", None),
        ("303, bus 100", "303", "100"),
        ("12 bus 0301", "12", "0301"),
        ("12 Bus. 3", "12", "3"),
        ("12b3", "12", "3"),
        ("12 bte A", "12", "A"),
        ("12 boîte 4", "12", "4"),
        ("12/3", "12", "3"),
        ("12 / A1", "12", "A1"),
        ("12A bus 2.01", "12A", "2.01"),
        ("7b", "7B", None),
        ("7 b", "7B", None),
        ("12a", "12A", None),
        ("1bis", "1bis", None),
        ("1 BIS", "1bis", None),
        ("45-47", "45-47", None),
        ("45 \u2013 47 bus 1", "45-47", "1"),
        ("\u202a12\u00a0bus\u00a03\u202c", "12", "3"),
        ("z/n", "Z/N", None),
    ],
)
def test_a_house_number_and_its_box_are_separated(typed: str, number: str, in_box: str | None) -> None:
    assert house_and_box(typed) == (number, in_box)


@pytest.mark.parametrize(
    "typed", ["", "bus 3", "Kerkstraat 12", "12 bus", "12 bus 3 bus 4", "123456", "<b>12</b>", "-5"]
)
def test_a_text_that_is_no_house_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="house number"):
        house_and_box(typed)


@pytest.mark.parametrize(
    ("typed", "kept"), [("3", "3"), ("bus 100", "100"), ("b3", "3"), ("A1", "A1"), ("0301", "0301")]
)
def test_a_box_is_kept_without_the_word_for_it(typed: str, kept: str) -> None:
    assert box(typed) == kept


@pytest.mark.parametrize("typed", ["", "bus", "3 4", "de derde bel links"])
def test_a_text_that_is_no_box_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="box"):
        box(typed)


@pytest.mark.parametrize(
    ("typed", "street", "house_number", "postcode"),
    [
        ("Kerkstraat 12, 9300 Aalst", "Kerkstraat", "12", "9300"),
        ("Sint-Annastraat 12 bus 3, 9300 Aalst", "Sint-Annastraat", "12 bus 3", "9300"),
        ("Chaussée d'Alost 7b, B-9320", "Chaussée d'Alost", "7b", "9320"),
        ("Grote Markt 1 9300", "Grote Markt", "1", "9300"),
    ],
)
def test_an_address_on_one_line_is_read(typed: str, street: str, house_number: str, postcode: str) -> None:
    assert read_address(typed) == {"street": street, "house_number": house_number, "postcode": postcode}


@pytest.mark.parametrize("typed", ["", "Dorp 12", "9300 Aalst", "Aan de kerk", "12", "1" * 200, "a " * 200])
def test_a_line_without_street_number_or_postcode_is_no_address(typed: str) -> None:
    assert read_address(typed) is None
