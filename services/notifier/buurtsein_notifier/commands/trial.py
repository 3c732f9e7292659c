"""Defines the question what other alert rules would have done with past reports."""

from pydantic import Field

from buurtsein_kernel.editions.past import PastPeriod
from buurtsein_notifier.domain.rule import RuleBook


class TryRules(PastPeriod):
    """A question what a document of alert rules would have done with the reports of a period, at most a year."""

    document: RuleBook
    most: int = Field(default=10_000, ge=1, le=1_000_000)
    """The most reports that are judged again: when there are more, the newest ones."""
