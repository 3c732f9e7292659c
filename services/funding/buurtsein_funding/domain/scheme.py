"""Defines the city's funding schemes: which costs are paid, up to how much, in which period, and on which form.

Invariant: on each day at most one scheme is valid, so that an application does not have to name one.
"""

from collections.abc import Collection
from datetime import date
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from buurtsein_kernel.problems import DomainError

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
CostKind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class Scheme(BaseModel):
    """One version of the city's rules for funding: costs, ceiling, application period and form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$", description="the same in all versions of a scheme")
    valid_from: date
    valid_to: date | None = Field(default=None, description="last day")
    form_version: str = Field(min_length=1, max_length=20)
    cost_kinds: tuple[CostKind, ...] = Field(min_length=1, max_length=20)
    ceiling_cents: int = Field(ge=1, description="euro cents, per network and calendar year")
    window_from: MonthDay = Field(default="01-01", description="first day, in the year applied for")
    window_to: MonthDay = Field(default="12-31", description="last day, in the year applied for")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"{self.name}: valid_to is before valid_from")
        if self.window_to < self.window_from:
            raise ValueError(f"{self.name}: window_to is before window_from")
        return self

    @property
    def name(self) -> str:
        """Return the id and version of the scheme, such as `aalst-communicatiekosten@2026-01-01`."""
        return f"{self.id}@{self.valid_from}"

    def is_valid(self, year: int, day: date) -> bool:
        """Return whether the scheme is in force on this day, and on at least one day of this calendar year."""
        last = self.valid_to or date.max
        return self.valid_from <= day <= last and self.valid_from.year <= year <= last.year

    def require_open(self, year: int, day: date) -> None:
        """Check that an application is possible on a day; raise DomainError `outside_window`.

        The day must be in the year of the application, and within the scheme's window for applications.
        """
        if day.year != year or not self.window_from <= f"{day:%m-%d}" <= self.window_to:
            first, last = _day_month(self.window_from), _day_month(self.window_to)
            raise DomainError("outside_window", f"Steun voor {year} vraagt u aan van {first} tot en met {last} {year}.")

    def require_form(self, form_version: str) -> None:
        """Check that an application uses the scheme's version of the form; raise DomainError `form_version_unknown`."""
        if form_version != self.form_version:
            raise DomainError("form_version_unknown", f"Gebruik versie {self.form_version} van het formulier.")

    def require_costs(self, kinds: Collection[str], cents: int) -> None:
        """Check the cost lines; raise `cost_kind_unknown`, or `over_ceiling` when they exceed the scheme's ceiling."""
        if not set(kinds) <= set(self.cost_kinds):
            detail = f"De stad steunt alleen deze kosten: {', '.join(self.cost_kinds)}."
            raise DomainError("cost_kind_unknown", detail)
        if cents > self.ceiling_cents:
            detail = f"Een netwerk krijgt hoogstens {in_euros(self.ceiling_cents)} per jaar."
            raise DomainError("over_ceiling", detail)


class Schemes(BaseModel):
    """All schemes of a city, as they stand in a TOML file of `[[scheme]]` tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: tuple[Scheme, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_at_a_time(self) -> Self:
        for earlier, later in pairwise(sorted(self.scheme, key=lambda scheme: scheme.valid_from)):
            if later.valid_from <= (earlier.valid_to or date.max):
                raise ValueError(f"{earlier.name} and {later.name} are valid on the same day")
        return self

    def valid(self, year: int, day: date) -> Scheme:
        """Return the scheme in force on the day that also covers the year; raise `scheme_unknown` without one."""
        found = next((scheme for scheme in self.scheme if scheme.is_valid(year, day)), None)
        if found is None:
            raise DomainError("scheme_unknown", f"Er is nu geen reglement voor steun in {year}.")
        return found


def in_euros(cents: int) -> str:
    """Return an amount in Dutch: 25000 gives `250,00 euro`."""
    return f"{cents // 100},{cents % 100:02d} euro"


def _day_month(month_day: str) -> str:
    month, day = month_day.split("-")
    return f"{day}/{month}"
