"""Finds in the texts of an alert what must not be spread: number plates, telephone numbers, names, faces, reporters.

It finds signs of these, not all of them; police read every text before its release. A person who accepts a finding
gives a reason, which is kept with the step.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from pydantic import BaseModel

from buurtsein_kernel.problems import DomainError, Word
from buurtsein_notifier.domain.texts import Texts


class Sign(StrEnum):
    """A kind of content that must not be spread, such as a number plate, which a text seems to contain."""

    PLATE = "plate"
    TELEPHONE = "telephone"
    NAME = "name"
    FACE = "face"
    REPORTER = "reporter"

    @property
    def in_dutch(self) -> str:
        """Return what the text seems to contain, in Dutch."""
        return _TOLD[self]


_TOLD = {
    Sign.PLATE: "een nummerplaat",
    Sign.TELEPHONE: "een telefoonnummer",
    Sign.NAME: "een naam van een persoon",
    Sign.FACE: "een foto of gezicht van een persoon",
    Sign.REPORTER: "iets over wie de melding deed",
}
_WORD = r"[A-ZÀ-Þ][\w'\u2019-]+"
_SIGNS = {
    Sign.PLATE: re.compile(r"\b([1-9][- ]?[A-Z]{3}[- ]?\d{3}|[A-Z]{3}[- ]\d{3}|[A-Z]{2}[- ]\d{3}[- ][A-Z]{2})\b"),
    Sign.TELEPHONE: re.compile(r"(?:\+32|\b0)[\d ./-]{7,13}\d\b"),
    Sign.NAME: re.compile(
        rf"\b(genaamd|heet|naam is|[Dd]e heer|[Mm]evrouw|[Mm]eneer|[Dd]hr\.?|[Mm]evr\.?|s'appelle|[Mm]onsieur|[Mm]adame"
        rf"|named|called|[Mm]r\.?|[Mm]rs\.?|[Hh]err|[Ff]rau|heißt) {_WORD}"
    ),
    Sign.FACE: re.compile(r"\b(foto|photo|Foto|beeld|image) (van|op|de|of|du|von)\b|\bgezicht van\b", re.IGNORECASE),
    Sign.REPORTER: re.compile(
        r"\b(de melder|de meldster|de aangever|volgens (een|de) (buur\w*|bewon\w*|getuige)|le déclarant|the reporter"
        r"|der Melder)\b",
        re.IGNORECASE,
    ),
}


class Finding(BaseModel):
    """A part of a text that seems to contain what must not be spread."""

    sign: Sign
    language: str
    field: str
    found: str


def findings(languages: Mapping[str, Texts]) -> list[Finding]:
    """Return what the texts of an alert, by language, seem to contain that must not be spread."""
    return list(_found(languages))


def require_clean(languages: Mapping[str, Texts], accepted: str | None) -> None:
    """Raise `text_sensitive` with what was found in the texts, unless a person accepted it with a reason."""
    found = findings(languages)
    if found and accepted is None:
        signs = list(dict.fromkeys(one.sign for one in found))
        kinds = ", ".join(sign.in_dutch for sign in signs)
        detail = f"In de tekst staat misschien {kinds}. Haal het weg, of geef een reden waarom het blijft staan."
        members = {"found": [one.model_dump(mode="json") for one in found]}
        values = {"signs": [Word("signs", sign) for sign in signs]}
        raise DomainError("text_sensitive", detail, members=members, values=values)


def _found(languages: Mapping[str, Texts]) -> Iterator[Finding]:
    for language, texts in languages.items():
        for field, text in texts.model_dump().items():
            for sign, pattern in _SIGNS.items():
                if match := pattern.search(text):
                    yield Finding(sign=sign, language=language, field=field, found=match.group(0))
