"""Takes every message and passes it to nobody, for trials without a peer."""

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.adapters import Answer, CannotSay, Delivered, Found, NotAllowed, Outcome
from buurtsein_notifier.adapters.found import AdapterSettings
from buurtsein_notifier.cap import Status, from_xml


class NullSettings(AdapterSettings):
    """The null adapter has no settings."""


class Null:
    """An adapter without a peer, for trials; it does not accept messages with status Actual, which people must get."""

    name = "null"
    settings = NullSettings

    def __init__(self, _settings: NullSettings) -> None:
        """Make the adapter; it remembers the identifiers of this process only."""
        self._taken: set[str] = set()

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Accept a message and pass it to nobody; return NotAllowed for status Actual or invalid XML."""
        try:
            status = from_xml(xml).status
        except DomainError as error:
            return NotAllowed(error.code)
        if status is Status.ACTUAL:
            return NotAllowed("actual_to_nobody")
        self._taken.add(identifier)
        return Delivered("nobody")

    async def status(self, identifier: str) -> Answer:
        """Return Found for a message that this process accepted, and CannotSay for any other message."""
        return Found("nobody") if identifier in self._taken else CannotSay("not_kept")

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""
