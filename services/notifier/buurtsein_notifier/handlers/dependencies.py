"""Defines the dependencies of the notifier's handlers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from buurtsein_contracts.events.alert import Release
from buurtsein_kernel.clock import Clock
from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.feedback import USUAL, FeedbackTerm
from buurtsein_notifier.domain.message import Outgoing
from buurtsein_notifier.domain.reach import Prices
from buurtsein_notifier.domain.rule import RuleBook


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The objects that handlers need besides the store; they are the same for every command and event."""

    clock: Clock
    book: RuleBook
    """The alert rules of the installation; an edition that two people approved replaces these rules."""
    outgoing: Outgoing
    """The sender of messages, and the highest status that they may have."""
    adapter: str
    """The name of the adapter that makes new deliveries."""
    sms_unit_price: Decimal
    """The price of one SMS in EUR, for the cost that officers see."""
    orders: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The names of the adapters to try, in order, by rule or by channel, where it is not `adapter` alone."""
    vat_percent: int = 21
    free_units: int = 1000
    """The number of message units that are free for the zone in each year."""
    police_release: Release = Release.OFFICER
    """Who releases an alert that the police wrote without a template: one or two persons who did not write it."""
    decide_minutes: int = 240
    """For how many minutes a written alert waits for a decision."""
    valid_minutes: int = 240
    """For how many minutes a written alert is valid after its release, when its writer does not say."""
    coordinators_send: bool = False
    """Whether cold messages of coordinators to their own network are sent without a release by police."""

    term: FeedbackTerm = USUAL
    """When the police owe feedback about a hot alert."""
    day: tuple[int, int] = (6, 22)
    """The hours in Belgium between which an alert counts as sent by day, in the figures of the yearly evaluation."""

    def ways(self, alert: Alert) -> Sequence[str]:
        """Return the names of the adapters for the message of an alert, in the order in which they are tried.

        The settings can give an order for the alert's rule or, if not, for one of its channels; the first such order
        is returned. Without any order, only `adapter` is tried.
        """
        keys = [key for key in (alert.rule, *alert.channels) if key in self.orders]
        return self.orders[keys[0]] if keys else [self.adapter]

    @property
    def prices(self) -> Prices:
        """Return the prices of messages."""
        return Prices(self.sms_unit_price, self.vat_percent, self.free_units)
