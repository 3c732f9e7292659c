"""Defines how many alerts rules may propose, and what becomes of the others; all values are to confirm."""

from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_contracts.events.incident import Severity
from buurtsein_notifier.domain.conditions import Ordered
from buurtsein_notifier.domain.texts import DutchTemplates


class Budget(BaseModel):
    """How many alerts of rules a network gets in some days; what is more comes in a digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alerts: int = Field(default=12, ge=0, le=1000)
    days: int = Field(default=7, ge=1, le=31)
    except_severities: Annotated[frozenset[Severity], Ordered] = frozenset({Severity.EXTREME})


class Overload(BaseModel):
    """How many alerts rules may propose in some minutes; all others come together, in one alert for each rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alerts: int = Field(default=40, ge=1, le=10_000)
    minutes: int = Field(default=10, ge=1, le=24 * 60)


class Inhibition(BaseModel):
    """For how many hours an alert holds weaker ones of its category to the same networks; 0: never."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: int = Field(default=12, ge=0, le=24 * 7)


class Digest(DutchTemplates):
    """The texts of a digest, a cold alert by e-mail about what was held; and from which hour of the day it is made."""

    hour: time = time(17)
    """In Belgian time."""


DIGEST = Digest(
    event="Overzicht van meldingen",
    headline="Meldingen in uw buurt ({buurt})",
    description="De politie kreeg {feiten} gemeld in de buurt van {buurt}: {categorie}.",
    instruction="Wees waakzaam. Ziet u iets verdachts? Bel 101.",
)
