"""Defines campaigns: messages of prevention and exercises that the calendar proposes, as data of the installation."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from buurtsein_contracts.events.alert import Release
from buurtsein_contracts.events.incident import Category
from buurtsein_contracts.events.network import NetworkKind
from buurtsein_kernel.days import BRUSSELS
from buurtsein_kernel.hours import Hour
from buurtsein_notifier.domain.texts import Templates

DayOfYear = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
"""Month and day, such as `12-01`."""
type Minutes = Annotated[int, Field(ge=5, le=7 * 24 * 60)]


class CampaignPurpose(StrEnum):
    """The purpose of a campaign: to give advice on prevention, or to hold an exercise."""

    PREVENTION = "prevention"
    EXERCISE = "exercise"
    """An exercise always has the status Exercise, also where the settings allow real alerts."""


class Campaign(Templates):
    """A message that is proposed on fixed days to all networks or one kind of them; its texts have no place-holders."""

    allowed: ClassVar[frozenset[str]] = frozenset()

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,39}$")
    version: int = Field(ge=1)
    purpose: CampaignPurpose
    category: Category
    on: tuple[DayOfYear, ...] = Field(default=(), max_length=60)
    """The days of each year on which it is proposed."""
    each_month: int | None = Field(default=None, ge=1, le=28)
    """The day of each month on which it is proposed."""
    hour: Hour = time(10)
    """In Belgian time."""
    network_kind: NetworkKind | None = None
    by_sms: bool = False
    """Whether members get it by SMS too, and not only by e-mail."""
    release: Literal[Release.OFFICER, Release.TWO_OFFICERS] = Release.TWO_OFFICERS
    decide_within_minutes: Minutes = 7 * 24 * 60
    valid_minutes: Minutes = 24 * 60

    def due_on(self, now: datetime) -> date | None:
        """Return today when the campaign is to be proposed today and its hour has begun; else None."""
        local = now.astimezone(BRUSSELS)
        today = f"{local:%m-%d}" in self.on or local.day == self.each_month
        return local.date() if today and local.time() >= self.hour else None

    @model_validator(mode="after")
    def _has_days(self) -> Self:
        if not self.on and self.each_month is None:
            detail = "Een campagne heeft dagen in het jaar of een dag per maand."
            raise PydanticCustomError("campaign_without_day", detail)
        if not self.longest_fits(1):
            raise PydanticCustomError("headline_too_long", "De titel past niet in één sms.")
        return self
