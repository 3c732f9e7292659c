"""Sends the HTTP requests of the people of the demo, each with their own token, and remembers accepted commands."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import httpx

from buurtsein_chassis.command_errors import CommandError

PATIENCE_SECONDS = 25.0
POLL_SECONDS = 0.1

type Document = dict[str, Any]


@dataclass
class Cast:
    """The people of the demo, with one HTTP client for each role and service."""

    manifest: Document
    accepted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The topics of the events of each accepted command, by correlation id; only commands that record events count."""
    refused: list[str] = field(default_factory=list)
    clients: dict[tuple[str, str], httpx.Client] = field(default_factory=dict)

    def client(self, service: str, role: str) -> httpx.Client:
        """Return an HTTP client of one service with a role's token; the role "" sends no token."""
        if (service, role) not in self.clients:
            headers = {"Authorization": f"Bearer {self.manifest['tokens'][role]}"} if role else {}
            url = self.manifest["services"][service]["url"]
            self.clients[service, role] = httpx.Client(base_url=url, headers=headers, timeout=20)
        return self.clients[service, role]

    def ask(self, service: str, role: str, path: str) -> Document:
        """Send a GET request and return the JSON document; raise CommandError when the service refuses the request."""
        answer = self.client(service, role).get(path)
        return _document(answer)

    def does(
        self,
        service: str,
        role: str,
        path: str,
        body: Document | None = None,
        *,
        emits: str | tuple[str, ...] | None = None,
        method: str = "POST",
        version: str | None = None,
    ) -> Document:
        """Send a command and return the JSON document; raise CommandError when the service refuses the command.

        `emits` names the topic or topics of its event; `version` is the ETag that was read before, for If-Match.
        """
        headers = {"If-Match": version} if version else {}
        answer = self.client(service, role).request(method, path, json=body or {}, headers=headers)
        if emits and answer.is_success:
            self.accepted[answer.headers["X-Correlation-Id"]] = (emits,) if isinstance(emits, str) else emits
        return _document(answer) | {"etag": answer.headers.get("ETag", "")}

    def fetch(self, service: str, role: str, path: str) -> bytes:
        """Return the file that a route answers; raise CommandError when the service refuses the request."""
        answer = self.client(service, role).get(path)
        return answer.content if answer.is_success else _refused(answer)

    def sends(
        self, service: str, role: str, path: str, file: bytes, kind: str, *, emits: str | None = None
    ) -> Document:
        """Send a file of a media type and return the JSON document; raise CommandError when it is refused."""
        answer = self.client(service, role).post(path, content=file, headers={"Content-Type": kind})
        if emits and answer.is_success:
            self.accepted[answer.headers["X-Correlation-Id"]] = (emits,)
        return _document(answer)

    def is_refused(self, service: str, role: str, path: str, body: Document, version: str | None = None) -> Document:
        """Send a command that must be refused and return the problem document; raise CommandError if it is accepted."""
        headers = {"If-Match": version} if version else {}
        answer = self.client(service, role).post(path, json=body, headers=headers)
        if answer.is_success:
            raise CommandError("demo", f"{path} should have been refused")
        problem: Document = answer.json()
        self.refused.append(problem["code"])
        return problem

    def version(self, service: str, role: str, path: str) -> str:
        """Return the ETag of a document, which a decision on the document must send back."""
        return self.client(service, role).get(path).headers["ETag"]

    def close(self) -> None:
        """Close all HTTP clients."""
        for client in self.clients.values():
            client.close()


@contextmanager
def cast(manifest: Document) -> Iterator[Cast]:
    """Yield the demo's people, and close their HTTP clients afterwards."""
    people = Cast(manifest)
    try:
        yield people
    finally:
        people.close()


def wait_for(what: str, probe: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """Call `probe` until its result is truthy and return that result; raise CommandError after the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        if time.monotonic() > deadline:
            raise CommandError("demo", f"not within {seconds:.0f} s: {what}")
        time.sleep(POLL_SECONDS)
    return answer


def _document(answer: httpx.Response) -> Document:
    document: Document = answer.json() if answer.is_success else _refused(answer)
    return document


def _refused(answer: httpx.Response) -> NoReturn:
    raise CommandError("demo", f"{answer.request.method} {answer.request.url.path}: {answer.text[:300]}")
