"""Simulates BE-Alert on one machine: accepts CAP messages over HTTP, stores them, and can be told to fail.

It checks the token when it has one, the schema, and the rules that the schema lacks. `GET /` shows each message as a
telephone would.
"""

import asyncio
import hashlib
import hmac
import os
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import files

import uvicorn
from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from buurtsein_kernel.problems import DomainError
from buurtsein_notifier.adapters.limits import targets
from buurtsein_notifier.cap import CapAlert, Level, from_xml, violations
from buurtsein_stack.bealert import phone
from buurtsein_stack.bealert.mailbox import Mailbox, Received
from buurtsein_stack.bealert.receipts import Receiver, counts, post
from buurtsein_stack.home import Home

__all__ = ["MODES", "SLOW_SECONDS", "Mailbox", "Peer", "load_schema", "main"]

HANG_SECONDS = 30
SLOW_SECONDS = 3
MODES = frozenset(
    {"none", "timeout", "timeout_after_accept", "500", "503_retry_after", "400", "reset", "reset_after_accept"}
    | {"401", "302", "404_page", "hostile_reference", "slow", "full", "wrong", "partial", "down"}
)


class Faults:
    """Stores how many of the next deliveries must fail, and in which way."""

    def __init__(self) -> None:
        """Start with no fault set, so that every delivery succeeds."""
        self.mode, self.times = "none", 0

    def set(self, mode: str, times: int) -> None:
        """Make the next `times` deliveries fail in the given mode; `down` lasts until another mode is set."""
        self.mode, self.times = mode, times

    @property
    def is_down(self) -> bool:
        """Return whether every connection is dropped."""
        return self.mode == "down"

    def take(self) -> str:
        """Return how the next delivery must fail (`none` for success), and count this delivery."""
        if self.is_down:
            return "down"
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


def read_message(body: bytes, schema: etree.XMLSchema) -> CapAlert:
    """Return a CAP message that is valid by the schema and by the rules that the schema lacks.

    Raises:
        ValueError: the text is not XML, not CAP 1.2, or against a rule; the message says which.
    """
    try:
        schema.assertValid(etree.fromstring(body, etree.XMLParser(no_network=True, resolve_entities=False)))
        message = from_xml(body)
    except (etree.XMLSyntaxError, etree.DocumentInvalid) as error:
        raise ValueError(str(error)) from error
    except DomainError as error:
        raise ValueError(error.code) from error
    wrong = [one.code for one in violations(message, now=datetime.now(UTC)) if one.level is Level.ERROR]
    if wrong:
        raise ValueError(" ".join(wrong))
    return message


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

    def __init__(self, mailbox: Mailbox, schema: etree.XMLSchema, token: str | None = None) -> None:
        """Take the store of messages, the schema, and the token that a sender must have (None: no token is needed)."""
        self.mailbox, self.schema, self.faults = mailbox, schema, Faults()
        self.token = token
        self.receiver: Receiver | None = None
        self._posting: set[asyncio.Task[None]] = set()
        self.answers: dict[str, Callable[[], Response]] = {
            "500": lambda: problem(500, "internal", "told to fail"),
            "400": lambda: problem(400, "refused", "told to refuse"),
            "503_retry_after": self._busy,
            "401": lambda: problem(401, "token", "told to know nobody"),
            "302": lambda: RedirectResponse("/elsewhere", 302),
            "404_page": lambda: HTMLResponse("<h1>Onderhoud</h1>", 404),
            "full": lambda: problem(507, "full", "told to be full"),
            "down": Dropped,
        }

    async def post_alert(self, request: Request) -> Response:
        """Accept one CAP message: answer 202 with a reference and the networks, or 400 with a reason."""
        fault, body = self.faults.take(), await request.body()
        if fault in self.answers:
            return self.answers[fault]()
        if fault in {"timeout", "reset"}:
            return await self._vanish(fault)
        if not self._knows(request):
            return problem(401, "token", "send the token")
        if not request.headers.get("content-type", "").startswith("application/cap+xml"):
            return problem(415, "media-type", "send application/cap+xml")
        try:
            message = read_message(body, self.schema)
        except ValueError as error:
            return problem(400, "invalid-cap", str(error))
        some = sorted(targets(message))[:1] if fault == "partial" else None
        received = self.mailbox.add(message.identifier, body.decode(), some)
        self._post_later(received)
        if fault == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        return await self._vanish(fault) if fault.endswith("_after_accept") else _taken(message, some, fault)

    async def list_alerts(self, _: Request) -> Response:
        """Return all received messages."""
        return JSONResponse([asdict(message) for message in self.mailbox.newest_last()])

    async def get_alert(self, request: Request) -> Response:
        """Return one message with its receipts, so that a sender can check what became of it.

        The status is 207 when the message was taken for some networks only, and 404 when it was never received.
        """
        if self.faults.is_down:
            return Dropped()
        message = self.mailbox.messages.get(request.path_params["identifier"])
        if message is None:
            return problem(404, "unknown", "never received")
        body = asdict(message) | {"receipts": list(counts(message))}
        return JSONResponse(body, 200 if message.networks is None else 207)

    async def show(self, _: Request) -> Response:
        """Return the page with each message as a telephone shows it."""
        return HTMLResponse(phone.page(self.mailbox.newest_last()), headers=phone.HEADERS)

    async def set_receiver(self, request: Request) -> Response:
        """Set the address to which receipts of the next messages go: `{"url": ..., "secret": ..., "seconds": n}`."""
        wanted = await request.json()
        self.receiver = Receiver(wanted["url"], wanted["secret"], float(wanted.get("seconds", 0)))
        return JSONResponse({"url": self.receiver.url})

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
                Route("/", self.show),
                Route("/receivers", self.set_receiver, methods=["POST"]),
                Route("/faults", self.set_faults, methods=["POST"]),
                Route("/health/live", self.health),
                Route("/health/ready", self.health),
            ]
        )
        return with_transport(routes)

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "").encode()
        return self.token is None or hmac.compare_digest(given, f"Bearer {self.token}".encode())

    def _post_later(self, received: Received) -> None:
        if self.receiver:
            task = asyncio.create_task(post(received, self.receiver))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)

    def _busy(self) -> Response:
        answer = problem(503, "busy", "told to be busy")
        answer.headers["Retry-After"] = "1"
        return answer

    async def _vanish(self, fault: str) -> Response:
        if fault.startswith("timeout"):
            await asyncio.sleep(HANG_SECONDS)
        return Dropped()


def _taken(message: CapAlert, some: list[str] | None, fault: str) -> Response:
    """Return the response for a stored message: 202, or 207 when it was accepted for some of its networks only."""
    reference = hashlib.sha256(message.identifier.encode()).hexdigest()[:16]
    if fault == "wrong":
        return Response(b"\xff{not json", 202, media_type="application/json")
    if some is not None:
        return JSONResponse({"reference": reference, "networks": some}, 207)
    told = "a\x00b" if fault == "hostile_reference" else reference
    return JSONResponse({"reference": told, "networks": sorted(targets(message))}, 202)


def main() -> int:
    """Serve on `BEALERT_PORT` of `BEALERT_HOST` (127.0.0.1); refuse to start in the production profile.

    With `BEALERT_TOKEN`, a sender must have this token.
    """
    if os.environ.get("BUURTSEIN_PROFILE") == "production":
        print("bealert: a simulator, never for production", file=sys.stderr)  # noqa: T201
        return 2
    peer = Peer(Mailbox(Home.default().bealert), load_schema(), os.environ.get("BEALERT_TOKEN"))
    host, port = os.environ.get("BEALERT_HOST", "127.0.0.1"), int(os.environ["BEALERT_PORT"])
    uvicorn.run(peer.app(), host=host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=1)
    return 0
