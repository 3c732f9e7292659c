"""What people type, made safe to show: names are refused, longer text is cleaned.

Invariant: what passes reads in the order in which it is stored, and has no invisible control characters.
"""

import unicodedata

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

DIRECTION_MARKS = frozenset(
    {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u061c", "\u200e", "\u200f"}
)
"""They make text read in another order than it is stored."""


def _hidden(character: str) -> bool:
    return character in DIRECTION_MARKS or unicodedata.category(character) == "Cc"


def _name(text: str) -> str:
    if any(map(_hidden, text)):
        raise PydanticCustomError("hidden_characters", "hidden characters are not allowed")
    return unicodedata.normalize("NFC", text)


def _plain(text: str) -> str:
    kept = "".join(c for c in text if c in "\n\t" or not _hidden(c)).strip()
    if text and not kept:
        raise PydanticCustomError("hidden_characters", "nothing but hidden characters")
    return unicodedata.normalize("NFC", kept)


Name = AfterValidator(_name)
"""Annotates a name or another short text on one line: hidden characters are refused with `hidden_characters`."""
Plain = AfterValidator(_plain)
"""Annotates free text: hidden characters are taken out, new lines and tabs stay."""
