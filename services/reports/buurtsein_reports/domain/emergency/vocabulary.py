"""Finds the words and phrases of lists in a text.

A line of a list is a word, a stem (`inbre*`), an ending (`*brand`), a phrase of words in a row, or the name of another
list (`<person>`). A word that ends in -en is also found without its -n, as in dialect. In a phrase, `..` stands for at
most three other words and `...` for at most seven.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from buurtsein_reports.domain.emergency.words import Words, plain

GAPS = {"..": 3, "...": 7}
"""The most other words that each sign allows between two words of a phrase."""
LEAST_STEM = 3
LEAST_DIALECT = 5
"""The fewest letters of a word in -en that is also found without its -n."""
DENIED = "denied"
"""The list of words that mean "not"."""

type Place = int
"""The place of a word in a text, from 0."""


class Found:
    """The result of a search in a text: the places of the words of each list, and the lists at each place."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.places: dict[str, list[Place]] = {}
        self.lists: list[set[str]] = [set() for _ in words.words]

    def add(self, name: str, places: Iterable[Place]) -> None:
        """Store the sorted places in the text where words of one list were found."""
        fresh = [place for place in places if name not in self.lists[place]]
        if fresh:
            for place in fresh:
                self.lists[place].add(name)
            known = self.places.get(name)
            self.places[name] = sorted((*known, *fresh)) if known else fresh

    def of(self, name: str) -> Sequence[Place]:
        """Return the positions in the text of the words of one list, in order."""
        return self.places.get(name, ())


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of several words in a row, where each word may be any word of a certain list.

    Before each word a limited number of other words may stand. The words of the phrase are added to the list `means`.
    """

    first: str
    rest: tuple[tuple[str, int], ...]
    means: str

    def may_be_in(self, found: Found) -> bool:
        """Return whether the text contains, in any place, a word for each part of the phrase except the first part."""
        return all(name in found.places for name, _ in self.rest)

    def from_place(self, start: Place, found: Found) -> Sequence[Place]:
        """Return the positions of a phrase's words when the phrase begins at word `start`; none when it does not."""
        places = [start]
        for name, gap in self.rest:
            place = _next(found, name, places[-1], gap)
            if place is None:
                return ()
            places.append(place)
        return places


def _next(found: Found, name: str, place: Place, gap: int) -> Place | None:
    """Return the position of a list's next word, in the same clause and after at most `gap` other words; else None."""
    lists, clauses = found.lists, found.words.clauses
    for candidate in range(place + 1, min(place + 2 + gap, len(lists))):
        if name in lists[candidate]:
            return candidate if clauses[candidate] == clauses[place] else None
    return None


class Vocabulary:
    """The lists to which each word, stem, ending and phrase belongs; a list must be added before lists that name it."""

    def __init__(self) -> None:
        self._words: dict[str, list[str]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._endings: dict[str, list[tuple[str, str]]] = {}
        self._phrases: list[Phrase] = []

    def add(self, name: str, lines: Iterable[str]) -> None:
        """Add one list; raise ValueError for a line that is not valid."""
        for line in lines:
            parts = line.split()
            if len(parts) == 1 and not line.startswith("<"):
                self._add_word(line, name)
            else:
                self._phrases.append(self._phrase(parts, name))

    def number_of_phrases(self) -> int:
        """Return the number of phrases in the lists added until now."""
        return len(self._phrases)

    def _add_word(self, line: str, name: str) -> None:
        word = plain(line.strip("*"))
        if not word.isalnum():
            raise ValueError(f"{line}: letters and digits only, a space instead of an apostrophe")
        if "*" in line and len(word) < LEAST_STEM:
            raise ValueError(f"{line}: at least {LEAST_STEM} letters beside the star")
        if line.endswith("*"):
            self._stems.setdefault(word[:LEAST_STEM], []).append((word, name))
        elif line.startswith("*"):
            self._endings.setdefault(word[-LEAST_STEM:], []).append((word, name))
        else:
            for spelt in _spellings(word):
                self._words.setdefault(spelt, []).append(name)

    def _phrase(self, parts: Sequence[str], name: str) -> Phrase:
        names, gaps = [], []
        for number, part in enumerate(parts):
            if part not in GAPS:
                names.append(part[1:-1] if part.startswith("<") else self._single(part))
                gaps.append(GAPS.get(parts[number - 1], 0) if number else 0)
        return Phrase(names[0], tuple(zip(names[1:], gaps[1:], strict=True)), name)

    def _single(self, word: str) -> str:
        """Add a list that contains only one word of a phrase, and return the name of the list."""
        self._add_word(word, f"={word}")
        return f"={word}"

    def find_words(self, words: Words) -> Found:
        """Look up each word of a text, and return for each list the places of its words."""
        found, known = Found(words), dict[str, set[str]]()
        for place, word in enumerate(words.words):
            names = known.get(word)
            if names is None:
                names = known[word] = set(self._lists_of(word))
            found.lists[place].update(names)
            for name in names:
                found.places.setdefault(name, []).append(place)
        return found

    def find_phrases(self, found: Found, which: slice, dead: Collection[Place] = ()) -> None:
        """Find the phrases whose numbers are in a slice, and add all words of each found phrase to its list.

        `dead` are places of words that do not count: a phrase with one is skipped, unless it contains a "not" itself.
        """
        for phrase in self._phrases[which]:
            if phrase.first in found.places and phrase.may_be_in(found):
                found.add(phrase.means, _places_of(phrase, found, dead))

    def _lists_of(self, word: str) -> Iterator[str]:
        yield from self._words.get(word, ())
        yield from (name for stem, name in self._stems.get(word[:LEAST_STEM], ()) if word.startswith(stem))
        yield from (name for ending, name in self._endings.get(word[-LEAST_STEM:], ()) if word.endswith(ending))


def _spellings(word: str) -> Sequence[str]:
    """Return the spellings under which a Dutch word is looked up: for `breken`, also `breke`."""
    return (word, word[:-1]) if len(word) >= LEAST_DIALECT and word.endswith("en") else (word,)


def _places_of(phrase: Phrase, found: Found, dead: Collection[Place]) -> Sequence[Place]:
    """Return the positions of all words in the text that belong to some phrase."""
    places: set[Place] = set()
    for start in found.of(phrase.first):
        followed = phrase.from_place(start, found)
        if followed and not (dead and _is_dead(followed, found, dead)):
            places.update(followed)
    return sorted(places)


def _is_dead(places: Sequence[Place], found: Found, dead: Collection[Place]) -> bool:
    return any(place in dead for place in places) and not any(DENIED in found.lists[place] for place in places)
