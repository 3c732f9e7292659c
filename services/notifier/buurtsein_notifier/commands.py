"""Defines the commands of the notifier; each is the body of one request."""

from typing import Annotated

from pydantic import Field

from buurtsein_contracts.events.alert import CancelReason, RefusalReason
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain
from buurtsein_notifier.domain.delivery import Settled

Reference = Annotated[str, Field(min_length=1, max_length=200), Name]


class Refuse(Command):
    """A decision of police not to send an alert."""

    reason: RefusalReason


class Cancel(Command):
    """A decision of police to cancel a released alert."""

    reason: CancelReason


class Settle(Command):
    """A person's report whether the message of an alert arrived, when the outcome of its delivery is unknown."""

    outcome: Settled
    reference: Reference | None = None


class Switch(Command):
    """A request to stop all deliveries of alerts (`on`), or to start them again."""

    on: bool
    reason: Annotated[str, Field(min_length=5, max_length=500), Plain]
