"""Notifies duty contacts that a proposed alert waits for a decision, again and again until somebody has decided.

A contact can get a message twice: when a worker stops after sending and before storing, another worker sends again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from buurtsein_kernel.clock import Clock
from buurtsein_kernel.days import BRUSSELS
from buurtsein_notifier.domain.duty import Call, Contact, Roster, Waiting, due_calls, message_of

type Tell = Callable[[Contact, str, str], Awaitable[bool]]
"""Sends a title and a text to a contact, and returns whether its server took them."""


@dataclass(frozen=True, slots=True)
class Duty:
    """The duty contacts of the installation, and the function that sends them a message."""

    roster: Roster
    tell: Tell


class Store(Protocol):
    """A Protocol: reads the alerts that wait for a decision, and stores which calls were made."""

    async def waiting_alerts(self) -> Sequence[Waiting]:
        """Return the proposed alerts on which nobody has decided, oldest first."""

    async def save_call(self, alert_id: UUID, contact: str, number: int, *, told: bool) -> None:
        """Store that a contact was called, or that the attempt failed and is due again."""


async def call_duty(duty: Duty, clock: Clock, store: Store) -> None:
    """Make all calls that are due now; one that fails is tried again by the next run, until the alert is decided."""
    for alert in await store.waiting_alerts():
        for call in due_calls(duty.roster, alert, clock.now()):
            await _make(call, alert, duty, store)


async def _make(call: Call, alert: Waiting, duty: Duty, store: Store) -> None:
    deadline = alert.expires_at.astimezone(BRUSSELS).strftime("%H:%M")
    told = await duty.tell(call.contact, *message_of(duty.roster, alert, deadline))
    await store.save_call(alert.alert_id, call.contact.name, call.number, told=told)
