"""What people type, made safe to show: names are refused, longer text is cleaned.

Invariant: what passes reads in the order in which it is stored, and has no invisible characters but the two that join
letters or keep them apart, which Persian, Hindi and emoji need.
"""

import unicodedata

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode categories: control characters; marks of direction, of no width, and tags; ends of lines and paragraphs."""
JOINERS = frozenset("\u200c\u200d")
_LINES = str.maketrans({"\u2028": "\n", "\u2029": "\n"})


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in HIDDEN and character not in JOINERS


def _name(text: str) -> str:
    if any(map(_hidden, text)):
        raise PydanticCustomError("hidden_characters", "hidden characters are not allowed")
    return unicodedata.normalize("NFC", text)


def _plain(text: str) -> str:
    kept = "".join(c for c in text.translate(_LINES) if c in "\n\t" or not _hidden(c)).strip()
    if text and not kept:
        raise PydanticCustomError("hidden_characters", "nothing but hidden characters")
    return unicodedata.normalize("NFC", kept)


Name = AfterValidator(_name)
"""Annotates a name or another short text on one line: hidden characters are refused with `hidden_characters`."""
Plain = AfterValidator(_plain)
"""Annotates free text: hidden characters are taken out, new lines and tabs stay."""
