"""Decides on editions of a document, such as a table of rules: one person proposes one, another approves it.

Invariant: the approved editions of one kind begin in the order of their numbers, so that exactly one is in force on
each day. Edition 0 is the one that the installation begins with; it is in force before all others, and is not stored.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel

from buurtsein_kernel.actions import require_allowed
from buurtsein_kernel.problems import DomainError, conflict, forbidden


class EditionStatus(StrEnum):
    """The status of an edition; an approved or withdrawn one never changes."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    WITHDRAWN = "WITHDRAWN"


ACTIONS = dict.fromkeys(("approve", "withdraw"), frozenset({EditionStatus.PROPOSED}))
"""The statuses of an edition in which each action is possible."""


class Editor(Protocol):
    """A Protocol: a person who proposes or decides, by pseudonym, and the party for whom the person works."""

    @property
    def actor(self) -> str:
        """Return the pseudonym of the person."""

    @property
    def party(self) -> str:
        """Return the party for which the person works, such as the police."""


class Needed(NamedTuple):
    """The party for which the proposer or the approver must work, and the code and Dutch sentence of the refusal."""

    party: str
    code: str
    detail: str


class Last(BaseModel):
    """An approved edition of a kind: its number, its first day, and its document; edition 0 has no first day."""

    number: int = 0
    valid_from: date | None = None
    document: dict[str, Any]


class Proposal(BaseModel):
    """What a person proposes: a document that replaces the one in force from a day on, and why."""

    kind: str
    number: int
    valid_from: date
    document: dict[str, Any]
    why: str


class Edition(Proposal):
    """One edition of a document, which is in force from a day on once it is approved."""

    status: EditionStatus = EditionStatus.PROPOSED
    base: int
    """The number of the approved edition that it changes."""
    proposed_by: str
    proposed_for: str
    """The party for whom the person works who proposed it."""
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def version(self) -> int:
        """Return the version that a decision is about: 1 while it is proposed, then 2."""
        return 1 if self.status is EditionStatus.PROPOSED else 2

    def approve(self, last: Last, editor: Editor, today: date, now: datetime, needed: Needed | None) -> None:
        """Put the edition into force from its first day on.

        Args:
            last: The last approved edition of this kind.
            editor: Who approves it.
            today: The present day.
            now: The present moment.
            needed: The party for which the proposer or the approver must work; None when it does not matter.

        Raises:
            DomainError: `transition_refused`, `own_edition`, the code in `needed`, `edition_too_early`, and
                `edition_outdated` when another edition was approved since this one was proposed.
        """
        self._require("approve")
        if editor.actor == self.proposed_by:
            raise forbidden("own_edition", "Een andere persoon dan wie dit voorstelde, keurt het goed.")
        if needed and needed.party not in {editor.party, self.proposed_for}:
            raise forbidden(needed.code, needed.detail)
        if self.base != last.number:
            raise conflict(
                "edition_outdated", "Intussen is een andere versie goedgekeurd. Stel uw wijziging opnieuw voor."
            )
        _require_order(self.valid_from, last, today)
        self._decided(EditionStatus.APPROVED, editor, now)

    def withdraw(self, editor: Editor, now: datetime) -> None:
        """Withdraw a proposal, so that nobody can approve it any more; raise `transition_refused`."""
        self._require("withdraw")
        self._decided(EditionStatus.WITHDRAWN, editor, now)

    def _require(self, action: str) -> None:
        require_allowed(ACTIONS, action, self.status, "Over dit voorstel is al beslist.")

    def _decided(self, status: EditionStatus, editor: Editor, now: datetime) -> None:
        self.status, self.decided_by, self.decided_at = status, editor.actor, now


def proposed(proposal: Proposal, last: Last, editor: Editor, today: date, now: datetime) -> Edition:
    """Return a new edition that waits for approval; raise DomainError `edition_too_early`."""
    _require_order(proposal.valid_from, last, today)
    who = {"base": last.number, "proposed_by": editor.actor, "proposed_for": editor.party, "proposed_at": now}
    return Edition.model_validate(proposal.model_dump() | who)


def _require_order(valid_from: date, last: Last, today: date) -> None:
    if valid_from < max(today, last.valid_from or today):
        detail = "Een nieuwe versie begint ten vroegste vandaag, en niet vroeger dan de laatste goedgekeurde versie."
        raise DomainError("edition_too_early", detail)
