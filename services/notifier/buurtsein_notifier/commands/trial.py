"""Defines the question what other alert rules would have done with past reports."""

from buurtsein_kernel.editions.past import PastPeriod
from buurtsein_notifier.domain.rule import RuleBook


class TryRules(PastPeriod):
    """A question what a document of alert rules would have done with the reports of a period, at most a year."""

    document: RuleBook
