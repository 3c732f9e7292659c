"""Defines the commands with which people decide on an alert."""

from typing import Annotated, Literal

from pydantic import Field

from buurtsein_contracts.events.alert import CancelReason, RefusalReason
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name
from buurtsein_notifier.commands.fields import Why
from buurtsein_notifier.domain.delivery import Settled

Reference = Annotated[str, Field(min_length=1, max_length=200), Name]


class Refuse(Command):
    """A decision of police not to send an alert."""

    reason: RefusalReason


class Return(Command):
    """A decision of police that the writer must change a proposed alert, with what to change."""

    reason: Why


class BreakGlass(Command):
    """A decision of one person to release an alert alone in an emergency, with the reason."""

    reason: Why


class Audit(Command):
    """The verdict of the korpschef on an emergency release by one person: whether it was justified, and why."""

    verdict: Literal["justified", "not_justified"]
    reason: Why


class Hold(Command):
    """A decision of police to hold back the message of one alert (`on`), or to let it go again, with the reason."""

    on: bool
    reason: Why


class Cancel(Command):
    """A decision of police to cancel a released alert."""

    reason: CancelReason


class Settle(Command):
    """A person's report whether the message of an alert arrived, when the outcome of its delivery is unknown."""

    outcome: Settled
    reference: Reference | None = None
