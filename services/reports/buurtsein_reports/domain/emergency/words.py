"""Splits a text into words without capitals, accents and punctuation, each with the number of its sentence and clause.

A clause ends at a comma, a colon, a bracket, or a word such as "and" and "but". A sentence ends at `.`, `!`, `?`, `;`
or a new line.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

LONGEST_WORD = 40

_ACCENTS = re.compile("[\u0300-\u036f]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_PIECE = re.compile(r"[^\W_]+|[!?;\n…]|\.(?!\d)|[,:()\u2013\u2014]|\s-\s")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})
_SENTENCE_ENDS = frozenset("!?;\n….")


@dataclass(slots=True)
class Words:
    """The words of a text, and the numbers of the sentence and the clause of each word, in three lists."""

    words: list[str] = field(default_factory=list)
    sentences: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)


def plain(text: str) -> str:
    """Return the text in lower case without accents; repeated letters count once, and `isn't` becomes `is not`."""
    folded = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    return _STRETCHED.sub(r"\1", _ACCENTS.sub("", folded)).replace("n't", " not")


class Reader:
    """Splits texts: a word in `joints` begins a new clause, and a word in `short` is replaced by its full form."""

    def __init__(self, joints: Iterable[str], short: Mapping[str, str]) -> None:
        self._joints = frozenset(joints)
        self._short = {plain(word): plain(long) for word, long in short.items()}

    def read(self, text: str) -> Words:
        """Split a text, and return its words with the numbers of their sentence and clause."""
        found = Words()
        sentence = clause = 0
        for piece in _PIECE.findall(_WORD.sub(self._in_full, plain(text))):
            if piece[0].isalnum():
                clause += piece in self._joints
                found.words.append(piece[:LONGEST_WORD])
                found.sentences.append(sentence)
                found.clauses.append(clause)
            else:
                clause += 1
                sentence += piece in _SENTENCE_ENDS
        return found

    def _in_full(self, word: re.Match[str]) -> str:
        return self._short.get(word[0], word[0])
