"""Sends operators' requests to services: over HTTP with a token or, with --direct, in process on their database.

Over HTTP, addresses and token are those of this machine's stack by default. Else the file `BUURTSEIN_SERVICES` (TOML or
JSON) has a name and an address for each service, and the file `BUURTSEIN_TOKEN_FILE` a token with the role `operator`.

With `--direct` the same routes run inside the command, on the database of one service, whose address is in the file
`<service>_database_app` in `BUURTSEIN_SECRETS_DIR`. Invariant: no secret is an argument.
"""

import asyncio
import getpass
import json
import os
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.database import DATABASE_ERRORS
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_chassis.migrations import migrations_for
from buurtsein_chassis.operations.models import MOST_AT_ONCE
from buurtsein_chassis.schema import require_schema
from buurtsein_operate import local_stack
from buurtsein_operate.operations.reach import secret

SECONDS = 60.0
PATIENCE = 20
"""How often a request is repeated when the service refuses it with 429 (rate limit)."""

type Row = dict[str, Any]


class Operations:
    """Sends requests to the operators' routes `/v1/operations` of one service."""

    def __init__(self, service: str, client: httpx.AsyncClient) -> None:
        """Take an HTTP client that has the service's address and the operator's token."""
        self.service = service
        self._client = client

    async def get(self, path: str, **asked: Any) -> Any:
        """Send a GET request and return the JSON answer; arguments that are None are left out."""
        return await self._answer(
            "GET", f"/v1/operations/{path}", params={name: part for name, part in asked.items() if part is not None}
        )

    async def rows(self, path: str, **asked: Any) -> list[Row]:
        """Return all rows of a list, with one request for each page."""
        found: list[Row] = []
        cursor = None
        while True:
            page = await self.get(path, **asked, limit=MOST_AT_ONCE, cursor=cursor)
            found += page["items"]
            cursor = page.get("next")
            if cursor is None:
                return found

    async def act(self, path: str, body: Mapping[str, Any], *, dry_run: bool) -> Any:
        """Send a POST request that makes the service do an operator's action, and return the JSON answer."""
        return await self._answer("POST", f"/v1/operations/{path}", json=body, params={"dry_run": dry_run})

    async def of_service(self, method: str, path: str, **request: Any) -> Any:
        """Send a request to a route under `/v1` that only this service has, and return the JSON answer."""
        return await self._answer(method, f"/v1/{path}", **request)

    async def _answer(self, method: str, path: str, **request: Any) -> Any:
        for _ in range(PATIENCE):
            answer = await self._sent(method, path, **request)
            if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                break
            await asyncio.sleep(float(answer.headers.get("Retry-After", 1)))
        if answer.is_success:
            return answer.json(object_hook=partial(_Answer, self.service))
        raise self._refusal(answer)

    async def _sent(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return await self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            raise CommandError(
                "service-away",
                f"{self.service} does not answer at {self._client.base_url} ({type(error).__name__}); "
                f"while it is down, --direct --service {self.service} works on its database",
            ) from error

    def _refusal(self, answer: httpx.Response) -> CommandError:
        problem = answer.json() if answer.headers.get("content-type") == "application/problem+json" else {}
        code = problem.get("code", f"status {answer.status_code}")
        if code == "not_found":
            return _other_release(self.service, f"has no address {answer.request.url.path}")
        fields = "".join(f" {error['field']}: {error['message']}" for error in problem.get("errors", ()))
        sentence = f"{self.service} refused: {code}. {problem.get('detail', '')}{fields}"
        return CommandError(code.replace("_", "-"), sentence)


class _Answer(dict[str, Any]):
    """An object of a service's JSON answer; a field that a service of another release lacks raises CommandError."""

    def __init__(self, service: str, fields: Row) -> None:
        super().__init__(fields)
        self._service = service

    def __missing__(self, field: str) -> Any:
        raise _other_release(self._service, f"did not send {field}")


def _other_release(service: str, what: str) -> CommandError:
    sentence = f"{service} {what}: it is of another release than this command; use the command of that release"
    return CommandError("other-release", sentence)


@dataclass(frozen=True, slots=True)
class Way:
    """The services on which a command acts, and how it reaches them: over HTTP, or directly on their databases."""

    services: Sequence[str]
    direct: bool = False
    who: str | None = None

    @asynccontextmanager
    async def to(self, service: str) -> AsyncIterator[Operations]:
        """Yield a client for a service's operators' routes; raise CommandError when service or secrets are missing."""
        opened = _on_database(service, self.who or getpass.getuser()) if self.direct else _over_http(service)
        async with opened as client:
            yield Operations(service, client)

    async def each(self, rows_of: Callable[[Operations], Awaitable[list[Row]]]) -> list[Row]:
        """Call `rows_of` with the client of each service in turn, and return the rows of all services."""
        rows: list[Row] = []
        for service in self.services:
            async with self.to(service) as operations:
                rows += await rows_of(operations)
        return rows


def way(only: str | None, *, direct: bool = False, who: str | None = None) -> Way:
    """Return the way to reach one service, or all services when `only` is None.

    Raises:
        CommandError: `unknown-service`; `direct` when --direct comes without a service; `as` when --as comes without
            --direct.
    """
    services = service_names() if only is None else [manifest_of(only).name]
    if direct and only is None:
        raise CommandError("direct", "--direct works on one service: say which, --service NAME")
    if who and not direct:
        raise CommandError("as", "--as is for --direct only: a service knows who acts by the token")
    return Way(services, direct, who)


@asynccontextmanager
async def _over_http(service: str) -> AsyncIterator[httpx.AsyncClient]:
    address, token = _address(service), _token()
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=SECONDS) as client:
        yield client


def _address(service: str) -> str:
    named = os.environ.get("BUURTSEIN_SERVICES")
    addresses = _addresses(Path(named)) if named else _stack_addresses()
    if service not in addresses:
        raise CommandError("no-address", f"no address of {service} in {named or local_stack.stack_file()}")
    return addresses[service]


def _addresses(path: Path) -> Mapping[str, str]:
    """Return the services' addresses from a TOML or JSON file; raise CommandError `services-file` if it is wrong."""
    try:
        text = path.read_text()
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise CommandError("services-file", f"{path} cannot be read (BUURTSEIN_SERVICES): {error}") from error
    if not isinstance(found, dict) or not all(isinstance(address, str) for address in found.values()):
        raise CommandError("services-file", f'{path} (BUURTSEIN_SERVICES) needs lines NAME = "https://..."')
    return found


def _stack_addresses() -> Mapping[str, str]:
    return {name: one["url"] for name, one in local_stack.needed()["services"].items()}


def _token() -> str:
    named = os.environ.get("BUURTSEIN_TOKEN_FILE")
    if named is None and os.environ.get("BUURTSEIN_SERVICES"):
        raise CommandError("token", "the token of an operator is needed: its file in BUURTSEIN_TOKEN_FILE")
    if named is None:
        return str(local_stack.needed()["tokens"]["operator"])
    try:
        return Path(named).read_text().strip()
    except OSError as error:
        raise CommandError("token", f"{named} cannot be read (BUURTSEIN_TOKEN_FILE): {error.strerror}") from error


@asynccontextmanager
async def _on_database(service: str, who: str) -> AsyncIterator[httpx.AsyncClient]:
    from buurtsein_chassis.operations.direct import direct_app  # noqa: PLC0415 - it loads FastAPI, for `--direct` only

    dsn = secret(f"{service}_database_app", local_stack.stack_file().parent / "secrets" / service)
    try:
        await require_schema(dsn, service, migrations_for(service), SECONDS)
        async with (
            direct_app(manifest_of(service), dsn, who) as app,
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://direct") as client,
        ):
            yield client
    except DATABASE_ERRORS as error:
        raise CommandError("database", f"no connection to the database of {service}: {error}") from error
