"""Runs an HTTP server on this machine that plays the peer of an adapter, and fails as a test tells it.

It takes any method and path, because it knows no adapter. A message is recognised by its CAP identifier, in the body or
in the address.
"""

import json
import socket
import struct
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Self, override
from urllib.parse import unquote

from buurtsein_adapter_kit.failures import BUSY_SECONDS, HOSTILE_BODIES, TAKEN, Failure
from buurtsein_adapter_kit.messages import IDENTIFIERS, NETWORKS

LONGEST_HANG = 30.0
ELSEWHERE = "/elsewhere"
"""The path to which a redirect leads, where no message may arrive."""
_CODES: dict[Failure | None, int] = {
    None: HTTPStatus.ACCEPTED,
    Failure.TAKES_200: HTTPStatus.OK,
    Failure.TAKES_201: HTTPStatus.CREATED,
    Failure.TAKES_204: HTTPStatus.NO_CONTENT,
    Failure.HAS_IT: HTTPStatus.CONFLICT,
    Failure.REFUSES: HTTPStatus.BAD_REQUEST,
    Failure.REFUSES_422: HTTPStatus.UNPROCESSABLE_ENTITY,
    Failure.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
    Failure.BUSY_429: HTTPStatus.TOO_MANY_REQUESTS,
    Failure.BREAKS: HTTPStatus.INTERNAL_SERVER_ERROR,
    Failure.STATUS_BREAKS: HTTPStatus.INTERNAL_SERVER_ERROR,
    Failure.TURNS_AWAY: HTTPStatus.UNAUTHORIZED,
    Failure.MOVED: HTTPStatus.FOUND,
    Failure.MOVED_307: HTTPStatus.TEMPORARY_REDIRECT,
}
_SILENT = (Failure.TAKES_SILENTLY, Failure.LOSES)
_RESETS = (Failure.RESETS, Failure.RESETS_AFTER_ACCEPT)
_RECEIPT = {"channel": "sms", "delivered": 41, "failed": 1, "at": "2026-11-24T18:05:00+01:00"}
_REFERENCE = {"reference": "kit-1"}
_TAKES = (None, Failure.HOSTILE, *TAKEN)


@dataclass
class HttpPeer:
    """An HTTP server that takes messages from an adapter; `messages` has the bodies of each identifier.

    A subclass for a peer with other codes has its own `codes`, and `failures` without those that it never produces.
    """

    codes: ClassVar[Mapping[Failure | None, int]] = _CODES
    """The HTTP status of each answer; None is the usual one."""
    failures: ClassVar[frozenset[Failure]] = frozenset(Failure) - {Failure.HAS_IT}
    folder: Path | None = None
    """An empty folder, which this peer does not use."""
    messages: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    cancelled: list[str] = field(default_factory=list)
    """The identifiers of messages that were taken back by DELETE."""
    followed: bool = False
    """Whether a redirect was followed."""
    failure: Failure | None = None
    hostile: bytes = b""
    url: str = ""
    busy_seconds: ClassVar[int] = BUSY_SECONDS

    def __enter__(self) -> Self:
        """Start the server on a free port."""
        self._stop = threading.Event()
        self._listen(0)
        self.url = f"http://127.0.0.1:{self._port}"
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self._stop.set()
        self._close()

    def fail(self, failure: Failure) -> None:
        """Make the peer fail in this way at the next message that is sent, and only at that message.

        `AWAY` lasts until `recover` is called, because a peer does not see the connections that are refused.
        """
        if failure is Failure.AWAY:
            self._close()
        else:
            self.failure = failure

    def recover(self) -> None:
        """Take connections again after `AWAY`; after another failure, do nothing."""
        if self._server.socket.fileno() < 0:
            self._listen(self._port)

    def say(self, hostile: str) -> None:
        """Answer the next message with one of the hostile bodies, and take the message."""
        self.failure, self.hostile = Failure.HOSTILE, HOSTILE_BODIES[hostile]

    def deliveries(self, identifier: str) -> int:
        """Return how many times the peer took the message with this identifier."""
        return len(self.messages[identifier])

    def take_failure(self, *, of_status: bool) -> Failure | None:
        """Return the failure of the next message, or of the next question of `status`, and remove the failure."""
        if of_status != (self.failure is Failure.STATUS_BREAKS):
            return None
        failure, self.failure = self.failure, None
        return failure

    def wait(self) -> None:
        """Wait until the server stops, at most `LONGEST_HANG` seconds, to play a peer that never answers."""
        self._stop.wait(LONGEST_HANG)

    def _listen(self, port: int) -> None:
        handler = type("Handler", (_Handler,), {"peer": self})
        self._server = _Server(("127.0.0.1", port), handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print an error of the kit itself, but not that an adapter closed its connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    peer: ClassVar[HttpPeer]

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing, so that only what the adapter writes is searched for secrets."""

    def do_GET(self) -> None:
        """Say whether the peer has the message whose identifier is in the address, or fail as the test wants."""
        failure = self._failure(of_status=True)
        found = [name for name in self._named() if self.peer.messages[name]]
        receipts = [_RECEIPT | {"network": network} for network in NETWORKS]
        if failure:
            self._reply(failure)
        elif found:
            self._answer(HTTPStatus.OK, _REFERENCE | {"receipts": receipts})
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"code": "unknown"})

    def do_POST(self) -> None:
        """Take a message, or fail as the test wants."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        failure = self._failure()
        if failure in _TAKES:
            for name in self._named(body):
                self.peer.messages[name].append(body)
        self._reply(failure)

    def do_DELETE(self) -> None:
        """Take back the message whose identifier is in the address, or fail as the test wants."""
        taken = self._named()
        if set(taken) & set(self.peer.cancelled):
            self._answer(HTTPStatus.NOT_FOUND, {"code": "gone"})
            return
        failure = self._failure()
        if failure in _TAKES:
            self.peer.cancelled += taken
        self._reply(failure)

    def do_PUT(self) -> None:
        """Take a message, as with POST."""
        self.do_POST()

    def _named(self, body: bytes = b"") -> list[str]:
        text = unquote(self.path) + " " + body.decode("utf-8", "replace")
        return [name for name in IDENTIFIERS if name in text]

    def _failure(self, *, of_status: bool = False) -> Failure | None:
        self.peer.followed |= self.path == ELSEWHERE
        return self.peer.take_failure(of_status=of_status)

    def _reply(self, failure: Failure | None) -> None:
        if failure in _SILENT:
            self.peer.wait()
        if failure in (*_SILENT, *_RESETS):
            self._reset()
        elif failure is Failure.HOSTILE:
            self._write(self.peer.codes[None], self.peer.hostile, {})
        else:
            self._answer(
                self.peer.codes[failure], _REFERENCE if failure in _TAKES else {"code": "no"}, self._headers(failure)
            )

    def _headers(self, failure: Failure | None) -> dict[str, str]:
        if failure in (Failure.BUSY, Failure.BUSY_429):
            return {"Retry-After": str(BUSY_SECONDS)}
        if failure in (Failure.MOVED, Failure.MOVED_307):
            return {"Location": self.peer.url + ELSEWHERE}
        return {}

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        body = b"" if status == HTTPStatus.NO_CONTENT else json.dumps(document).encode()
        self._write(status, body, {"Content-Type": "application/json"} | (headers or {}))

    def _write(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
