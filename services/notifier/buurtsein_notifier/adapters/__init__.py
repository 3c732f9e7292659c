"""How an alert leaves: the one Protocol that every way out follows, in this package or from elsewhere.

Invariant: an adapter says `Delivered`, `Refused` or `TryAgain` only when it is sure; all else is `Unknown`, and then
`find` decides whether the message may be sent again.
"""

from dataclasses import dataclass
from typing import Protocol

TURNED_AWAY = "turned_away"
"""How a reason begins when the peer would not even look at the message: a token that ran out, an address that moved."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The peer has it."""

    reference: str | None = None


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The peer does not have it, and may take it later; `after` in seconds when the peer said so.

    A reason that begins with `TURNED_AWAY` raises an alarm: somebody must mend it before the alert expires.
    """

    reason: str
    after: float | None = None
    find_first: bool = False
    """The peer answered with an error of its own: ask whether it has the message before sending again."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The peer does not want it, now or later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """The peer has the message."""

    reference: str | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """The peer never got the message."""


@dataclass(frozen=True, slots=True)
class CannotSay:
    """The peer does not know, or did not answer."""

    reason: str


type Outcome = Delivered | TryAgain | Refused | Unknown
type Answer = Found | NotFound | CannotSay


class Adapter(Protocol):
    """A way out. Made with the notifier's settings; logs neither address nor body; reasons are stable codes."""

    name: str

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Hand over one CAP message."""

    async def find(self, identifier: str) -> Answer:
        """Whether the peer has the message with this identifier."""

    async def close(self) -> None:
        """Let go of what it holds."""
