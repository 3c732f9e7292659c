"""Chooses the language of an answer by the header `Accept-Language`, and reads sentences from the catalogues.

The chassis and each service have a file `texts/<language>.toml` in their package for each language other than Dutch; a
table such as `[problems]` holds the sentences, by their stable name. The Dutch sentence is at its place in the code. A
sentence that a catalogue lacks is shown in Dutch.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, FastAPI, Header, Request
from starlette.types import Scope

from buurtsein_chassis.manifest import manifests
from buurtsein_kernel.days import in_words
from buurtsein_kernel.money import in_euros
from buurtsein_kernel.problems import Euros, InLanguages, Value, Word

DUTCH = "nl"
OTHERS = ("fr", "de", "en")
LANGUAGES = (DUTCH, *OTHERS)
MOST_CHARACTERS = 1000
"""The number of characters of `Accept-Language` that are read; the rest is ignored."""
_RANGE = re.compile(
    r"\s*(?P<name>\*|[a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(?P<quality>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.ASCII | re.IGNORECASE,
)
"""One language of the header with its quality (RFC 9110, section 12.5.4), such as `fr-BE;q=0.8`."""

type Tables = Mapping[str, Any]


class Told(NamedTuple):
    """A sentence, and the language in which it is written."""

    sentence: str
    language: str


@dataclass(frozen=True, slots=True)
class Reader:
    """The reader of an answer: the preferred language, and the catalogues in that language, the service's first."""

    language: str = DUTCH
    catalogues: Sequence[Tables] = ()

    def told(self, table: str, name: str, dutch: str, values: Mapping[str, Value] | None = None) -> Told:
        """Return the sentence of this name in the reader's language, or the Dutch one.

        `values` replace the names in braces in the catalogue's sentence. If a value is missing, return the Dutch one.
        """
        found = self._found(table, name)
        if found is None:
            return Told(dutch, DUTCH)
        try:
            return Told(found if values is None else self._filled(found, values), self.language)
        except KeyError:
            return Told(dutch, DUTCH)

    def _found(self, table: str, name: str) -> str | None:
        sentences = (catalogue.get(table, {}).get(name) for catalogue in self.catalogues)
        return next((sentence for sentence in sentences if sentence), None)

    def _filled(self, sentence: str, values: Mapping[str, Value]) -> str:
        names = [name for _, name, _, _ in Formatter().parse(sentence) if name]
        return sentence.format_map({name: self._said(values[name], values) for name in names})

    def _said(self, value: Value, values: Mapping[str, Value]) -> str:
        """Return a value as people read it; raise KeyError for a word that the catalogues do not have."""
        match value:
            case Word(table, name, own):
                if found := self._found(table, name):
                    return self._filled(found, {**values, **own})
                raise KeyError(name)
            case InLanguages(texts):
                return texts.get(self.language, texts[DUTCH])
            case Euros(cents):
                return in_euros(cents, self.language)
            case date():
                return in_words(value, self.language)
            case str() | int():
                return str(value)
            case _:
                said = [self._said(one, values) for one in value]
                return (" " if all(one.endswith(".") for one in said) else ", ").join(said)


def reader_of(scope: Scope) -> Reader:
    """Return the reader of the answer to a request, by the header `Accept-Language`."""
    given = [value for name, value in scope["headers"] if name == b"accept-language"]
    return _reader(scope["app"], b",".join(given).decode("latin-1"))


async def _dependency(
    request: Request,
    accept_language: Annotated[str, Header(description="The preferred language: nl, fr, de or en.")] = "",
) -> Reader:
    return _reader(request.app, accept_language)


ReadBy = Annotated[Reader, Depends(_dependency)]
"""The annotation of a route's parameter for the reader of the answer."""


def language_headers(language: str) -> dict[str, str]:
    """Return the headers of an answer that contains sentences in this language."""
    return {"Content-Language": language, "Vary": "Accept-Language"}


def _reader(app: FastAPI, header: str) -> Reader:
    language = preferred(header)
    return Reader(language, catalogues(getattr(app.state, "service", ""), language))


def preferred(header: str) -> str:
    """Return which of our languages a header `Accept-Language` prefers; Dutch when the header names none of them.

    Of languages with the same quality the first one counts; `*` stands for our first language that is not named.
    """
    qualities: dict[str, float] = {}
    for part in header[:MOST_CHARACTERS].split(","):
        if found := _RANGE.fullmatch(part):
            name = found["name"].lower()
            qualities[name] = max(float(found["quality"] or 1), qualities.get(name, 0))
    unnamed = next((language for language in LANGUAGES if language not in qualities), DUTCH)
    offered = {unnamed if name == "*" else name: quality for name, quality in qualities.items()}
    wanted = {name: quality for name, quality in offered.items() if name in LANGUAGES and quality}
    return max(wanted, key=wanted.__getitem__, default=DUTCH)


@cache
def catalogues(service: str, language: str) -> Sequence[Tables]:
    """Return the catalogues of a service and of the chassis in one language; none in Dutch."""
    own = [manifests()[service].package] if service in manifests() else []
    return [catalogue_of(package, language) for package in [*own, "buurtsein_chassis"] if language != DUTCH]


def catalogue_of(package: str, language: str) -> Tables:
    """Return the catalogue of a package in one language; it is empty when the package has none."""
    file = files(package) / "texts" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
