"""Defines the command that proposes a new edition of the alert rules."""

from buurtsein_kernel.editions import Propose
from buurtsein_notifier.domain.rule import RuleBook


class ProposeRules(Propose):
    """A request to put new alert rules into force; the document has all of them, also those that do not change."""

    document: RuleBook
