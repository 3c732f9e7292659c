"""Typed text: names with hidden characters are refused, longer text is cleaned."""

from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from buurtsein_chassis.text import Name, Plain

MARKS = [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u061c", "\u200e", "\u200f"]
"""They make text read in another order than it is stored."""
UNSEEN = ["\u200b", "\ufeff", "\u00ad", "\u2060", "\U000e0041"]
CONTROLS = ["\x00", "\x1b", "\x7f", "\x85"]


class Typed(BaseModel):
    name: Annotated[str, Name] = ""
    text: Annotated[str, Plain] = ""


@pytest.mark.parametrize("hidden", [*MARKS, *UNSEEN, *CONTROLS, "\n", "\u2028", "\u2029"])
def test_a_name_with_something_hidden_is_refused(hidden: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Typed(name=f"Jan{hidden}Peeters")
    assert caught.value.errors()[0]["type"] == "hidden_characters"


@pytest.mark.parametrize("hidden", [*MARKS, *UNSEEN, *CONTROLS])
def test_text_loses_what_is_hidden(hidden: str) -> None:
    assert Typed(text=f"een{hidden} regel\nen\teen tweede{hidden}").text == "een regel\nen\teen tweede"


def test_separators_of_lines_and_paragraphs_become_new_lines() -> None:
    assert Typed(text="een\u2028twee\u2029drie").text == "een\ntwee\ndrie"


def test_text_of_nothing_else_is_refused() -> None:
    with pytest.raises(ValidationError):
        Typed(text="\u202e\u202e")
    assert Typed(text="").text == ""


@pytest.mark.parametrize("name", ["Zoë D'Hondt-Österreich", "محمد", "Łukasz", "李雷", "👩\u200d🚒", "مح\u200cمد"])
def test_names_of_all_scripts_are_names(name: str) -> None:
    assert Typed(name=name).name == name


def test_letters_are_composed() -> None:
    assert Typed(name="Zoe\u0308", text="Zoe\u0308").model_dump() == {"name": "Zoë", "text": "Zoë"}
