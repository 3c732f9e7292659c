"""Decides when each duty contact is notified that a proposed alert waits for a decision of the police.

Invariant: while an alert waits, each contact of the roster is notified at least once before the alert expires.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from buurtsein_contracts.events.alert import CapStatus

_STRICT = ConfigDict(extra="forbid", frozen=True)


def _each_name_once(contacts: "list[Contact]") -> "list[Contact]":
    if len({one.name for one in contacts}) < len(contacts):
        raise ValueError("two contacts have the same name")
    return contacts


class Contact(BaseModel):
    """One function or team that is notified of waiting alerts, such as the officer on duty."""

    model_config = _STRICT

    name: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    """The name of the function; it appears in logs and tables, and so it must not name a person."""
    url: SecretStr
    """The address in the notation of Apprise, with its credentials."""
    after_minutes: int = Field(default=0, ge=0, le=1440)
    """How long after the proposal the contact is told for the first time."""
    again_minutes: int | None = Field(default=None, ge=1, le=1440)
    """How long after each call the contact is told again."""


class Roster(BaseModel):
    """The duty contacts of an installation, in the order in which they are notified."""

    model_config = _STRICT

    contacts: Annotated[list[Contact], Field(min_length=1, max_length=20), AfterValidator(_each_name_once)]
    last_call_minutes: int = Field(default=10, ge=1, le=1440)
    """How many minutes before the deadline all contacts are notified once more, or for the first time."""
    desk: str | None = Field(default=None, pattern=r"^https?://\S{1,500}$")
    """The address of the page on which police decide; `{alert_id}` in it is replaced."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a roster from TOML; raise ValueError with a message that contains no contact's address."""
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"duty is no TOML: {error}") from None
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, first["loc"])) or "duty"
            raise ValueError(f"duty: {place}: {first['msg']}") from None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposed alert that waits for a decision, and how many calls each contact has had about it."""

    alert_id: UUID
    status: CapStatus
    category: str
    proposed_at: datetime
    expires_at: datetime
    calls: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Call:
    """A message that is due for one contact; `number` counts the contact's calls about this alert."""

    contact: Contact
    number: int


def due_calls(roster: Roster, alert: Waiting, now: datetime) -> Iterator[Call]:
    """Yield the calls that are due now. Of several calls that were missed, only the newest one is made."""
    if now >= alert.expires_at:
        return
    for contact in roster.contacts:
        number = sum(moment <= now for moment in _moments(roster, contact, alert))
        if number > alert.calls.get(contact.name, 0):
            yield Call(contact, number)


def _moments(roster: Roster, contact: Contact, alert: Waiting) -> Sequence[datetime]:
    """Return the times at which a contact is notified of an alert, as long as nobody has decided on the alert."""
    last = max(alert.proposed_at, alert.expires_at - timedelta(minutes=roster.last_call_minutes))
    first = min(alert.proposed_at + timedelta(minutes=contact.after_minutes), last)
    moments = {first, last}
    if contact.again_minutes:
        step = timedelta(minutes=contact.again_minutes)
        moments |= {first + step * n for n in range((alert.expires_at - first) // step + 1)}
    return sorted(moments)


def message_of(roster: Roster, alert: Waiting, deadline: str) -> tuple[str, str]:
    """Return the title and the text that a contact gets, in Dutch.

    The text names the kind of alert and the deadline, but no place or person, because the message leaves the systems
    of the police.
    """
    exercise = "" if alert.status is CapStatus.ACTUAL else "OEFENING: "
    title = f"{exercise}een waarschuwing wacht op een beslissing"
    lines = [f"{exercise}Er wacht een voorstel voor een waarschuwing ({alert.category}). Beslis voor {deadline}."]
    if roster.desk:
        lines.append(f"Bekijk het voorstel: {roster.desk.replace('{alert_id}', str(alert.alert_id))}")
    return title, "\n".join([*lines, f"Kenmerk: {alert.alert_id}"])
