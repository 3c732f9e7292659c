"""Puts a mark such as `OEFENING` before each text of an exercise or a test, so that readers know it is not real."""

from buurtsein_contracts.events.alert import CapStatus
from buurtsein_notifier.cap.info_rules import HEADLINE_LIMIT
from buurtsein_notifier.domain.texts import DUTCH, LONGEST_TEXT, Texts

_MARKS = {"nl": "OEFENING: ", "fr": "EXERCICE: ", "de": "ÜBUNG: ", "en": "EXERCISE: "}


def mark_of(status: CapStatus, language: str) -> str:
    """Return the mark to put before each text of an alert with this status; an empty text for a real alert."""
    return "" if status is CapStatus.ACTUAL else _MARKS.get(language, _MARKS[DUTCH])


def marked(text: str, mark: str, longest: int) -> str:
    """Return the text with the mark before it, cut to `longest` characters; an existing mark is not repeated."""
    return (text if text.startswith(mark) else f"{mark}{text}")[:longest].rstrip()


def as_told(texts: Texts, mark: str) -> Texts:
    """Return the texts in one language as members read them, each with the mark."""
    told = {name: marked(getattr(texts, name), mark, LONGEST_TEXT) for name in Texts.model_fields}
    return Texts(**told | {"headline": marked(texts.headline, mark, HEADLINE_LIMIT)})
