"""Defines how many alerts rules may propose, and what happens with further facts; the defaults are to be confirmed."""

from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from buurtsein_contracts.events.incident import Severity
from buurtsein_kernel.hours import Hour
from buurtsein_notifier.domain.conditions import Ordered
from buurtsein_notifier.domain.texts import DutchTemplates


class Budget(BaseModel):
    """The maximum number of alerts of rules that a network gets in some days; further facts come in a digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alerts: int = Field(default=12, ge=0, le=1000)
    days: int = Field(default=7, ge=1, le=31)
    except_severities: Annotated[frozenset[Severity], Ordered] = frozenset({Severity.EXTREME})


class Overload(BaseModel):
    """The maximum number of alerts that rules propose in some minutes; further facts come in a digest for each rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alerts: int = Field(default=40, ge=1, le=10_000)
    minutes: int = Field(default=10, ge=1, le=24 * 60)


class Inhibition(BaseModel):
    """The hours in which an alert holds back weaker alerts of its category to the same networks; 0 turns this off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: int = Field(default=12, ge=0, le=24 * 7)


class Digest(DutchTemplates):
    """The texts of a digest (a cold alert by e-mail about facts that were held back), and the hour when it is made."""

    hour: Hour = time(17)
    """In Belgian time."""


DIGEST = Digest(
    event="Overzicht van meldingen",
    headline="Meldingen in uw buurt ({buurt})",
    description="De politie kreeg {feiten} gemeld in de buurt van {buurt}: {categorie}.",
    instruction="Wees waakzaam. Ziet u iets verdachts? Bel 101.",
)
