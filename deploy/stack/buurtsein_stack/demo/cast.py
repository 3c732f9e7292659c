"""The people of the story: each speaks HTTP with a token of their own; what was accepted is remembered."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from buurtsein_chassis.command_errors import CommandError

PATIENCE_SECONDS = 25.0
POLL_SECONDS = 0.1

type Document = dict[str, Any]


@dataclass
class Cast:
    """Everybody, with the ways to all services."""

    manifest: Document
    accepted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Correlation id of every accepted command that says something to the world, and its topics."""
    refused: list[str] = field(default_factory=list)
    clients: dict[tuple[str, str], httpx.Client] = field(default_factory=dict)

    def client(self, service: str, role: str) -> httpx.Client:
        """A client of one service as somebody; role `` is a passer-by without a token."""
        if (service, role) not in self.clients:
            headers = {"Authorization": f"Bearer {self.manifest['tokens'][role]}"} if role else {}
            url = self.manifest["services"][service]["url"]
            self.clients[service, role] = httpx.Client(base_url=url, headers=headers, timeout=20)
        return self.clients[service, role]

    def ask(self, service: str, role: str, path: str) -> Document:
        """Read something."""
        answer = self.client(service, role).get(path)
        return _document(answer)

    def does(
        self,
        service: str,
        role: str,
        path: str,
        body: Document | None = None,
        *,
        emits: str | None = None,
        method: str = "POST",
        version: str | None = None,
    ) -> Document:
        """A command that is accepted; `emits` names the topic that will tell of it, `version` what was read."""
        headers = {"If-Match": version} if version else {}
        answer = self.client(service, role).request(method, path, json=body or {}, headers=headers)
        if emits and answer.is_success:
            self.accepted[answer.headers["X-Correlation-Id"]] = (emits,)
        return _document(answer) | {"etag": answer.headers.get("ETag", "")}

    def is_refused(self, service: str, role: str, path: str, body: Document, version: str | None = None) -> Document:
        """A command that must be refused; the problem document."""
        headers = {"If-Match": version} if version else {}
        answer = self.client(service, role).post(path, json=body, headers=headers)
        if answer.is_success:
            raise CommandError("demo", f"{path} should have been refused")
        problem: Document = answer.json()
        self.refused.append(problem["code"])
        return problem

    def version(self, service: str, role: str, path: str) -> str:
        """The version that somebody reads before deciding about it."""
        return self.client(service, role).get(path).headers["ETag"]

    def close(self) -> None:
        """Everybody goes home."""
        for client in self.clients.values():
            client.close()


@contextmanager
def cast(manifest: Document) -> Iterator[Cast]:
    """The people, for as long as the story lasts."""
    people = Cast(manifest)
    try:
        yield people
    finally:
        people.close()


def wait_for(what: str, probe: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """What the probe answers once it is truthy; CommandError after the deadline."""
    deadline = time.monotonic() + seconds
    while not (answer := probe()):
        if time.monotonic() > deadline:
            raise CommandError("demo", f"not within {seconds:.0f} s: {what}")
        time.sleep(POLL_SECONDS)
    return answer


def _document(answer: httpx.Response) -> Document:
    if not answer.is_success:
        raise CommandError("demo", f"{answer.request.method} {answer.request.url.path}: {answer.text[:300]}")
    document: Document = answer.json()
    return document
