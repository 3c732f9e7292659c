"""Decides on the editions of the categories and of the routing: one person proposes an edition, another approves it.

Invariant: the approved editions of one kind begin in the order of their numbers, so that exactly one is in force on
each day. Edition 0 is the one that the package ships; it is in force before all others, and is not stored.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.actions import require_allowed
from buurtsein_kernel.problems import DomainError, conflict, forbidden
from buurtsein_reports.domain.handled import Clerk


class EditionKind(StrEnum):
    """What an edition is of."""

    CATEGORIES = "categories"
    ROUTING = "routing"


class EditionStatus(StrEnum):
    """The status of an edition; an approved or withdrawn one never changes."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    WITHDRAWN = "WITHDRAWN"


ACTIONS = dict.fromkeys(("approve", "withdraw"), frozenset({EditionStatus.PROPOSED}))
"""The statuses of an edition in which each action is possible."""


class Last(BaseModel):
    """An approved edition of a kind: its number, its first day, and its document; edition 0 has no first day."""

    number: int = 0
    valid_from: date | None = None
    document: dict[str, Any]


class Proposal(BaseModel):
    """What a person proposes: a document that replaces the one in force from a day on, and why."""

    kind: EditionKind
    number: int
    valid_from: date
    document: dict[str, Any]
    why: str


class Edition(Proposal):
    """One edition of the categories or of the routing, which is in force from a day on once it is approved."""

    status: EditionStatus = EditionStatus.PROPOSED
    base: int
    """The number of the approved edition that it changes."""
    proposed_by: str
    proposed_for: Route
    """For whom the person who proposed it works."""
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def version(self) -> int:
        """Return the version that a decision is about: 1 while it is proposed, then 2."""
        return 1 if self.status is EditionStatus.PROPOSED else 2

    def approve(self, last: Last, clerk: Clerk, today: date, now: datetime, *, by_police: bool) -> None:
        """Put the edition into force from its first day on; `by_police` requires that one of both people is police.

        Raises:
            DomainError: `transition_refused`, `same_person`, `police_decide`, `edition_too_early`, and
                `edition_outdated` when another edition was approved since this one was proposed.
        """
        self._require("approve")
        if clerk.actor == self.proposed_by:
            raise forbidden("same_person", "Een andere persoon dan wie dit voorstelde, keurt het goed.")
        if by_police and Route.POLICE not in {clerk.party, self.proposed_for}:
            raise forbidden("police_decide", "Alleen de politie beslist dat iets niet meer voor de politie is.")
        if self.base != last.number:
            raise conflict(
                "edition_outdated", "Intussen is een andere versie goedgekeurd. Stel uw wijziging opnieuw voor."
            )
        _require_order(self.valid_from, last, today)
        self._decided(EditionStatus.APPROVED, clerk, now)

    def withdraw(self, clerk: Clerk, now: datetime) -> None:
        """Withdraw a proposal, so that nobody can approve it any more; raise `transition_refused`."""
        self._require("withdraw")
        self._decided(EditionStatus.WITHDRAWN, clerk, now)

    def _require(self, action: str) -> None:
        require_allowed(ACTIONS, action, self.status, "Over dit voorstel is al beslist.")

    def _decided(self, status: EditionStatus, clerk: Clerk, now: datetime) -> None:
        self.status, self.decided_by, self.decided_at = status, clerk.actor, now


def proposed(proposal: Proposal, last: Last, clerk: Clerk, today: date, now: datetime) -> Edition:
    """Return a new edition that waits for approval; raise DomainError `edition_too_early`."""
    _require_order(proposal.valid_from, last, today)
    who = {"base": last.number, "proposed_by": clerk.actor, "proposed_for": clerk.party, "proposed_at": now}
    return Edition.model_validate(proposal.model_dump() | who)


def _require_order(valid_from: date, last: Last, today: date) -> None:
    if valid_from < max(today, last.valid_from or today):
        detail = "Een nieuwe versie begint ten vroegste vandaag, en niet vroeger dan de laatste goedgekeurde versie."
        raise DomainError("edition_too_early", detail)


class Change(BaseModel):
    """One difference between two documents: where it is, and the value before and after; None where it is absent."""

    where: str
    before: Any = None
    after: Any = None


def changes(before: Any, after: Any, where: str = "") -> Iterator[Change]:
    """Yield the differences between two documents; items of a list that have a code are compared by their code."""
    old, new = _parts(before), _parts(after)
    if old is None or new is None:
        if before != after:
            yield Change(where=where, before=before, after=after)
        return
    for key in dict.fromkeys([*old, *new]):
        yield from changes(old.get(key), new.get(key), f"{where}/{key}")
    if list(old) != list(new) and set(old) == set(new) and isinstance(before, list):
        yield Change(where=where, before=list(old), after=list(new))


def _parts(value: Any) -> Mapping[str, Any] | None:
    """Return the named parts of a value; None when it is compared as a whole."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(one, dict) and _code_of(one) for one in value):
        return {_code_of(one): one for one in value}
    return None


def _code_of(item: dict[str, Any]) -> str:
    return str(item.get("code") or item.get("category") or "")
