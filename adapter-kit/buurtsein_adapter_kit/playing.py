"""Defines what the tests of the kit need of a peer."""

from typing import Protocol

from buurtsein_adapter_kit.failures import Failure


class Peer(Protocol):
    """The system to which an adapter sends, or a test double of it.

    It may also have `recover()`, which the kit calls after the message that had to fail; `cancelled`, the list of
    identifiers that were taken back in the peer's own way; `busy_seconds`, the waiting time that it asks for when it
    is busy; `followed`, whether it was asked at the address to which it redirected.
    """

    def fail(self, failure: Failure) -> None:
        """Make the peer fail in the given way at the next message that is sent, and only at that message."""

    def deliveries(self, identifier: str) -> int:
        """Return how many times the peer got the message with this identifier."""


class Talkative(Peer, Protocol):
    """A peer that can answer with hostile bodies, and that keeps the bodies of messages."""

    messages: dict[str, list[bytes]]
    """Each body that arrived, by identifier; a test takes out what it has seen."""

    def say(self, hostile: str) -> None:
        """Take the next message and answer with the body of HOSTILE_BODIES that has this name."""
