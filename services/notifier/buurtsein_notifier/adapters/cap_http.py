"""CAP over HTTP: `POST {url}/alerts` hands a message over, `GET {url}/alerts/{identifier}` tells whether it came."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

import httpx

from buurtsein_notifier.adapters import (
    Answer,
    CannotSay,
    Delivered,
    Found,
    NotFound,
    Outcome,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.settings import Settings

TIMEOUT_SECONDS = 10.0
LONGEST_REFERENCE = 200
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class CapHttp:
    """A peer that takes CAP 1.2 messages by HTTP, with a bearer token when there is one."""

    name = "cap-http"

    def __init__(self, settings: Settings, timeout: float = TIMEOUT_SECONDS) -> None:
        """Each message gets a connection of its own: an idle one may be dead, and the doubt costs more."""
        token = settings.bealert_token.get_secret_value() if settings.bealert_token else None
        self._client = httpx.AsyncClient(
            base_url=str(settings.bealert_url),
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=timeout,
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
        )

    async def send(self, identifier: str, xml: bytes) -> Outcome:  # noqa: ARG002 - the message carries it
        """Hand over one CAP message."""
        try:
            answer = await self._client.post("alerts", content=xml, headers={"Content-Type": "application/cap+xml"})
        except _NEVER_SENT as error:
            return TryAgain(_code(error))
        except httpx.HTTPError as error:
            return Unknown(_code(error))
        return _outcome(answer)

    async def find(self, identifier: str) -> Answer:
        """Whether the peer has the message with this identifier."""
        try:
            answer = await self._client.get(f"alerts/{quote(identifier, safe='')}")
        except httpx.HTTPError as error:
            return CannotSay(_code(error))
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return NotFound()
        return Found(_reference(answer)) if answer.is_success else CannotSay(f"http_{answer.status_code}")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _outcome(answer: httpx.Response) -> Outcome:
    reason = f"http_{answer.status_code}"
    if answer.is_success:
        return Delivered(_reference(answer))
    if answer.status_code in _LATER or answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return TryAgain(reason, _retry_after(answer))
    if answer.is_server_error:
        return TryAgain(reason, _retry_after(answer), find_first=True)
    return Refused(reason)


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds, from a number or a date; None when it says neither."""
    text = answer.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _reference(answer: httpx.Response) -> str | None:
    """The peer's own reference, when it gives a usable one."""
    try:
        document = answer.json()
    except ValueError:
        return None
    reference = document.get("reference") if isinstance(document, dict) else None
    return reference if isinstance(reference, str) and 0 < len(reference) <= LONGEST_REFERENCE else None


def _code(error: httpx.HTTPError) -> str:
    """`ReadTimeout` and so on: the kind of the error, without address or body."""
    return type(error).__name__
