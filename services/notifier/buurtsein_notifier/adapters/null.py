"""Takes every message and passes it to nobody, for trials without a peer."""

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.adapters import Answer, CannotSay, Delivered, Found, NotAllowed, Outcome
from buurtsein_notifier.adapters.found import AdapterSettings
from buurtsein_notifier.cap import Status, from_xml


class NullSettings(AdapterSettings):
    """The null adapter has no settings."""


class Null:
    """An adapter without a peer; it refuses messages with status Actual, which somebody must get."""

    name = "null"
    settings = NullSettings

    def __init__(self, _settings: NullSettings) -> None:
        """Make the adapter; it remembers the identifiers of this process only."""
        self._taken: set[str] = set()

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Take a message, unless it is for real or cannot be read."""
        try:
            status = from_xml(xml).status
        except DomainError as error:
            return NotAllowed(error.code)
        if status is Status.ACTUAL:
            return NotAllowed("actual_to_nobody")
        self._taken.add(identifier)
        return Delivered("nobody")

    async def status(self, identifier: str) -> Answer:
        """Return Found for a message of this process; of earlier processes nothing is known."""
        return Found("nobody") if identifier in self._taken else CannotSay("not_kept")

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""
