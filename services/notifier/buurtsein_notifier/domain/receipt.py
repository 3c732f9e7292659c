"""Defines a receipt, by which a peer tells later how many members of a network got a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many members of one network got a message by one channel until a moment; it names no person."""

    identifier: str
    """The CAP identifier of the message."""
    target: UUID
    """The network."""
    channel: str
    """`sms`, `voice`, `email`, or another channel of the peer."""
    delivered: int
    failed: int
    at: datetime
    """When the peer counted; of two receipts about the same network and channel the later one holds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The result of storing receipts: how many were about messages of this peer, and which outcomes they settle."""

    number: int
    in_doubt: Sequence[UUID] = ()
    """The alerts whose message had an unknown outcome; a receipt shows that this message arrived."""
