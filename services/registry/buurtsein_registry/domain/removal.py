"""Decides whether a coordinator may be removed: by whom, for which reason, and until when the coordinator may appeal.

Source: a coordinator may stop at any time. A removal against the will of a coordinator is definitive: the burgemeester
decides on it after the korpschef heard the coordinator, with a reason, and the coordinator may appeal.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from buurtsein_contracts.events.network import RemovalReason
from buurtsein_kernel.problems import DomainError, forbidden
from buurtsein_registry.domain.duties import Side

OWN = frozenset({RemovalReason.RESIGNED, RemovalReason.MOVED})
"""The reasons that coordinators may give for their own departure."""
VOLUNTARY = OWN | {RemovalReason.DECEASED}
"""The reasons that allow no appeal, and need no successor."""
DEFINITIVE = frozenset({RemovalReason.SCREENING_LAPSED, RemovalReason.HOUSE_RULES_BREACHED})
"""The reasons of a removal that only the burgemeester decides on, after the korpschef heard the coordinator."""


@dataclass(frozen=True, slots=True)
class Removal:
    """The removal of one coordinator: who decides on it, for which side (such as the police), and the reason."""

    person: str
    reason: RemovalReason
    actor: str
    side: Side
    heard_on: date | None = None
    """The day on which the korpschef heard the coordinator."""
    appeal_days: int = 21
    """The number of days in which the coordinator may appeal."""

    def require_allowed(self, today: date) -> None:
        """Raise DomainError unless the decider may remove this coordinator for this reason."""
        if self.side is Side.NEIGHBOURHOOD:
            self._require_own()
        if self.reason in DEFINITIVE:
            self._require_definitive(today)

    def appeal_until(self, today: date) -> date | None:
        """Return the last day on which the coordinator may appeal; None when the reason allows no appeal."""
        return None if self.reason in VOLUNTARY else today + timedelta(days=self.appeal_days)

    def _require_own(self) -> None:
        if self.person != self.actor or self.reason not in OWN:
            detail = "Een coördinator kan enkel zelf stoppen, met als reden ontslag of verhuis."
            raise forbidden("only_own_resignation", detail)

    def _require_definitive(self, today: date) -> None:
        if self.side is not Side.CITY:
            raise forbidden("burgemeester_only", "Alleen de burgemeester kan een coördinator om deze reden ontslaan.")
        if self.heard_on is None:
            raise DomainError("hearing_missing", "Geef de dag op van het gesprek met de korpschef (heard_on).")
        if self.heard_on > today:
            raise DomainError("hearing_in_future", "Het gesprek met de korpschef ligt in de toekomst.")
