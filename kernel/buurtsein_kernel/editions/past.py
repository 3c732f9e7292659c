"""Defines the period of a trial, which tells what another document would have changed in the past."""

from datetime import date, timedelta
from typing import Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from buurtsein_kernel.commands import Command

LONGEST = timedelta(days=366)


class PastPeriod(Command):
    """A request for a trial on the days from `since` to `until`, both included, at most a year."""

    since: date
    until: date

    @model_validator(mode="after")
    def _period_fits(self) -> Self:
        if not timedelta() <= self.until - self.since <= LONGEST:
            raise PydanticCustomError("period_unfit", "Kies een periode van ten hoogste een jaar.")
        return self
