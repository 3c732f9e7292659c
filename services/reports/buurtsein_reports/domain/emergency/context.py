"""Computes how much each word of a text counts as a sign of an emergency.

A word does not count when the text denies it ("no fire"), only supposes it ("if there is fire"), or says that it is
over. It is at most a weak sign when the text says that it happened just now or happens often, or when it follows a
sentence about the past. The words after a condition or a polite request do not count, up to a subject with its verb
("could you come he is ill").
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import IntEnum

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_reports.domain.emergency.vocabulary import DENIED, Found, Place

_NAME = re.compile(r"<(\w+)>")
DENIED_BEHIND = 4
"""The number of words after a "not" that are denied; the word before it is denied too."""


class Strength(IntEnum):
    """How strongly a text suggests an emergency."""

    NONE = 0
    WEAK = 1
    STRONG = 2


class Weight(IntEnum):
    """How much a word of a text counts as a sign of an emergency."""

    NOTHING = 0
    OVER = 1
    """The word is in a clause in the past tense, which names no day."""
    OFTEN = 2
    """The word is in a sentence about what happens often, or after a sentence about the past."""
    JUST_NOW = 3
    FULL = 4


class Scope(BaseModel):
    """Lists of words, such as "not" and "if", that change how much nearby words count as signs of an emergency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    joints: list[str] = Field(description="words that begin a new clause")
    ignored: list[str] = Field(description="phrases that mean something else; they are skipped")
    denied: list[str] = Field(description="words for `not`; they deny the words up to one of `subjects`")
    subjects: list[str] = Field(description="words that begin a new subject, which is not denied")
    supposed: list[str] = Field(description="words for a drill or a plan; the rest of the clause does not count")
    polite: list[str] = Field(default=[], description="`could` and `if`; the words up to one of `stated` do not count")
    stated: list[str] = Field(default=[], description="a subject and its verb, such as `there is`, not after `bound`")
    bound: list[str] = Field(default=[], description="words such as `whether`; a subject after one is not `stated`")
    compared: list[str] = Field(default=[], description="words for `like` in a clause; they are no condition")
    over: list[str] = Field(description="past tenses; the clause is over, unless it has one of `now` or `recent`")
    past: list[str] = Field(description="words such as `yesterday`; clauses without one of `now` do not count")
    now: list[str]
    present: list[str] = Field(description="a sentence with one of these does not belong to a story about the past")
    recent: list[str] = Field(description="words for `just now`; the sentence is weak, unless the sign is `lasting`")
    habit: list[str] = Field(description="words for `often`; the sentence is weak, unless it has one of `now`")

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        """Yield the name and the words of each list in this object."""
        return ((name, getattr(self, name)) for name in type(self).model_fields)

    def named(self) -> set[str]:
        """Return the names of other lists to which lines of these lists refer, such as `<person>`."""
        return {name for _, lines in self.lists() for name in named_in(lines)}


def named_in(lines: Iterable[str]) -> set[str]:
    """Return the names of the lists to which lines refer: `<person>` refers to the list `person`."""
    return {name for line in lines for name in _NAME.findall(line)}


class _Reading:
    """A text with the positions of words that occur in the lists of a `Scope`, such as "not" and "if"."""

    def __init__(self, found: Found) -> None:
        self.words = found.words
        self.found = found
        self.passed_by = set(found.of("ignored"))

    def places(self, *lists: str) -> Iterator[Place]:
        """Yield the position of each word of the text that is in these lists, except positions in `passed_by`."""
        return (place for name in lists for place in self.found.of(name) if place not in self.passed_by)

    def clauses(self, *lists: str) -> set[int]:
        """Return the numbers of the clauses that contain a word of these lists."""
        return {self.words.clauses[place] for place in self.places(*lists)}

    def sentences(self, *lists: str) -> set[int]:
        """Return the numbers of the sentences that contain a word of these lists."""
        return {self.words.sentences[place] for place in self.places(*lists)}

    def same_clause(self, place: Place, step: int, most: int) -> Iterator[Place]:
        """Yield up to `most` word positions after (step 1) or before (step -1) a word, within the same clause."""
        clauses = self.words.clauses
        for number in range(1, most + 1):
            other = place + step * number
            if not 0 <= other < len(clauses) or clauses[other] != clauses[place]:
                return
            yield other


def weighed(found: Found) -> Sequence[Weight]:
    """Return for each word of a text how much it counts as a sign of an emergency."""
    words, reading = found.words, _Reading(found)
    nothing = reading.passed_by | _denied(reading) | _supposed(reading) | _asked(reading)
    over, past, now = (
        reading.clauses("over") - reading.clauses("now", "recent"),
        reading.sentences("past"),
        reading.clauses("now"),
    )
    often, recent = _often(reading), reading.sentences("recent")

    def weight(place: Place) -> Weight:
        clause, sentence = words.clauses[place], words.sentences[place]
        if place in nothing or (sentence in past and clause not in now):
            return Weight.NOTHING
        if clause in over:
            return Weight.NOTHING if sentence in often else Weight.OVER
        if sentence in often:
            return Weight.OFTEN
        return Weight.JUST_NOW if sentence in recent else Weight.FULL

    return [weight(place) for place in range(len(words.words))]


def _denied(reading: _Reading) -> set[Place]:
    """Return the positions of words that a "not" negates: those after it up to a new subject, and the one before it."""
    subjects = set(reading.places("subjects"))
    denied: set[Place] = set()
    for place in reading.places(DENIED):
        denied.update(reading.same_clause(place, -1, 1))
        denied.update(_up_to(subjects, reading.same_clause(place, 1, DENIED_BEHIND)))
    return denied


def _up_to(ends: Collection[Place], places: Iterator[Place]) -> Iterator[Place]:
    for place in places:
        if place in ends:
            return
        yield place


def _supposed(reading: _Reading) -> set[Place]:
    """Return the positions of words that the text only supposes, because they follow an "if" in the same clause."""
    first: dict[int, Place] = {}
    for place in reading.places("supposed"):
        first.setdefault(reading.words.clauses[place], place)
    return {place for place, clause in enumerate(reading.words.clauses) if place > first.get(clause, place)}


def _asked(reading: _Reading) -> set[Place]:
    """Return the positions of words after a polite "could" or "if", up to a subject with its verb ("there is")."""
    clauses, bound = reading.words.clauses, set(reading.places("bound"))
    polite = set(reading.places("polite")) - _compared(reading, bound)
    stated = set(reading.places("stated"))
    bound |= polite | set(reading.places("supposed"))
    asked, is_asked = set[Place](), False
    for place, clause in enumerate(clauses):
        is_first = place == 0 or clauses[place - 1] != clause
        ends = place in stated and place - 1 not in stated and place - 1 not in bound
        is_asked = is_asked and not is_first and not ends
        if is_asked:
            asked.add(place)
        is_asked = is_asked or place in polite
    return asked


def _compared(reading: _Reading, bound: Collection[Place]) -> set[Place]:
    """Return the positions of "like", but not at the beginning of a clause or in a clause with a word such as "who"."""
    asking = {reading.words.clauses[place] for place in bound}
    return {
        place
        for place in reading.places("compared")
        if reading.words.clauses[place] not in asking and any(reading.same_clause(place, -1, 1))
    }


def _often(reading: _Reading) -> set[int]:
    """Return the numbers of sentences about habits, and of sentences that follow a sentence about the past."""
    past, now = reading.sentences("past"), reading.sentences("now")
    often = reading.sentences("habit") - now
    if past:
        later = {sentence for sentence in reading.words.sentences if sentence > min(past)}
        often |= later - now - reading.sentences("present")
    return often
