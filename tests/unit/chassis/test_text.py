"""Typed text: names with hidden characters are refused, longer text is cleaned."""

from typing import Annotated

import pytest
from pydantic import BaseModel, ValidationError

from buurtsein_chassis.text import DIRECTION_MARKS, Name, Plain


class Typed(BaseModel):
    name: Annotated[str, Name] = ""
    text: Annotated[str, Plain] = ""


@pytest.mark.parametrize("hidden", [*sorted(DIRECTION_MARKS), "\x00", "\x1b", "\x7f", "\x85", "\n"])
def test_a_name_with_something_hidden_is_refused(hidden: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Typed(name=f"Jan{hidden}Peeters")
    assert caught.value.errors()[0]["type"] == "hidden_characters"


@pytest.mark.parametrize("hidden", [*sorted(DIRECTION_MARKS), "\x00", "\x1b", "\x7f", "\x85"])
def test_text_loses_what_is_hidden(hidden: str) -> None:
    assert Typed(text=f"een{hidden} regel\nen\teen tweede{hidden}").text == "een regel\nen\teen tweede"


def test_text_of_nothing_else_is_refused() -> None:
    with pytest.raises(ValidationError):
        Typed(text="\u202e\u202e")
    assert Typed(text="").text == ""


@pytest.mark.parametrize("name", ["Zoë D'Hondt-Österreich", "محمد", "Łukasz", "李雷", "👩\u200d🚒"])
def test_names_of_all_scripts_are_names(name: str) -> None:
    assert Typed(name=name).name == name


def test_letters_are_composed() -> None:
    assert Typed(name="Zoe\u0308", text="Zoe\u0308").model_dump() == {"name": "Zoë", "text": "Zoë"}
