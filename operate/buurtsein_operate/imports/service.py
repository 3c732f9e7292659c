"""Sends the requests of an import to one service, as fast as its rate limit allows."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from buurtsein_chassis.backoff import Backoff
from buurtsein_chassis.command_errors import CommandError

ATTEMPTS = 5
LONGEST_WAIT = 3600.0
"""The longest wait in seconds before the next request, also when the service asks for a longer one."""
_NO_ROW = frozenset({401, 403, 404, 405})
"""The statuses that no cell of a row can cause, unless a kind of list says otherwise."""


class ServiceAway(Exception):
    """Raised when every attempt to send one request to the service failed."""


@dataclass(slots=True)
class Pace:
    """Makes all concurrent requests wait until the time from which the service accepts requests again."""

    until: float = 0.0

    async def wait(self) -> None:
        """Wait until the time at which the service will accept a request again."""
        while (left := self.until - time.monotonic()) > 0:  # noqa: ASYNC110 - another request may move the moment
            await asyncio.sleep(left)

    def obey(self, answer: httpx.Response, default: float) -> None:
        """Delay all requests as long as the header `Retry-After` says, in seconds or until a date.

        When the header is missing or unusable, that is `default` seconds.
        """
        self.until = max(self.until, time.monotonic() + _retry_after(answer, default))


def _retry_after(answer: httpx.Response, default: float) -> float:
    text = answer.headers.get("Retry-After", "")
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        left = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return default
    return min(max(left, 0.0), LONGEST_WAIT)


@dataclass(slots=True)
class Service:
    """Sends requests to one service; a request is repeated until it is answered."""

    client: httpx.AsyncClient
    pace: Pace = field(default_factory=Pace)

    async def get(self, path: str, **parameters: str) -> httpx.Response:
        """Send a GET request with the same retries as `post`; return the response or raise ServiceAway."""
        return await self._ask(self.client.build_request("GET", path, params=parameters))

    async def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> httpx.Response:
        """Repeat a POST request until the service answers, within its rate limit; else raise ServiceAway."""
        return await self._ask(self.client.build_request("POST", path, json=body, headers=headers))

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        backoff, failures = Backoff(first=0.2, most=5), 0
        while True:
            await self.pace.wait()
            try:
                answer = await self.client.send(request)
            except httpx.TransportError as error:
                reason = type(error).__name__
            else:
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                    self.pace.obey(answer, default=1.0)
                    continue
                if not answer.is_server_error:
                    return answer
                reason = str(answer.status_code)
                self.pace.obey(answer, default=0.0)
            failures += 1
            if failures == ATTEMPTS:
                raise ServiceAway(reason)
            await asyncio.sleep(backoff.next())


def stop_unless_a_problem_of_the_row(answer: httpx.Response, statuses: frozenset[int] = _NO_ROW) -> None:
    """Raise CommandError `import-refused` for a response with one of `statuses`, or without an error code."""
    code = problem(answer).get("code")
    if code is None or answer.status_code in statuses:
        raise CommandError("import-refused", f"{answer.url} antwoordt {answer.status_code} {code or ''}: gestopt")


def field_errors(answer: httpx.Response) -> list[dict[str, str]]:
    """Return the refused fields of an invalid request, each with `field` and `message`."""
    if answer.status_code != httpx.codes.UNPROCESSABLE_ENTITY or problem(answer).get("code") != "invalid_request":
        return []
    return list(problem(answer).get("errors", []))


def problem(answer: httpx.Response) -> dict[str, Any]:
    """Return the members of a problem document (RFC 9457); an empty dict when the response has another form."""
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
