"""Sends CAP messages to any address over HTTP, signed as the specification Standard Webhooks says.

The receiver knows a message by the header `webhook-id`, which is the CAP identifier and the same at each attempt, and
checks `webhook-signature`. It may post receipts, which it signs in the same way.
"""

from typing import Annotated

from pydantic import AfterValidator, SecretStr

from buurtsein_chassis.addresses import OutwardUrl
from buurtsein_kernel.clock import Clock
from buurtsein_notifier.adapters import Answer, CannotSay, Outcome
from buurtsein_notifier.adapters.cap_http import TIMEOUT_SECONDS, OverHttp
from buurtsein_notifier.adapters.found import AdapterSettings
from buurtsein_notifier.adapters.receipts import SignedReceipts
from buurtsein_notifier.adapters.signing import key_of, signed


def _usable(secret: SecretStr) -> SecretStr:
    if len(key_of(secret.get_secret_value())) < 24:  # noqa: PLR2004 - the least that the specification allows
        raise ValueError("the secret holds at least 24 bytes")
    return secret


class WebhookSettings(AdapterSettings):
    """The address that gets the messages, and the secret by which the receiver checks who sent them."""

    url: OutwardUrl
    secret: Annotated[SecretStr, AfterValidator(_usable)]


class Webhook(SignedReceipts, OverHttp):
    """The adapter for a receiver that takes signed CAP messages at one address."""

    name = "webhook"
    settings = WebhookSettings

    def __init__(self, settings: WebhookSettings, timeout: float = TIMEOUT_SECONDS, clock: Clock | None = None) -> None:
        """Make the adapter from its settings, the timeout of a request in seconds, and a clock."""
        super().__init__(str(settings.url), {}, timeout, clock)
        self._key = key_of(settings.secret.get_secret_value())

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        """Send one signed CAP message and return the outcome."""
        at = str(int(self._clock.now().timestamp()))
        headers = signed(self._key, identifier, at, xml)
        return await self._post("", xml, {"Content-Type": "application/cap+xml"} | headers)

    async def status(self, identifier: str) -> Answer:  # noqa: ARG002 - a receiver of webhooks cannot be asked
        """Return CannotSay, because a receiver of webhooks cannot be asked."""
        return CannotSay("not_asked")
