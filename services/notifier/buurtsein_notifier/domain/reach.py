"""Tells what the messages of an alert cost, by network."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from buurtsein_contracts.events.message_cost import MessageCost
from buurtsein_notifier.cap import sms_units
from buurtsein_notifier.domain.network_members import NetworkMembers
from buurtsein_notifier.domain.rule import Channel
from buurtsein_notifier.domain.texts import DUTCH, Texts

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """What BE-Alert asks for a unit, the VAT, and how many units a zone has free in a year."""

    unit: Decimal
    """EUR without VAT, for a part of an SMS or a minute of voice."""
    vat_percent: int = 21
    free_units: int = 1000


def costs(
    networks: Sequence[NetworkMembers],
    languages: Mapping[str, Texts],
    channels: Sequence[Channel],
    prices: Prices,
    free_left: int,
    today: date,
) -> Iterator[MessageCost]:
    """Yield what a message to each of these networks costs; the free units that are left go to the first networks."""
    for network in networks:
        counted = network.receivers(channels, today)
        units = sum(
            number * _units(channel, languages.get(language, languages[DUTCH]))
            for (channel, language), number in counted.items()
        )
        free = min(units, max(0, free_left))
        free_left -= free
        yield MessageCost.of(network.network_id, units, free, int(prices.unit * MICRO), prices.vat_percent)


def _units(channel: str, texts: Texts) -> int:
    """Return the units of one message: the parts of an SMS, one minute of voice, nothing for e-mail."""
    return {Channel.SMS: sms_units(texts.headline).units, Channel.VOICE: 1}.get(Channel(channel), 0)
