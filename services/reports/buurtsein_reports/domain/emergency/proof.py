"""Measures how well lists of emergency words judge the sentences of `emergency_sentences.toml`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from buurtsein_reports.domain.emergency.context import Strength
from buurtsein_reports.domain.emergency.signs import Emergencies

LEAST_RECALL = 0.98
LEAST_PRECISION = 0.95


@dataclass(frozen=True, slots=True)
class Sentence:
    """A test sentence with its kind, and how strongly it suggests an emergency according to the lists."""

    text: str
    language: str
    kind: str
    """The kind that a person gave to the sentence: `strong`, `weak` or `ordinary`."""
    found: Strength

    @property
    def is_right(self) -> bool:
        """Return whether the lists of emergency words give the sentence the strength that fits its kind.

        A strong sentence must be found strong, a weak one weak or strong, and an ordinary one none.
        """
        wanted = {"strong": self.found is Strength.STRONG, "weak": self.found > 0, "ordinary": self.found == 0}
        return wanted[self.kind]


@dataclass(frozen=True)
class Proof:
    """The result of judging all test sentences with lists of emergency words: measures and wrong judgements."""

    sentences: list[Sentence]

    @cached_property
    def recall(self) -> float:
        """Return the share of the `strong` test sentences for which the lists tell the reporter to call 101 or 112."""
        return self._share("strong")

    @cached_property
    def precision(self) -> float:
        """Return the share of real emergencies among the test sentences that the lists refuse or question."""
        stopped = [one for one in self.sentences if one.found]
        return sum(one.kind != "ordinary" for one in stopped) / len(stopped) if stopped else 0.0

    @cached_property
    def passed(self) -> float:
        """Return the share of the harmless test sentences that the lists neither refuse nor question."""
        return self._share("ordinary")

    @property
    def is_good_enough(self) -> bool:
        """Return whether recall and precision of the lists are high enough for a service to start with them."""
        return self.recall >= LEAST_RECALL and min(self.precision, self.passed) >= LEAST_PRECISION

    @property
    def wrong(self) -> list[Sentence]:
        """Return the test sentences to which the lists of emergency words gave a wrong strength."""
        return [one for one in self.sentences if not one.is_right]

    def _share(self, kind: str) -> float:
        right = [one.is_right for one in self.sentences if one.kind == kind]
        return sum(right) / len(right)

    def __str__(self) -> str:
        """Return recall, precision and the other measures as one line of text."""
        return (
            f"{len(self.sentences)} sentences: recall {self.recall:.3f}, precision {self.precision:.3f}, "
            f"ordinary ones passed {self.passed:.3f}"
        )


def prove(emergencies: Emergencies) -> Proof:
    """Judge every test sentence with these lists of emergency words."""
    return Proof([Sentence(*one, emergencies.strength(one[0])) for one in _sentences()])


def require_good(emergencies: Emergencies) -> Emergencies:
    """Return the emergency lists; raise ValueError with recall and precision when they are not good enough."""
    proof = prove(emergencies)
    if not proof.is_good_enough:
        raise ValueError(f"these lists of emergencies are not good enough: {proof}")
    return emergencies


def _sentences() -> Iterator[tuple[str, str, str]]:
    """Yield each test sentence of the file with its language and kind."""
    table = tomllib.loads((files("buurtsein_reports") / "emergency_sentences.toml").read_text(encoding="utf-8"))
    for kind, languages in table.items():
        for language, sentences in languages.items():
            yield from ((sentence, language, kind) for sentence in sentences)
