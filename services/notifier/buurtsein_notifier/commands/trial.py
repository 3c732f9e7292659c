"""Defines the question what other alert rules would have done with past reports."""

from datetime import date, timedelta
from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from buurtsein_kernel.commands import Command
from buurtsein_notifier.domain.rule import RuleBook

LONGEST = timedelta(days=366)


class TryRules(Command):
    """A question what a document of alert rules would have done with the reports of a period, at most a year."""

    document: RuleBook
    since: date
    until: date

    @model_validator(mode="after")
    def _period_fits(self) -> Self:
        if not timedelta() <= self.until - self.since <= LONGEST:
            raise PydanticCustomError("period_unfit", "Kies een periode van ten hoogste een jaar.")
        return self
