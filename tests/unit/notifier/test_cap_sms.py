"""An officer sees the length and the price of an SMS before release."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buurtsein_notifier.cap import Encoding, SmsCount, sms_units

GSM, UCS = Encoding.GSM_7, Encoding.UCS_2
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SmsCount(0, GSM, 0)),
        ("Bel 101", SmsCount(7, GSM, 1)),
        ("a" * 160, SmsCount(160, GSM, 1)),
        ("a" * 161, SmsCount(161, GSM, 2)),
        ("a" * 306, SmsCount(306, GSM, 2)),
        ("a" * 307, SmsCount(307, GSM, 3)),
        ("€" * 80, SmsCount(160, GSM, 1)),
        ("€" * 81, SmsCount(162, GSM, 2)),
        ("één café à ö", SmsCount(12, GSM, 1)),
        ("financiële", SmsCount(10, UCS, 1)),
        ("ë" * 70, SmsCount(70, UCS, 1)),
        ("ë" * 71, SmsCount(71, UCS, 2)),
        ("ë" * 134, SmsCount(134, UCS, 2)),
        ("ë" * 135, SmsCount(135, UCS, 3)),
        ("\U0001f6a8" * 35, SmsCount(70, UCS, 1)),
        ("€ en ç", SmsCount(6, UCS, 1)),
    ],
)
def test_units_of_a_text(text: str, expected: SmsCount) -> None:
    assert sms_units(text) == expected


def test_a_character_of_two_units_is_never_split() -> None:
    assert sms_units("a" * 152 + "€" + "a" * 152) == SmsCount(306, GSM, 3)
    assert sms_units("ë" * 66 + "\U0001f6a8" + "ë" * 66) == SmsCount(134, UCS, 3)


def test_the_basic_table_has_128_places_less_the_escape() -> None:
    assert len(set(BASIC)) == 127
    assert sms_units(BASIC) == SmsCount(127, GSM, 1)
    assert sms_units(EXTENSION) == SmsCount(20, GSM, 1)


@pytest.mark.parametrize("character", "ëêâçîïôûœ`\t\u2013\u2019\u2026")
def test_one_character_outside_the_tables_makes_the_whole_text_ucs_2(character: str) -> None:
    assert sms_units("a" * 70 + character) == SmsCount(71, UCS, 2)


def test_the_price_is_exact_and_configurable() -> None:
    assert sms_units("a" * 161).price() == Decimal("0.110")
    assert sms_units("a" * 161).price(Decimal("0.06")) == Decimal("0.12")


@given(st.text(BASIC, max_size=800))
def test_basic_text_fills_every_part(text: str) -> None:
    count = sms_units(text)
    assert count == SmsCount(len(text), GSM, -(-len(text) // 153) if len(text) > 160 else min(len(text), 1))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.text(BASIC + EXTENSION, max_size=400))
def test_a_longer_text_is_never_cheaper(text: str, more: str) -> None:
    assert sms_units(text + more).units >= max(sms_units(text).units, sms_units(more).units)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
def test_ucs_2_is_billed_in_utf_16_units(text: str) -> None:
    count = sms_units("ë" + text)
    assert count.encoding is UCS
    assert count.characters == len(("ë" + text).encode("utf-16-be")) // 2
    assert count.units >= -(-count.characters // 70)
