"""Checks the screenings of candidate coordinators by the police; only outcome and date are stored, not the content.

Invariant: an unfavourable outcome stays stored, and counts until a later screening is favourable.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel

from buurtsein_kernel.days import brussels_day, in_words
from buurtsein_kernel.problems import DomainError, conflict, forbidden

type Outcome = Literal["OK", "NOT_OK"]


class Screening(BaseModel):
    """The outcome of one screening; persons are named by pseudonym."""

    person: str
    outcome: Outcome
    screened_on: date
    actor: str
    noted_at: datetime


def refuse_impossible(new: Screening, valid_days: int) -> None:
    """Check the date of a screening: raise `screening_in_future`, or `screening_too_old` after `valid_days`."""
    today = brussels_day(new.noted_at)
    if new.screened_on > today:
        raise DomainError("screening_in_future", "De datum van de screening ligt in de toekomst.")
    if is_out_of_date(new.screened_on, valid_days, today):
        raise _too_old(valid_days)


def refuse_overruling(new: Screening, earlier: Iterable[Screening]) -> None:
    """Raise `screening_overruled` for a favourable screening that is not later than all unfavourable screenings."""
    against = [one.screened_on for one in earlier if one.person == new.person and one.outcome == "NOT_OK"]
    if new.outcome == "OK" and against and new.screened_on <= max(against):
        detail = f"De screening van {in_words(max(against))} was ongunstig. Alleen een latere screening telt."
        raise conflict("screening_overruled", detail, day=max(against))


def is_unsuitable(person: str, screenings: Iterable[Screening]) -> bool:
    """Return whether a person's last screening was unfavourable; on one day, an unfavourable screening prevails."""
    own = [(one.screened_on, one.outcome == "NOT_OK") for one in screenings if one.person == person]
    return bool(own) and max(own)[1]


def require_valid(
    person: str, screened_on: date, screenings: Iterable[Screening], valid_days: int, now: datetime
) -> None:
    """Raise `screening_unfavourable` or `screening_too_old` for a person who cannot become main coordinator now."""
    if is_unsuitable(person, screenings):
        raise forbidden("screening_unfavourable", "Dit kan niet: de laatste screening van deze persoon was ongunstig.")
    if is_out_of_date(screened_on, valid_days, brussels_day(now)):
        raise _too_old(valid_days)


def _too_old(valid_days: int) -> DomainError:
    detail = f"Een screening geldt hoogstens {valid_days} dagen. Vraag een nieuwe."
    return DomainError("screening_too_old", detail, values={"days": valid_days})


def is_out_of_date(screened_on: date, valid_days: int, today: date) -> bool:
    """Return whether a coordinator's screening is older than the number of days for which a screening is valid."""
    return screened_on < today - timedelta(days=valid_days)
