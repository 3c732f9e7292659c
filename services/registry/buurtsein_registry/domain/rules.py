"""Defines the rules that an installation sets for networks and members."""

from dataclasses import dataclass
from enum import StrEnum

from buurtsein_kernel.problems import DomainError

MOST_DWELLINGS = 100_000
"""The default maximum number of dwellings; it is higher than in any real area."""


class Acceptance(StrEnum):
    """How requests to join from an address in the network's area are decided: by a person, or accepted at once."""

    BY_HAND = "by_hand"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class Rules:
    """The installation's rules for networks and members, with the versions of texts that people can accept today."""

    be_alert_versions: tuple[str, ...]
    consent_versions: tuple[str, ...]
    screening_valid_days: int
    max_open_applications: int
    acceptance: Acceptance
    most_members_per_address: int
    inform_fod_days: int
    """The days within which the FOD must be told of a change in a network."""
    erasure_days: int = 30
    """The days within which a person who asks to be erased must be erased."""
    erasure_consumers: tuple[str, ...] = ()
    """The outside consumers that must confirm each erasure."""
    confirmation_days: int = 14
    """The days within which an outside consumer must confirm an erasure."""
    appeal_days: int = 21
    """The days in which a removed coordinator may appeal: three weeks, by the house rules of the FOD."""
    inactive_days: int = 365
    """The number of days without any action after which a network counts as inactive."""
    still_active_days: int = 365
    """The days after which a coordinator is asked again whether the network is still active."""
    evaluation_days: int = 90
    """The days after the end of a year within which its evaluation must be signed."""
    evaluation_years: int = 1
    """One evaluation is needed for each period of this many years."""
    decide_appeal_days: int = 30
    """The days within which an appeal must be decided."""
    max_open_enquiries: int = 50
    """How many enquiries of a network may be open."""
    max_enquiries_per_day: int = 20
    """How many enquiries a network gets within 24 hours."""
    enquiry_days: int = 14
    """The days after which an open enquiry is a risk of the network."""
    fewest_dwellings: int = 1
    most_dwellings: int = MOST_DWELLINGS
    """The minimum and maximum number of dwellings in the area of a network."""

    def require_dwellings(self, number: int | None) -> None:
        """Raise `dwellings_not_possible` for a number outside the limits, or when there are limits and no number."""
        fewest, most = self.fewest_dwellings, self.most_dwellings
        if number is None and (fewest, most) == (1, MOST_DWELLINGS):
            return
        if number is None or not fewest <= number <= most:
            detail = f"Het gebied van een netwerk telt {fewest} tot {most} woningen."
            raise DomainError("dwellings_not_possible", detail, values={"fewest": fewest, "most": most})


def require_version(given: str, valid: tuple[str, ...]) -> None:
    """Raise `version_unknown`, with the valid versions, unless people can accept this version of a text today."""
    if given not in valid:
        detail = f"Deze versie bestaat niet. Geldig: {', '.join(valid)}."
        raise DomainError("version_unknown", detail, values={"valid": valid})
