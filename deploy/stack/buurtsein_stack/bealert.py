"""Simulates BE-Alert on one machine: accepts CAP messages over HTTP, stores them, and can be told to fail.

Invariant: a message that was answered with 202 is on disk and survives a restart. `deliveries` counts the accepted POST
requests for each identifier, so that a second delivery of the same message is visible.
"""

import asyncio
import hashlib
import json
import os
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import uvicorn
from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from buurtsein_stack.home import Home

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
HANG_SECONDS = 30
MODES = frozenset(
    {"none", "timeout", "timeout_after_accept", "500", "503_retry_after", "400", "reset", "reset_after_accept"}
    | {"401", "302", "404_page", "hostile_reference"}
)


@dataclass(frozen=True, slots=True)
class Received:
    """One CAP message that the simulator received, and how often it was delivered."""

    identifier: str
    received_at: str
    xml: str
    deliveries: int


class Mailbox:
    """Stores each received message as an XML file and a JSON file, whose name is a hash of the message's identifier."""

    def __init__(self, folder: Path) -> None:
        """Read the messages that an earlier run stored in the folder."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        kept = (self._read(path) for path in sorted(folder.glob("*.json")))
        self.messages = {message.identifier: message for message in kept}

    def add(self, identifier: str, xml: str) -> Received:
        """Store a message; when its identifier is already known, keep the first text and only count the delivery."""
        known = self.messages.get(identifier)
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        message = Received(identifier, now, xml, 1)
        if known:
            message = Received(identifier, known.received_at, known.xml, known.deliveries + 1)
        self._write(message)
        self.messages[identifier] = message
        return message

    def newest_last(self) -> list[Received]:
        """Return all stored messages, oldest first."""
        return sorted(self.messages.values(), key=lambda message: message.received_at)

    def _read(self, path: Path) -> Received:
        return Received(xml=path.with_suffix(".xml").read_text(), **json.loads(path.read_text()))

    def _write(self, message: Received) -> None:
        path = self.folder / hashlib.sha256(message.identifier.encode()).hexdigest()[:32]
        path.with_suffix(".xml").write_text(message.xml)
        facts = {key: value for key, value in asdict(message).items() if key != "xml"}
        new = path.with_suffix(".new")
        new.write_text(json.dumps(facts))
        new.rename(path.with_suffix(".json"))


class Faults:
    """Stores how many of the next deliveries must fail, and in which way."""

    def __init__(self) -> None:
        """Start with no fault set, so that every delivery succeeds."""
        self.mode, self.times = "none", 0

    def set(self, mode: str, times: int) -> None:
        """Make the next `times` deliveries fail in the given mode."""
        self.mode, self.times = mode, times

    def take(self) -> str:
        """Return how the next delivery must fail (`none` for success), and count this delivery."""
        if self.times <= 0:
            return "none"
        self.times -= 1
        return self.mode


def load_schema() -> etree.XMLSchema:
    """Load the XML schema of CAP 1.2, which is part of the notifier's package."""
    text = files("buurtsein_notifier").joinpath("cap", "schema", "CAP-v1.2.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text, etree.XMLParser(no_network=True, resolve_entities=False)))


def problem(status: int, code: str, detail: str) -> JSONResponse:
    """Return an error response in the format of RFC 9457 (problem details)."""
    body = {"title": code, "status": status, "code": code, "detail": detail}
    return JSONResponse(body, status, media_type="application/problem+json")


def read_identifier(body: bytes, schema: etree.XMLSchema) -> str:
    """Return the identifier of a valid CAP message.

    Raises:
        ValueError: the text is not XML or not CAP 1.2; the message says where.
    """
    try:
        document = etree.fromstring(body, etree.XMLParser(no_network=True, resolve_entities=False))
        schema.assertValid(document)
    except (etree.XMLSyntaxError, etree.DocumentInvalid) as error:
        raise ValueError(str(error)) from error
    return str(document.findtext(f"{CAP}identifier"))


class Dropped(Response):
    """An ASGI response that resets the connection instead of answering."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Close the socket with RST, and wait until uvicorn has noticed, so that it does not expect a response."""
        transport: asyncio.Transport = scope["transport"]
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0)


def with_transport(app: ASGIApp) -> ASGIApp:
    """Add uvicorn's transport to the ASGI scope, because `Dropped` needs it."""

    async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
        scope["transport"] = getattr(getattr(send, "__self__", None), "transport", None)
        await app(scope, receive, send)

    return outermost


class Peer:
    """The HTTP routes of the simulated BE-Alert."""

    def __init__(self, mailbox: Mailbox, schema: etree.XMLSchema) -> None:
        """Take the mailbox that stores the messages."""
        self.mailbox, self.schema, self.faults = mailbox, schema, Faults()
        self.answers: dict[str, Callable[[], Response]] = {
            "500": lambda: problem(500, "internal", "told to fail"),
            "400": lambda: problem(400, "refused", "told to refuse"),
            "503_retry_after": self._busy,
            "401": lambda: problem(401, "token", "told to know nobody"),
            "302": lambda: RedirectResponse("/elsewhere", 302),
            "404_page": lambda: HTMLResponse("<h1>Onderhoud</h1>", 404),
        }

    async def post_alert(self, request: Request) -> Response:
        """Accept one CAP message: answer 202 with a reference, or 400 with a reason."""
        fault, body = self.faults.take(), await request.body()
        if fault in self.answers:
            return self.answers[fault]()
        if fault in {"timeout", "reset"}:
            return await self._vanish(fault)
        if not request.headers.get("content-type", "").startswith("application/cap+xml"):
            return problem(415, "media-type", "send application/cap+xml")
        try:
            identifier = read_identifier(body, self.schema)
        except ValueError as error:
            return problem(400, "invalid-cap", str(error))
        self.mailbox.add(identifier, body.decode())
        if fault.endswith("_after_accept"):
            return await self._vanish(fault)
        reference = hashlib.sha256(identifier.encode()).hexdigest()[:16]
        return JSONResponse({"reference": "a\x00b" if fault == "hostile_reference" else reference}, 202)

    async def list_alerts(self, _: Request) -> Response:
        """Return all received messages."""
        return JSONResponse([asdict(message) for message in self.mailbox.newest_last()])

    async def get_alert(self, request: Request) -> Response:
        """Return one message or 404, so that a sender whose answer was lost can check whether it was accepted."""
        message = self.mailbox.messages.get(request.path_params["identifier"])
        return JSONResponse(asdict(message)) if message else problem(404, "unknown", "never received")

    async def set_faults(self, request: Request) -> Response:
        """Make the next deliveries fail; the body is `{"mode": ..., "times": n}`."""
        wanted = await request.json()
        if wanted.get("mode") not in MODES:
            return problem(400, "mode", f"one of {', '.join(sorted(MODES))}")
        self.faults.set(wanted["mode"], int(wanted.get("times", 1)))
        return JSONResponse({"mode": self.faults.mode, "times": self.faults.times})

    async def health(self, _: Request) -> Response:
        """Answer 200 while the simulator runs."""
        return PlainTextResponse("ok")

    def app(self) -> ASGIApp:
        """Return the ASGI application of the simulated BE-Alert, with all its routes."""
        routes = Starlette(
            routes=[
                Route("/alerts", self.post_alert, methods=["POST"]),
                Route("/alerts", self.list_alerts, methods=["GET"]),
                Route("/alerts/{identifier:path}", self.get_alert),
                Route("/faults", self.set_faults, methods=["POST"]),
                Route("/health/live", self.health),
                Route("/health/ready", self.health),
            ]
        )
        return with_transport(routes)

    def _busy(self) -> Response:
        answer = problem(503, "busy", "told to be busy")
        answer.headers["Retry-After"] = "1"
        return answer

    async def _vanish(self, fault: str) -> Response:
        if fault.startswith("timeout"):
            await asyncio.sleep(HANG_SECONDS)
        return Dropped()


def main() -> int:
    """Serve on `BEALERT_PORT` of `BEALERT_HOST` (127.0.0.1); refuse to start in the production profile."""
    if os.environ.get("BUURTSEIN_PROFILE") == "production":
        print("bealert: a simulator, never for production", file=sys.stderr)  # noqa: T201
        return 2
    peer = Peer(Mailbox(Home.default().bealert), load_schema())
    host, port = os.environ.get("BEALERT_HOST", "127.0.0.1"), int(os.environ["BEALERT_PORT"])
    uvicorn.run(peer.app(), host=host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
