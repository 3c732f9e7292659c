"""What the handlers of the notifier work with, besides the store and the command."""

from dataclasses import dataclass
from decimal import Decimal

from buurtsein_kernel.clock import Clock
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.rule import RuleBook


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What the handlers need besides the store: the same for every command and every event."""

    clock: Clock
    book: RuleBook
    """The rules by which reports are judged."""
    outgoing: Outgoing
    """How messages are signed, and how real they may be at most."""
    adapter: str
    """The name under which deliveries are queued."""
    sms_unit_price: Decimal
    """EUR for one SMS, as the file of an alert shows it."""
