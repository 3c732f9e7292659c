"""Names with hidden characters are refused; longer texts with hidden characters are cleaned."""

import unicodedata
from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from buurtsein_kernel.text import Latin, Name, Plain, is_hidden, straightened

MARKS = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u061c", "\u200e", "\u200f"]
"""Characters that change the direction of text, so that it is shown in another order than it is stored."""
UNSEEN = [*"\u3164\u2800\u034f\uffff\U0001fffe\ue000\u200b\ufeff\u00ad\u2060\U000e0041"]
CONTROLS = ["\x00", "\x1b", "\x7f", "\x85"]


class Typed(BaseModel):
    name: Annotated[str, Name] = ""
    text: Annotated[str, Plain] = ""
    label: Annotated[str, Name, Latin] = "BIN"
    short: Annotated[str, Field(max_length=10), Name] = ""


@pytest.mark.parametrize("hidden", [*MARKS, *UNSEEN, *CONTROLS, "\u200d", "\n", "\u2028", "\u2029"])
def test_a_name_with_hidden_characters_is_refused(hidden: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Typed(name=f"Jan{hidden}Peeters")
    assert caught.value.errors()[0]["type"] == "hidden_characters"


@pytest.mark.parametrize("hidden", [*MARKS, *UNSEEN, *CONTROLS])
def test_hidden_characters_are_removed_from_text(hidden: str) -> None:
    assert Typed(text=f"een{hidden} regel\nen\teen tweede{hidden}").text == "een regel\nen\teen tweede"


def test_each_character_is_judged_by_what_it_is_and_not_by_its_neighbours() -> None:
    """Texts of common characters are checked as a whole, so every character up to U+0FFF is tried in such a text."""
    for character in map(chr, range(0x1000)):
        text = f"een {character}x regel"
        stays = character in "\n\t" or not is_hidden(character)
        assert Typed(text=text).text == unicodedata.normalize("NFC", text if stays else "een x regel")
        assert (refusal(f"Jan{character}X") == "hidden_characters") is is_hidden(character)


def refusal(name: str) -> str | None:
    try:
        Typed(name=name)
    except ValidationError as error:
        return error.errors()[0]["type"]
    return None


def test_separators_of_lines_and_paragraphs_become_new_lines() -> None:
    assert Typed(text="een\u2028twee\u2029drie").text == "een\ntwee\ndrie"


def test_a_text_of_only_hidden_characters_is_refused() -> None:
    with pytest.raises(ValidationError):
        Typed(text="\u202e\u202e")
    assert Typed(text="").text == ""


@pytest.mark.parametrize("name", ["Zoë D'Hondt-Österreich", "محمد", "Łukasz", "李雷", "👩\u200d🚒", "مح\u200cمد"])
def test_names_in_any_script_are_accepted(name: str) -> None:
    assert Typed(name=name).name == name


def test_letters_are_composed() -> None:
    typed = Typed(name="Zoe\u0308", text="Zoe\u0308")
    assert (typed.name, typed.text) == ("Zoë", "Zoë")


def refusals(**typed: str) -> list[str]:
    """Validate a text and return the codes of its errors; an empty list when the text is accepted."""
    try:
        Typed(**typed)
    except ValidationError as error:
        return [problem["type"] for problem in error.errors()]
    return []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("BIN <b>Zeeberg</b>", "markup"),
        ("BIN Peeters &amp; Zonen", "markup"),
        ("BIN &#66;uurt", "markup"),
        ("<3 Aalst", "markup"),
        ("BIN https://voorbeeld.be", "web_address"),
        ("BIN www.voorbeeld.be", "web_address"),
        ("B\u0406N Zeeberg", "mixed_alphabets"),
        ("BIN Ze\u0435berg", "mixed_alphabets"),
        ("Z\u0323\u0301\u0308\u0332\u0301eeberg", "stacked_marks"),
        ("BIN 85.07.30-033.28", "national_number"),
        ("BIN 85_07_30_033_28", "national_number"),
    ],
)
def test_a_name_that_no_message_can_carry_is_refused_with_the_reason(name: str, code: str) -> None:
    assert refusals(name=name) == [code]


@pytest.mark.parametrize("name", ["BIN Peeters & Zonen", "R&D Aalst", "BIN-Z 't Stad (noord) 1/2", "Nguyễn Văn Đức"])
def test_ordinary_punctuation_is_allowed_in_a_name(name: str) -> None:
    assert Typed(name=name).name == name


@pytest.mark.parametrize("label", ["Буурт", "\uff22\uff29\uff2e", "\U0001d401\U0001d408\U0001d40d", "123", "李雷"])
def test_a_name_for_messages_needs_latin_letters(label: str) -> None:
    assert refusals(label=label) == ["not_latin"]


@pytest.mark.parametrize("label", ["BIN voorbeeld.be", "BIN bit.ly/abc", "BIN mailto:x@y.com", "HTTPS:\\\\X.BE"])
def test_a_name_that_a_telephone_turns_into_a_link_is_refused_for_messages(label: str) -> None:
    assert refusals(label=label) == ["web_address"]


@pytest.mark.parametrize(
    "label", ["BIN St.Jan", "BIN O.L.V. Ten Be", "BIN Hof te Be. Aalst", "BIN A.De Wolf", "BIN 2.0"]
)
def test_an_abbreviation_in_a_name_is_no_link(label: str) -> None:
    assert refusals(label=label) == []


def test_the_length_of_a_text_is_measured_after_composing_its_letters() -> None:
    assert refusals(short="\u0958" * 6) == ["string_too_long"]
    assert Typed(short="Ae\u0301" * 5).short == "A\u00e9" * 5


@pytest.mark.parametrize("text", ["contact +32 471 12 00 83", "IBAN BE68 5390 0754 7034", "factuur 85073003329"])
def test_telephone_and_account_numbers_are_no_national_numbers(text: str) -> None:
    assert refusals(text=text, name=text) == []


def test_text_with_a_national_number_is_refused() -> None:
    assert refusals(text="mijn nummer is 85 07 30 033 28") == ["national_number"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("\u202d0470\u00a012\u201034\u201156\u202c", "0470 12-34-56"),
        ("D5ER\u20138D8K", "D5ER-8D8K"),
        ("D5ER \u2212 8D8K ", "D5ER - 8D8K"),
        ("\uff11\uff12", "12"),
    ],
)
def test_a_number_is_read_without_its_punctuation(typed: str, meant: str) -> None:
    assert straightened(typed) == meant
