"""Defines the command that tries other alert rules on past reports."""

from pydantic import Field

from buurtsein_kernel.editions.past import PastPeriod
from buurtsein_notifier.domain.rule import RuleBook


class TryRules(PastPeriod):
    """A request to judge the reports of a period of at most a year again, by other alert rules; nothing is sent."""

    document: RuleBook
    most: int = Field(default=10_000, ge=1, le=1_000_000)
    """The maximum number of reports that are judged again; if the period has more reports, the newest are chosen."""
