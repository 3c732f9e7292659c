"""Compares the alerts of two sets of rules about the same reports: which come, which go, and which change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from buurtsein_notifier.domain.alert import Alert

_COMPARED = ("kind", "release_by", "network_ids", "channels", "texts", "translations", "certainty", "valid_minutes")


@dataclass(frozen=True, slots=True)
class Changed:
    """An alert that both sets of rules propose about the same reports, and the fields that differ."""

    before: Alert
    after: Alert
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """The alerts that only the new rules propose, those that only the old ones propose, and those that differ."""

    gained: Sequence[Alert]
    lost: Sequence[Alert]
    changed: Sequence[Changed]


def compared(before: Sequence[Alert], after: Sequence[Alert]) -> Compared:
    """Compare two lists of alerts; alerts of one rule that share a report are the same alert."""
    known = _by_report(before)
    pairs = list(_pairs(known, after))
    kept = {id(old) for old, _ in pairs}
    matched = {id(new) for _, new in pairs}
    differing = (Changed(old, new, fields) for old, new in pairs if (fields := _differences(old, new)))
    return Compared(
        [one for one in after if id(one) not in matched],
        [one for one in before if id(one) not in kept],
        list(differing),
    )


def _by_report(alerts: Sequence[Alert]) -> dict[tuple[str, UUID], Alert]:
    return {(one.rule, report_id): one for one in alerts for report_id in one.report_ids}


def _pairs(known: Mapping[tuple[str, UUID], Alert], after: Sequence[Alert]) -> Iterator[tuple[Alert, Alert]]:
    taken: set[int] = set()
    for new in after:
        found = (known.get((new.rule, report_id)) for report_id in new.report_ids)
        old = next((one for one in found if one is not None and id(one) not in taken), None)
        if old is not None:
            taken.add(id(old))
            yield old, new


def _differences(old: Alert, new: Alert) -> list[str]:
    return [name for name in _COMPARED if _value(old, name) != _value(new, name)]


def _value(alert: Alert, name: str) -> Any:
    value = getattr(alert, name)
    return sorted(value) if name == "network_ids" else value
