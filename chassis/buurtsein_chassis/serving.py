"""Runs the HTTP server of one process: opens its ports and drains it when it must stop.

Invariant: after SIGTERM, a process that answers requests reports at once that it is not ready, and answers requests for
`drain_seconds` more. Then its ports close and the running requests end. By that time a load balancer has stopped
sending requests.
"""

import signal
import socket
import time
from types import FrameType

import uvicorn

from buurtsein_chassis.composition import build_app
from buurtsein_chassis.health import Health
from buurtsein_chassis.request_limits import MAX_HEAD_BYTES
from buurtsein_chassis.service import Service
from buurtsein_chassis.settings import ServiceSettings
from buurtsein_chassis.starting import bound
from buurtsein_chassis.tasks import Role


class DrainingServer(uvicorn.Server):
    """A uvicorn server that waits some seconds after SIGTERM before it closes its ports.

    A second signal or Ctrl-C ends the wait.
    """

    def __init__(self, config: uvicorn.Config, health: Health, drain_seconds: float) -> None:
        """Take the health object, whose `draining` is set when the process begins to stop, and the seconds to drain."""
        super().__init__(config)
        self._health = health
        self._drain_seconds = drain_seconds
        self._leave_at = float("inf")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain at the first SIGTERM; stop at once at any other signal."""
        first = self.started and not self._health.draining
        self._health.draining = True
        if first and sig == signal.SIGTERM and self._drain_seconds:
            self._captured_signals.append(sig)
            self._leave_at = time.monotonic() + self._drain_seconds
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Return whether the server must stop; uvicorn calls this method ten times a second."""
        self.should_exit = self.should_exit or time.monotonic() >= self._leave_at
        return await super().on_tick(counter)


def serve(service: Service, roles: frozenset[Role], ports: list[socket.socket]) -> None:
    """Run the HTTP server on these sockets until the process gets SIGTERM or Ctrl-C."""
    settings = service.settings
    app = build_app(service, roles)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        http="h11",  # h11 limits the size of the headers; another installed parser would not
        ws="none",
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        h11_max_incomplete_event_size=2 * MAX_HEAD_BYTES,
        timeout_graceful_shutdown=int(settings.graceful_seconds),
    )
    drain_seconds = settings.drain_seconds if Role.API in roles else 0
    DrainingServer(config, app.state.health, drain_seconds).run(ports)


def sockets(settings: ServiceSettings) -> list[socket.socket]:
    """Return bound sockets for the public and the internal port; raise CommandError for an unusable port."""
    prefix = settings.model_config.get("env_prefix", "")
    asked = {"PORT": (settings.host, settings.port), "INTERNAL_PORT": (settings.internal_host, settings.internal_port)}
    return [bound(f"{prefix}{name}", host, port) for name, (host, port) in asked.items() if port is not None]
