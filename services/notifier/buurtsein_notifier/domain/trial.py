"""Compares the alerts that two sets of rules propose for the same reports: new, missing and changed alerts."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from buurtsein_notifier.domain.alert import Alert

SHOWN = 50
"""The maximum number of alerts of each kind that are kept to be shown."""
_COMPARED = ("kind", "release_by", "network_ids", "channels", "texts", "translations", "certainty", "valid_minutes")


@dataclass(frozen=True, slots=True)
class Pair:
    """An alert that both sets of rules propose about the same reports, and the fields that differ, possibly none."""

    before: Alert
    after: Alert
    fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Compared:
    """The alerts that only the new rules propose, those that only the old ones propose, and those of both."""

    gained: Sequence[Alert]
    lost: Sequence[Alert]
    pairs: Sequence[Pair]

    @property
    def changed(self) -> Sequence[Pair]:
        """Return the alerts that both sets of rules propose, but with different fields."""
        return [one for one in self.pairs if one.fields]


def compared(before: Sequence[Alert], after: Sequence[Alert]) -> Compared:
    """Compare two lists of alerts; alerts of one rule that share a report are the same alert."""
    known = _by_report(before)
    pairs = [Pair(old, new, _differences(old, new)) for old, new in _pairs(known, after)]
    kept = {id(one.before) for one in pairs}
    matched = {id(one.after) for one in pairs}
    return Compared(
        [one for one in after if id(one) not in matched],
        [one for one in before if id(one) not in kept],
        pairs,
    )


@dataclass(slots=True)
class Counted[Item]:
    """How many alerts of a kind there are for each rule, and the first ones of them."""

    by_rule: Counter[str] = field(default_factory=Counter)
    first: list[Item] = field(default_factory=list)

    def add(self, rule: str, item: Item) -> None:
        """Count one alert of a rule."""
        self.by_rule[rule] += 1
        if len(self.first) < SHOWN:
            self.first.append(item)


class Comparison:
    """Compares the alerts of two sets of rules while reports are judged by both.

    Only alerts for which an alert of the other rules can still come are kept, so that memory does not grow with the
    period.
    """

    def __init__(self) -> None:
        """Begin without alerts."""
        self.gained: Counted[Alert] = Counted()
        self.lost: Counted[Alert] = Counted()
        self.changed: Counted[Pair] = Counted()
        self._before: list[Alert] = []
        self._after: list[Alert] = []

    def add(self, before: Sequence[Alert], after: Sequence[Alert]) -> None:
        """Take the next alerts of both sets of rules."""
        self._before += before
        self._after += after

    def settle(self, moment: datetime) -> None:
        """Compare and count the alerts that were proposed before a moment, and then drop them.

        The caller must know that the other rules will propose no more alerts about the same reports.
        """
        found = compared(self._before, self._after)
        gained, lost = _proposed_before(moment, found.gained), _proposed_before(moment, found.lost)
        pairs = [one for one in found.pairs if max(one.before.proposed_at, one.after.proposed_at) < moment]
        for kind, alerts in ((self.gained, gained), (self.lost, lost)):
            for alert in alerts:
                kind.add(alert.rule, alert)
        for pair in pairs:
            if pair.fields:
                self.changed.add(pair.after.rule, pair)
        self._before = _without(self._before, [*lost, *(one.before for one in pairs)])
        self._after = _without(self._after, [*gained, *(one.after for one in pairs)])


def _proposed_before(moment: datetime, alerts: Sequence[Alert]) -> list[Alert]:
    return [one for one in alerts if one.proposed_at < moment]


def _without(alerts: Sequence[Alert], settled: Collection[Alert]) -> list[Alert]:
    gone = set(map(id, settled))
    return [one for one in alerts if id(one) not in gone]


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
