"""Defines the Protocol of adapters, which send messages to BE-Alert or to another system (the peer).

Invariant: an adapter returns `Delivered`, `Partly`, `Refused`, `NotAllowed` or `TryAgain` only when it is certain. In
all other cases it returns `Unknown`, and then `status` decides whether the message may be sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from buurtsein_notifier.adapters.limits import Limits
from buurtsein_notifier.domain.receipt import Receipt

LONGEST_CALL = 12.0
"""The notifier cancels a call of an adapter that takes more seconds than this.

The outcome of a cancelled `send` is Unknown, and the answer of a cancelled `status` is CannotSay.
"""
TURNED_AWAY = "turned_away"
"""The beginning of the reason when the peer rejected a request without reading the message, as for a bad token."""
BY_HAND = "by_hand"
"""The reason when a person sends the message by hand: only this person knows whether it was sent."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The outcome of a send when the peer has the message."""

    reference: str | None = None


@dataclass(frozen=True, slots=True)
class TryAgain:
    """The outcome of a send when the peer does not have the message, and may accept it later.

    `after` are the seconds that the peer asked to wait.

    A reason that begins with `TURNED_AWAY` raises an alarm, because somebody must repair the cause before the alert
    expires.
    """

    reason: str
    after: float | None = None
    find_first: bool = False
    """True when the peer may have the message in spite of the error; the peer is asked before a new attempt."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The outcome of a send when the peer will never accept the message."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The outcome of a send when the message is right, and a rule of the peer or a limit of the adapter forbids it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Partly:
    """The outcome of a send, or the answer of `status`, when the peer has the message for some of its targets only.

    A target is the id of a network in the message. The message is sent again for the other targets only.
    """

    reached: frozenset[str]
    """The targets for which the peer certainly has the message; at least one."""
    reason: str
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The outcome of a send when nobody knows whether the message arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer of `status` when the peer has the message, with the receipts that the peer has until now."""

    reference: str | None = None
    receipts: Sequence[Receipt] = ()


@dataclass(frozen=True, slots=True)
class NotFound:
    """The answer of `status` when the peer never got the message."""


@dataclass(frozen=True, slots=True)
class CannotSay:
    """The answer of `status` when the peer does not know, or did not answer."""

    reason: str


type Outcome = Delivered | Partly | TryAgain | Refused | NotAllowed | Unknown
type Answer = Found | Partly | NotFound | CannotSay


class Adapter(Protocol):
    """A Protocol: sends CAP messages to a peer, the system that passes them on to people.

    An adapter is constructed with the notifier's settings. It logs neither the address of the peer nor the body of a
    message, and gives each reason as a stable code.
    """

    name: str

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Send one CAP message and return the outcome."""

    async def status(self, identifier: str) -> Answer:
        """Ask the peer whether it has the message with this identifier, and return Found, NotFound or CannotSay.

        The notifier calls this before it sends a message again that may have arrived, and after a send with an unknown
        outcome. If the adapter's limits declare `receipts`, the notifier also calls this after a message was sent.
        """

    async def close(self) -> None:
        """Close connections and files."""


@runtime_checkable
class ByTarget(Protocol):
    """A Protocol for adapters that can send a message to a part of its networks; other adapters send it to all."""

    async def send_to(self, identifier: str, xml: bytes, targets: frozenset[str]) -> Outcome:
        """Send one CAP message for these networks only, and return the outcome."""


@runtime_checkable
class Checkable(Protocol):
    """A Protocol for adapters that can ask whether the peer would take messages now, without sending one."""

    async def check(self) -> str | None:
        """Return why the peer cannot be used now, as a stable code, or None when it can."""


@runtime_checkable
class Cancelling(Protocol):
    """A Protocol for adapters whose peer has its own request to cancel a message; others send a CAP Cancel message."""

    async def cancel(self, identifier: str, xml: bytes, cancelled: Sequence[str]) -> Outcome:
        """Cancel the messages with the identifiers `cancelled` at the peer, and return the outcome.

        `xml` is the CAP Cancel message, and `identifier` is its identifier, with which `status` is called later.
        """


class NotAuthentic(Exception):
    """Raised by `parse_receipt` when a request does not prove that it comes from the peer."""


@runtime_checkable
class Receiving(Protocol):
    """A Protocol for adapters whose peer posts receipts to `POST /v1/receipts/{name}` of the notifier.

    Its methods are class methods that need no settings, because the process that handles requests does not have the
    adapter's credentials for the peer.
    """

    @classmethod
    def parse_receipt(cls, headers: Mapping[str, str], body: bytes, secret: str) -> Sequence[Receipt]:
        """Return the receipts in a request; the names of the headers are in lower case.

        Raises:
            NotAuthentic: the request does not prove, by the secret, that it comes from the peer.
            ValueError: the body cannot be read.
        """

    @classmethod
    def receipt_example(cls, secret: str) -> tuple[Mapping[str, str], bytes]:
        """Return the headers and the body of a request as the peer sends it, for tests and documentation."""


def limits_of(adapter: object) -> Limits:
    """Return the limits that an adapter or its class declares, or `Limits()` (no limits) when it declares none."""
    declared = getattr(adapter, "limits", None)
    return declared if isinstance(declared, Limits) else Limits()
