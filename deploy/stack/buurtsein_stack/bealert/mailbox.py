"""Stores the messages that the simulator received.

Invariant: a message that was answered with 202 is on disk and survives a restart. `deliveries` counts the accepted POST
requests for each identifier, so that a second delivery of the same message is visible.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Received:
    """One CAP message that the simulator received, and how often it was delivered."""

    identifier: str
    received_at: str
    xml: str
    deliveries: int
    networks: list[str] | None = None
    """The networks for which it was taken; None for all of the message."""


class Mailbox:
    """Stores each received message as an XML file and a JSON file, whose name is a hash of the message's identifier."""

    def __init__(self, folder: Path) -> None:
        """Read the messages that an earlier run stored in the folder."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kept = (self._read(path) for path in sorted(folder.glob("*.json")))
        self.messages = {message.identifier: message for message in kept}

    def add(self, identifier: str, xml: str, networks: list[str] | None = None) -> Received:
        """Store a message, taken for these networks or for all.

        When its identifier is already known, keep the first text, count the delivery, and add the networks.
        """
        known = self.messages.get(identifier)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        message = Received(identifier, now, xml, 1, networks)
        if known:
            networks = (
                None if None in (networks, known.networks) else sorted({*(networks or ()), *(known.networks or ())})
            )
            message = Received(identifier, known.received_at, known.xml, known.deliveries + 1, networks)
        self._write(message)
        self.messages[identifier] = message
        return message

    def newest_last(self) -> list[Received]:
        """Return all stored messages, oldest first."""
        return sorted(self.messages.values(), key=lambda message: message.received_at)

    def _read(self, path: Path) -> Received:
        return Received(xml=path.with_suffix(".xml").read_text(), **json.loads(path.read_text()))

    def _write(self, message: Received) -> None:
        path = self.folder / hashlib.sha256(message.identifier.encode()).hexdigest()[:32]
        path.with_suffix(".xml").write_text(message.xml)
        facts = {key: value for key, value in asdict(message).items() if key != "xml"}
        new = path.with_suffix(".new")
        new.write_text(json.dumps(facts))
        new.rename(path.with_suffix(".json"))
