"""Validates typed texts: a name with forbidden characters is refused, a longer text is cleaned.

Invariant: an accepted text is shown in the order in which it is stored, contains no invisible characters except the two
joiners that Persian, Hindi and emoji need, can be written in XML, and contains no national number. The annotations run
before the length limits of their field, so the limits apply to the cleaned text.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError, PydanticKnownError

from buurtsein_kernel.national_number import has_national_number

HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories that are hidden: control and format characters, private use, surrogates, line and paragraph
separators."""
BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters, marks and symbols that are drawn as nothing."""
JOINERS = frozenset("\u200c\u200d")
MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|<!--|&(#[0-9]+|#x[0-9A-Fa-f]+|[A-Za-z]+);")
"""HTML tags and character references; CAP messages must not contain them."""
MOST_MARKS = 3
"""The number of combining marks that one letter may have; no language needs more."""
MOST_CHARACTERS = 10_000
"""No field is longer than this. A longer text is refused before any other check runs."""
STREAM_SAFE_MARKS = 30
"""The number of combining marks in a row that is still cheap to normalise; the time grows with the square of it (UAX
#15, Stream-Safe Text Format)."""

_ORDINARY = re.compile("[ -~\u00a0-\u00ac\u00ae-\u024f]*")
"""A line of ASCII and Latin letters, which holds no hidden character, no combining mark and no letter of another
alphabet. Nearly all texts are such lines, and a pattern finds it out faster than a check of each character."""
_MARKS = re.compile("[^\\x00-\u02ff]")
"""A character after those of Latin alphabets; no combining mark comes before."""
_WEB_ADDRESS = re.compile(r"[a-z0-9+.-]://|\bwww\.", re.IGNORECASE)
_LINK = re.compile(
    r"[a-z0-9]\.(be|eu|nl|fr|lu|com|net|org|info|io|ly|co|app|link|site|online|shop|brussels|vlaanderen|gent)\b(?!\.)",
    re.IGNORECASE,
)
"""Text that a telephone turns into a link by itself, such as `voorbeeld.be`; abbreviations such as `St.Jan` do not
match."""
_WORD = re.compile(r"\w+")
_ALIKE = frozenset({"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC"})
"""Alphabets that have letters which look the same as letters of another alphabet."""


def is_hidden(character: str) -> bool:
    """Return whether a character is invisible, or reserved by XML or Unicode."""
    point = ord(character)
    reserved = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF  # noqa: PLR2004 - Unicode's noncharacters
    hidden = unicodedata.category(character) in HIDDEN and character not in JOINERS
    return reserved or hidden or character in BLANKS


def _hides(line: str) -> bool:
    return not _ORDINARY.fullmatch(line) and any(map(is_hidden, line))


def _shown(text: str) -> str:
    """Return a text of several lines without its hidden characters."""
    lines = text.replace("\u2028", "\n").replace("\u2029", "\n")
    if all(map(_ORDINARY.fullmatch, re.split("[\n\t]", lines))):
        return lines
    return "".join(c for c in lines if c in "\n\t" or not is_hidden(c))


def straightened(text: str) -> str:
    """Return a number or code with `-` for every dash, one space for white space, and no hidden characters (NFKC)."""
    shown = (c for c in unicodedata.normalize("NFKC", text) if not is_hidden(c))
    plain = "".join("-" if unicodedata.category(c) == "Pd" else c for c in shown)
    return " ".join(plain.replace("\u2212", "-").split())


def _alphabet(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else ""


def _mixes_alphabets(word: str) -> bool:
    return not _ORDINARY.fullmatch(word) and len(_ALIKE.intersection(map(_alphabet, word))) > 1


def _stacks_marks(text: str, most: int) -> bool:
    if not _MARKS.search(text):
        return False
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > most:
            return True
    return False


def _bounded(text: str) -> str:
    """Return the text unchanged; refuse a text that is too long or has too many combining accents in a row."""
    if len(text) > MOST_CHARACTERS:
        raise PydanticKnownError("string_too_long", {"max_length": MOST_CHARACTERS})
    if _stacks_marks(text, STREAM_SAFE_MARKS):
        raise _stacked()
    return text


def _stacked() -> PydanticCustomError:
    return PydanticCustomError("stacked_marks", "Er staan te veel tekens op één letter.")


def _joins_latin(text: str) -> bool:
    pairs = zip(" " + text, text, strict=False)
    return any(after in JOINERS and (before.isascii() or _alphabet(before) == "LATIN") for before, after in pairs)


def _checked_name(text: str) -> str:
    name = unicodedata.normalize("NFC", text)
    if _hides(text) or _joins_latin(text):
        raise PydanticCustomError("hidden_characters", "Hier staan onzichtbare tekens in. Typ de tekst opnieuw.")
    if MARKUP.search(name) or "<" in name or ">" in name:
        raise PydanticCustomError("markup", "Gebruik geen HTML en geen tekens < of >.")
    if _WEB_ADDRESS.search(name):
        raise PydanticCustomError("web_address", "Gebruik hier geen webadres.")
    if any(map(_mixes_alphabets, _WORD.findall(name))):
        raise PydanticCustomError("mixed_alphabets", "Een woord bevat letters van verschillende alfabetten.")
    if _stacks_marks(name, MOST_MARKS):
        raise _stacked()
    return name


def _cleaned_text(text: str) -> str:
    kept = _shown(text).strip()
    if text.strip() and not kept:
        raise PydanticCustomError("hidden_characters", "Er staan alleen onzichtbare tekens in.")
    return unicodedata.normalize("NFC", _bounded(kept))


def _without_national_number(text: str) -> str:
    if has_national_number(text):
        raise PydanticCustomError("national_number", "Haal het rijksregisternummer weg. We mogen het niet bewaren.")
    return text


def _fit_for_messages(text: str) -> str:
    letters = [character for character in text if character.isalpha()]
    if not letters or any(_alphabet(letter) != "LATIN" for letter in letters):
        raise PydanticCustomError("not_latin", "Gebruik letters van het Latijnse alfabet.")
    if _LINK.search(text):
        raise PydanticCustomError("web_address", "Gebruik hier geen webadres.")
    return text


def _of_text(check: Callable[[str], str]) -> BeforeValidator:
    """Return a validator that applies the check to strings, and leaves other values to the field's own type."""

    def checked(value: Any) -> Any:
        return check(_bounded(value)) if isinstance(value, str) else value

    return BeforeValidator(checked)


Straight = _of_text(straightened)
"""Annotates a number or code that people copy, such as a telephone number: every dash becomes `-`, all white space
becomes one space."""
Joined = _of_text(lambda text: straightened(text).replace(" ", ""))
"""The same as `Straight`, for a code without spaces, such as a postcode or an e-mail address."""
AnyName = _of_text(_checked_name)
"""The same as `Name` without the search for national numbers, for a domain that has to report something more urgent
first."""
AnyText = _of_text(_cleaned_text)
"""The same as `Plain` without the search for national numbers, for a domain that has to report something more urgent
first."""
Name = _of_text(lambda text: _without_national_number(_checked_name(text)))
"""Annotates a name or another short text on one line. Refused with the code `hidden_characters`, `markup`,
`web_address`, `mixed_alphabets`, `stacked_marks` or `national_number`."""
Plain = _of_text(lambda text: _without_national_number(_cleaned_text(text)))
"""Annotates free text. Hidden characters are removed, new lines and tabs are kept; refused with the code
`national_number`."""
EMAIL = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
"""The form of an e-mail address; use it together with the annotation `Name` or `Joined`."""
Latin = _of_text(_fit_for_messages)
"""Annotates a `Name` that is shown in messages: only letters of the Latin alphabet, and nothing that a telephone
turns into a link; refused with the code `not_latin` or `web_address`."""
