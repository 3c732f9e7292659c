"""Decides on new editions of the alert rules, and reads an edition even when a part of it does not work any more.

Invariant: reading never fails. A rule of which a part is wrong, such as after an upgrade with stricter checks, stays in
force with plain texts and without automatic release, so that a person looks at each of its alerts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from buurtsein_contracts.events.alert import AlertKind, Release
from buurtsein_contracts.events.incident import Category, Severity
from buurtsein_kernel.editions import Edition, Last, Needed
from buurtsein_kernel.hours import STORED
from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.cap import Certainty, ResponseType
from buurtsein_notifier.domain.rule import PLAIN, Channel, Rule, RuleBook


@dataclass(frozen=True, slots=True)
class RuleEditor:
    """A person who changes the rules, by pseudonym, and for whom the person works: the korpschef or the police."""

    actor: str
    party: str


KIND = "rules"
KORPSCHEF = "korpschef"
_FEWER = Needed(KORPSCHEF, "korpschef_decides", "De korpschef beslist dat minder mensen een waarschuwing vrijgeven.")
_RELEASES = (Release.TWO_OFFICERS, Release.OFFICER, Release.AUTOMATIC)
"""Who releases, from the most people to nobody."""
_CAUTIOUS: dict[str, Any] = dict(PLAIN) | {
    "id": "onleesbaar",
    "version": 1,
    "categories": list(Category),
    "min_severity": Severity.MODERATE,
    "min_count": 3,
    "within_metres": 500,
    "within_hours": 24,
    "max_age_hours": 24,
    "needs_network": True,
    "kind": AlertKind.COLD,
    "release": Release.OFFICER,
    "decide_within_minutes": 240,
    "valid_minutes": 240,
    "certainty": Certainty.POSSIBLE,
    "response": [ResponseType.MONITOR],
    "channels": [Channel.EMAIL],
}
"""The values that replace those of a rule that cannot be read."""
_TOGETHER = ("max_age_hours", "within_hours", "sms_units", *PLAIN.model_fields_set, "fr", "de", "en")
"""The values that are checked together."""


def needed(last: Last, edition: Edition) -> Needed | None:
    """Return `Needed` for the korpschef when an edition lets fewer people release the alerts of a rule, else None.

    The korpschef must then propose or approve the edition.
    """
    before, after = (readable(one.document) for one in (last, edition))
    strict = {rule.id: _RELEASES.index(rule.release) for rule in before.rule}
    usual = _RELEASES.index(Release.OFFICER)
    fewer = any(_RELEASES.index(rule.release) > strict.get(rule.id, usual) for rule in after.rule)
    return _FEWER if fewer else None


def require_raised(last: Last, book: RuleBook) -> None:
    """Raise `rule_version_kept` when a rule changes and keeps its version, by which judgements name it."""
    before = {one["id"]: one for one in _versioned(readable(last.document))}
    after = _versioned(book)
    known = ((one, before[one["id"]]) for one in after if one["id"] in before)
    if kept := [new["id"] for new, old in known if new != old and new["version"] <= old["version"]]:
        detail = f"Een regel die verandert, krijgt een hogere versie: {', '.join(kept)}."
        raise DomainError("rule_version_kept", detail, values={"rules": kept})


def _versioned(book: RuleBook) -> list[dict[str, Any]]:
    document = document_of(book)
    return [*document["rule"], *document["campaign"]]


def document_of(book: RuleBook) -> dict[str, Any]:
    """Return the rules as the document of an edition."""
    return book.model_dump(mode="json", exclude_none=True)


def read(document: str) -> RuleBook:
    """Return the rules of a stored edition, given as JSON text; a rule that cannot be read is replaced (`failing`)."""
    return readable(json.loads(document))


def readable(document: Mapping[str, Any]) -> RuleBook:
    """Return the rules of a document; values that cannot be read are replaced, and their rule is marked as failing."""
    try:
        return RuleBook.model_validate(document, context=STORED)
    except ValidationError:
        rules = {rule.id: rule for rule in map(_rule, document.get("rule", ()))}
        parts = {name: made for name in document if name != "rule" and (made := _part(name, document[name]))}
        return RuleBook(rule=tuple(rules.values()), **parts)


def _part(name: str, value: Any) -> Any:
    """Return a part of the document other than its rules; None if it cannot be read, so that the default is used."""
    try:
        return getattr(RuleBook.model_validate({"rule": [], name: value}, context=STORED), name)
    except ValidationError:
        return None


def _rule(document: Any) -> Rule:
    if not isinstance(document, dict):
        return Rule.model_validate(_CAUTIOUS).failing()
    try:
        return Rule.model_validate(document, context=STORED)
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors(include_url=False) if one["loc"]}
    kept = {name: value for name, value in document.items() if name in Rule.model_fields and name not in wrong}
    alone = {name: value for name, value in kept.items() if name not in _TOGETHER}
    made = _first_valid(_CAUTIOUS | kept, _CAUTIOUS | alone, _CAUTIOUS)
    return made.failing()


def _first_valid(*documents: Mapping[str, Any]) -> Rule:
    """Return the rule of the first document that is valid; the last document must be valid."""
    for document in documents[:-1]:
        try:
            return Rule.model_validate(document, context=STORED)
        except ValidationError:
            continue
    return Rule.model_validate(documents[-1], context=STORED)
