"""Finds signs of an emergency in a text; the signs are lists of words in a file.

A text has a sign when all parts of the sign stand within a few words of each other in one sentence. `context.py`
computes how much each word counts. Invariant: the time is linear in the length of the text and of the lists.
"""

import tomllib
from bisect import bisect_left
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from buurtsein_reports.domain.emergency.context import Scope, Strength, Weight, named_in, weighed
from buurtsein_reports.domain.emergency.vocabulary import Found, Place, Vocabulary
from buurtsein_reports.domain.emergency.words import Reader

EXCUSED_WITHIN = 8
"""A word of `unless` counts when it is at most this many words from the first part."""

type Lines = Annotated[list[str], Field(min_length=1)]


class Sign(BaseModel):
    """A sign of an emergency: lists of words that together suggest an emergency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    """The meaning of the sign, for the people who maintain the lists."""
    strong: bool = True
    lasting: bool = False
    """True when the emergency may still go on: "just now" is then as strong as "now", and the past tense is weak."""
    all: list[Lines] = Field(min_length=1)
    """The parts of the sign: one line of each part must be in the text."""
    within: int = Field(default=8, ge=1, le=20)
    """The other parts must be at most this many words from the first."""
    unless: list[str] = []
    """The sign is ignored when one of these is in the same sentence, within EXCUSED_WITHIN words of the first part."""

    @property
    def strength(self) -> Strength:
        """Return the highest strength that this sign can give a text."""
        return Strength.STRONG if self.strong else Strength.WEAK

    @property
    def least(self) -> Sequence[tuple[Strength, Weight]]:
        """Return for each strength the minimum weight that the sign's words must have in a text."""
        strong, weak = (Weight.JUST_NOW, Weight.OVER) if self.lasting else (Weight.FULL, Weight.OFTEN)
        return (Strength.STRONG, strong), (Strength.WEAK, weak)


class Emergencies(BaseModel):
    """The lists of emergency words, compiled for the search in texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recent_minutes: int = Field(ge=0, le=120)
    """In a category for which people call 101, an incident of the last minutes is an emergency with any text."""
    scope: Scope
    groups: dict[str, Lines]
    short: dict[str, str] = {}
    """Words that are written together, with the words that they mean: `theres` is "there is"."""
    sign: list[Sign] = Field(min_length=1)
    _vocabulary: Vocabulary = PrivateAttr()
    _of_scope: int = PrivateAttr()
    _reader: Reader = PrivateAttr()

    @classmethod
    def shipped(cls) -> Self:
        """Return the lists in the file `emergencies.toml` of this package."""
        return cls.load(Path(str(files("buurtsein_reports") / "emergencies.toml")))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Return the lists in a TOML file; raise ValueError when they cannot be used."""
        return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))

    @model_validator(mode="after")
    def _known(self) -> Self:
        lines = [line for one in self.sign for part in [one.unless, *one.all] for line in part]
        named = named_in([*lines, *(line for group in self.groups.values() for line in group)]) | self.scope.named()
        if unknown := named - set(self.groups) - set(Scope.model_fields):
            raise ValueError(f"no list is called {', '.join(sorted(unknown))}")
        return self

    def model_post_init(self, _: object, /) -> None:
        """Compile the lists into a vocabulary; the lists of `scope` come first, with the lists to which they refer."""
        self._reader, self._vocabulary = Reader(self.scope.joints, self.short), Vocabulary()
        named = self.scope.named()
        before = {name: lines for name, lines in self.groups.items() if name in named}
        for name, lines in (*before.items(), *self.scope.lists()):
            self._vocabulary.add(name, lines)
        self._of_scope = self._vocabulary.number_of_phrases()
        for name, lines in self.groups.items():
            if name not in before:
                self._vocabulary.add(name, lines)
        for number, sign in enumerate(self.sign):
            for part, lines in enumerate([sign.unless, *sign.all]):
                self._vocabulary.add(_part(number, part), lines)

    def strength(self, text: str) -> Strength:
        """Return how strongly a text suggests an emergency."""
        return max(self.signs(text).values(), default=Strength.NONE)

    def signs(self, text: str) -> dict[str, Strength]:
        """Return the signs of an emergency in a text: the description of each sign, with the strength of the sign."""
        found = self._vocabulary.find_words(self._reader.read(text))
        self._vocabulary.find_phrases(found, slice(self._of_scope))
        weights = weighed(found)
        dead = {place for place, weight in enumerate(weights) if not weight}
        self._vocabulary.find_phrases(found, slice(self._of_scope, None), dead)
        search = _Search(found, weights)
        found_signs: dict[str, Strength] = {}
        for number, sign in enumerate(self.sign):
            if strength := search.strength(number, sign):
                found_signs[sign.says] = max(strength, found_signs.get(sign.says, Strength.NONE))
        return found_signs


class _Search:
    """Looks for signs of an emergency in one text."""

    def __init__(self, found: Found, weights: Sequence[Weight]) -> None:
        self._words = found.words
        self._found = found
        self._weights = weights

    def strength(self, number: int, sign: Sign) -> Strength:
        """Return how strongly the text shows this sign of an emergency."""
        parts = [self._found.of(_part(number, part)) for part in range(1, len(sign.all) + 1)]
        if not all(parts):
            return Strength.NONE
        excuses = self._found.of(_part(number, 0))
        for strength, least in sign.least:
            counting = [[place for place in part if self._weights[place] >= least] for part in parts]
            if self._are_near(counting, sign.within, excuses):
                return min(strength, sign.strength)
        return Strength.NONE

    def _are_near(self, parts: Sequence[Sequence[Place]], within: int, excuses: Sequence[Place]) -> bool:
        first, *others = parts
        return any(
            all(self._is_near(place, other, within) for other in others)
            and not self._is_near(place, excuses, EXCUSED_WITHIN)
            for place in first
        )

    def _is_near(self, place: Place, others: Sequence[Place], within: int) -> bool:
        """Return whether some word position in `others` is within `within` words of `place`, in the same sentence."""
        number = bisect_left(others, place - within)
        near = others[number : number + 2 * within + 1]
        return any(abs(other - place) <= within and self._in_sentence(place, other) for other in near)

    def _in_sentence(self, one: Place, other: Place) -> bool:
        return self._words.sentences[one] == self._words.sentences[other]


def _part(number: int, part: int) -> str:
    return f"{number}.{part}"
