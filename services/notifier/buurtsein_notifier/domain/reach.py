"""Counts whom an alert reaches, by channel and language, and what its messages cost; never names a person.

Invariant: of a member only the id of the membership, the language, the channels and a suspension are kept, and nothing
after the membership has ended.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from buurtsein_contracts import Event
from buurtsein_contracts.events import MemberExcluded, MemberJoined, MemberLeft, MemberSuspended
from buurtsein_contracts.events.message_cost import MessageCost
from buurtsein_notifier.cap import sms_units
from buurtsein_notifier.domain.rule import Channel
from buurtsein_notifier.domain.texts import DUTCH, Texts

MICRO = 1_000_000


class Reached(BaseModel):
    """How one member gets messages."""

    model_config = ConfigDict(frozen=True)

    language: str
    channels: tuple[str, ...]
    suspended_until: date | None = None
    """The last day on which the member gets no messages."""


class NetworkMembers(BaseModel):
    """The members of one network according to the events, by the id of their membership."""

    model_config = ConfigDict(frozen=True)

    network_id: UUID
    members: dict[str, Reached] = {}

    def with_next(self, event: Event[Any]) -> Self:
        """Return the members after one more event, each event once and in order."""
        members = dict(self.members)
        match event.data:
            case MemberJoined(member_id=member, language=language, channels=channels):
                members[str(member)] = Reached(language=language, channels=tuple(map(str, channels)))
            case MemberLeft(member_id=member) | MemberExcluded(member_id=member):
                members.pop(str(member), None)
            case MemberSuspended(member_id=member, until=until) if known := members.get(str(member)):
                members[str(member)] = known.model_copy(update={"suspended_until": until})
        return self.model_copy(update={"members": members})

    def receivers(self, channels: Sequence[Channel], today: date) -> Counter[tuple[str, str]]:
        """Return how many members get a message by each of these channels, by channel and language."""
        return Counter(
            (channel, one.language)
            for one in self.members.values()
            if one.suspended_until is None or one.suspended_until < today
            for channel in map(str, channels)
            if channel in one.channels
        )


@dataclass(frozen=True, slots=True)
class Prices:
    """What BE-Alert asks for a unit, the VAT, and how many units a zone has free in a year."""

    unit: Decimal
    """EUR without VAT, for a part of an SMS or a minute of voice."""
    vat_percent: int = 21
    free_units: int = 1000


def costs(  # each decides on the price
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
