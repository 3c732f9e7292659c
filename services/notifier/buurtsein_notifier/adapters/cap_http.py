"""Sends CAP messages by `POST {url}/alerts`; `GET {url}/alerts/{identifier}` tells whether a message arrived."""

import json
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from buurtsein_kernel.clock import Clock, SystemClock
from buurtsein_notifier.adapters import (
    TURNED_AWAY,
    Answer,
    CannotSay,
    Delivered,
    Found,
    NotFound,
    Outcome,
    Partly,
    Refused,
    TryAgain,
    Unknown,
)
from buurtsein_notifier.adapters.limits import Limits
from buurtsein_notifier.adapters.receipts import Counted, SignedReceipts
from buurtsein_notifier.domain.receipt import Receipt
from buurtsein_notifier.settings import Settings

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024
_LATER = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
_NOT_WANTED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""The HTTP statuses by which a peer refuses the message itself. Other client errors are about the token or address, and
can be fixed."""
_OUR_CERTIFICATE = ("ALERT_CERTIFICATE", "ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_ACCESS_DENIED")
"""Parts of the reasons with which a peer ends a handshake that does not show a certificate that it knows."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class _Response:
    """The HTTP response of a peer; the body is empty when it was larger than `LARGEST_ANSWER` bytes."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """Return the body as a JSON object; an empty object when the body is anything else."""
        try:
            document = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return document if isinstance(document, dict) else {}

    @property
    def is_page(self) -> bool:
        """Return whether the body is an HTML page, which a proxy or maintenance server sends instead of the peer."""
        return str(self.headers.get("Content-Type", "")).lower().startswith("text/html")


class OverHttp:
    """The base class of adapters over HTTP: it holds the client, and converts each answer of a peer to an outcome."""

    def __init__(  # each is a part of how the peer is reached
        self,
        url: str,
        headers: dict[str, str],
        timeout: float,
        clock: Clock | None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Make a client for an address, with headers of each request, a timeout in seconds, a clock, and TLS.

        Each message gets a new connection, because a send on an idle connection that is dead has an unknown outcome.
        """
        self._clock = clock or SystemClock()
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Accept-Encoding": "identity"} | headers,
            timeout=timeout,
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            verify=tls or True,
        )

    async def close(self) -> None:
        """Close the HTTP connections to the peer."""
        await self._client.aclose()

    async def _post(self, path: str, xml: bytes, headers: dict[str, str]) -> Outcome:
        """Send one message to a path and return the outcome."""
        try:
            response = await self._ask("POST", path, xml, headers)
        except _NEVER_SENT as error:
            return TryAgain(_code(error))
        except (httpx.HTTPError, ssl.SSLError) as error:
            return TryAgain(f"{TURNED_AWAY}_certificate") if _is_not_known(error) else Unknown(_code(error))
        return _outcome(response, self._clock.now())

    async def _ask(
        self, method: str, path: str, xml: bytes | None = None, headers: dict[str, str] | None = None
    ) -> _Response:
        async with self._client.stream(method, path, content=xml, headers=headers) as answer:
            body = b""
            async for part in answer.aiter_raw():
                body += part
                if len(body) > LARGEST_ANSWER:
                    body = b""
                    break
            return _Response(answer.status_code, answer.headers, body)


class CapHttp(SignedReceipts, OverHttp):
    """The adapter for a peer that takes CAP 1.2 messages over HTTP, with a bearer token and a certificate when set."""

    name = "cap-http"
    limits = Limits(receipts=True)

    def __init__(self, settings: Settings, timeout: float = TIMEOUT_SECONDS, clock: Clock | None = None) -> None:
        """Make the adapter from its settings, the timeout of a request in seconds, and a clock."""
        token = settings.bealert_token.get_secret_value() if settings.bealert_token else None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        super().__init__(str(settings.bealert_url), headers, timeout, clock, settings.tls)

    async def send(self, identifier: str, xml: bytes) -> Outcome:  # noqa: ARG002 - the message contains it
        """Send one CAP message and return the outcome."""
        return await self._post("alerts", xml, {"Content-Type": "application/cap+xml"})

    async def status(self, identifier: str) -> Answer:
        """Ask the peer whether it has the message; a 404 counts only with a JSON body, because a proxy sends none."""
        try:
            response = await self._ask("GET", f"alerts/{quote(identifier, safe='')}")
        except (httpx.HTTPError, ssl.SSLError) as error:
            return CannotSay(_code(error))
        if response.status == HTTPStatus.NOT_FOUND and response.document:
            return NotFound()
        if response.is_page:
            return CannotSay("html_page")
        if not _is_success(response.status):
            return CannotSay(f"http_{response.status}")
        if some := _some(response):
            return some
        return Found(_reference(response), tuple(_receipts(response, identifier)))


def _is_success(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _outcome(response: _Response, now: datetime) -> Outcome:
    reason = f"http_{response.status}"
    if _is_success(response.status):
        return _accepted(response, reason)
    if response.status in _NOT_WANTED:
        return Refused(reason)
    if response.status in _LATER:
        return TryAgain(reason, _retry_after(response, now))
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status == HTTPStatus.CONFLICT:
        return TryAgain(reason, _retry_after(response, now), find_first=True)
    return TryAgain(f"{TURNED_AWAY}_{reason}", _retry_after(response, now))


def _accepted(response: _Response, reason: str) -> Outcome:
    """Return the outcome when the peer accepted the message, for all of its networks or for a part of them."""
    if response.is_page:
        return Unknown("html_page")
    some = _some(response)
    if isinstance(some, CannotSay):
        return Unknown(reason)
    return some or Delivered(_reference(response))


def _some(response: _Response) -> Partly | CannotSay | None:
    """Return the networks that an answer with status 207 lists, for which the peer has the message; else None."""
    networks = response.document.get("networks")
    if response.status != HTTPStatus.MULTI_STATUS or not isinstance(networks, list):
        return None
    reached, reason = frozenset(one for one in networks if isinstance(one, str)), f"http_{response.status}"
    return Partly(reached, reason, _reference(response)) if reached else CannotSay(reason)


def _retry_after(response: _Response, now: datetime) -> float | None:
    """Return the seconds in the header Retry-After, a number or a date; None when it is neither."""
    text = response.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _reference(response: _Response) -> str | None:
    """Return the peer's own name for the message, or None; `usable.py` later checks that the name can be stored."""
    reference = response.document.get("reference")
    return reference if isinstance(reference, str) else None


def _receipts(response: _Response, identifier: str) -> Iterator[Receipt]:
    """Yield the receipts in the answer about a message, without those that cannot be read."""
    listed = response.document.get("receipts")
    for one in listed if isinstance(listed, list) else ():
        with suppress(ValidationError):
            yield Counted.model_validate(one).receipt(identifier)


def _is_not_known(error: BaseException | None) -> bool:
    """Return whether the peer closed the connection before any request, because it rejected our certificate.

    With TLS 1.3 the sender gets this error only when it reads the answer. When the peer resets the connection at once,
    the sender does not get this error, and the outcome is unknown, as after any reset.
    """
    while error is not None:
        if isinstance(error, ssl.SSLError) and any(word in (error.reason or "") for word in _OUR_CERTIFICATE):
            return True
        error = error.__cause__ or error.__context__
    return False


def _code(error: Exception) -> str:
    """Return the class name of an error, such as `ReadTimeout`, without its message, which may have an address."""
    return type(error).__name__
