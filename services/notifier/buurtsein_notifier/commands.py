"""What can be asked of the notifier; each command is the body of one request."""

from typing import Annotated

from pydantic import Field

from buurtsein_contracts.events.alert import CancelReason, RefusalReason
from buurtsein_kernel.commands import Command
from buurtsein_kernel.text import Name, Plain
from buurtsein_notifier.domain.delivery import Settled

Reference = Annotated[str, Field(min_length=1, max_length=200), Name]


class Refuse(Command):
    """Police decide not to send an alert."""

    reason: RefusalReason


class Cancel(Command):
    """Police call off what was released."""

    reason: CancelReason


class Settle(Command):
    """What a person found out about a delivery whose outcome is unknown."""

    outcome: Settled
    reference: Reference | None = None


class Switch(Command):
    """Hold all deliveries (`on`), or let them go again."""

    on: bool
    reason: Annotated[str, Field(min_length=5, max_length=500), Plain]
