"""Runs an HTTP server on this machine that plays the peer of an adapter, and fails as a test tells it.

It takes any method and path, because it knows no adapter. A message is recognised by its CAP identifier, in the body or
in the address.
"""

import json
import socket
import struct
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self, override
from urllib.parse import unquote

from buurtsein_adapter_kit.failures import BUSY_SECONDS, HOSTILE_BODIES, Failure
from buurtsein_adapter_kit.messages import NETWORKS

LONGEST_HANG = 30.0
_REFUSALS = {Failure.REFUSES: 400, Failure.TURNS_AWAY: 401, Failure.MOVED: 302}
_SILENT = (Failure.TAKES_SILENTLY, Failure.LOSES)
_RESETS = (Failure.RESETS, Failure.RESETS_AFTER_ACCEPT)
_RECEIPT = {"channel": "sms", "delivered": 41, "failed": 1, "at": "2026-11-24T18:05:00+01:00"}
_TAKEN = (Failure.TAKES_SILENTLY, Failure.RESETS_AFTER_ACCEPT)


@dataclass
class HttpPeer:
    """An HTTP server that takes messages from an adapter; `messages` has the bodies of each identifier."""

    known: tuple[str, ...]
    """The identifiers of the messages that a test may send."""
    messages: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    cancelled: list[str] = field(default_factory=list)
    """The identifiers of messages that were taken back by DELETE."""
    failure: Failure | None = None
    hostile: bytes = b""
    url: str = ""
    busy_seconds: ClassVar[int] = BUSY_SECONDS

    def __enter__(self) -> Self:
        """Start the server on a free port."""
        handler = type("Handler", (_Handler,), {"peer": self})
        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def fail(self, failure: Failure) -> None:
        """Make the peer fail in this way at the next message that is sent, and only at that message."""
        self.failure = failure

    def say(self, hostile: str) -> None:
        """Answer the next message with one of the hostile bodies, and take the message."""
        self.failure, self.hostile = Failure.HOSTILE, HOSTILE_BODIES[hostile]

    def deliveries(self, identifier: str) -> int:
        """Return how many times the peer took the message with this identifier."""
        return len(self.messages[identifier])

    def take_failure(self) -> Failure | None:
        """Return how the next message fails, if it does, and forget it."""
        failure, self.failure = self.failure, None
        return failure

    def wait(self) -> None:
        """Wait as long as a peer that never answers."""
        self._stop.wait(LONGEST_HANG)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    peer: ClassVar[HttpPeer]

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Log nothing, so that only what the adapter writes is searched for secrets."""

    def do_GET(self) -> None:
        """Say whether the peer has the message whose identifier is in the address."""
        found = [name for name in self.peer.known if name in unquote(self.path) and self.peer.messages[name]]
        receipts = [_RECEIPT | {"network": network} for network in NETWORKS]
        known = {"reference": "kit-1", "receipts": receipts}
        self._answer(200, known) if found else self._answer(404, {"code": "unknown"})

    def do_POST(self) -> None:
        """Take a message, or fail as the test wants."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        failure = self.peer.take_failure()
        if failure in (None, Failure.HOSTILE, *_TAKEN):
            for name in self.peer.known:
                if name in body.decode("utf-8", "replace") or name in unquote(self.path):
                    self.peer.messages[name].append(body)
        self._fail(failure) if failure else self._answer(202, {"reference": "kit-1"})

    def do_DELETE(self) -> None:
        """Take back the message whose identifier is in the address, or fail as the test wants."""
        failure = self.peer.take_failure()
        if failure in (None, Failure.HOSTILE, *_TAKEN):
            self.peer.cancelled += [name for name in self.peer.known if name in unquote(self.path)]
        self._fail(failure) if failure else self._answer(202, {"reference": "kit-1"})

    def do_PUT(self) -> None:
        """Take a message, as with POST."""
        self.do_POST()

    def _fail(self, failure: Failure) -> None:
        if failure in _SILENT:
            self.peer.wait()
        if failure in (*_SILENT, *_RESETS):
            self._reset()
        elif failure is Failure.HOSTILE:
            self._write(202, self.peer.hostile, {})
        elif failure is Failure.BUSY:
            self._answer(503, {"code": "busy"}, {"Retry-After": str(BUSY_SECONDS)})
        else:
            self._answer(_REFUSALS[failure], {"code": "no"}, {"Location": "http://127.0.0.1:9/elsewhere"})

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _answer(self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._write(status, json.dumps(document).encode(), {"Content-Type": "application/json"} | (headers or {}))

    def _write(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
