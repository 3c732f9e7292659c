"""Runs a fake collector of traces that keeps the received bytes, so that a test can search them."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Collector(ThreadingHTTPServer):
    """A fake trace collector on a free port of this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Keeping)
        self.received: list[bytes] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1/traces"

    @property
    def text(self) -> str:
        return b"\n".join(self.received).decode(errors="replace")


class _Keeping(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:  # the name that http.server calls
        self.server.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # http.server's own name
        pass


@contextmanager
def collecting() -> Iterator[Collector]:
    """Yield a running fake trace collector."""
    collector = Collector()
    Thread(target=collector.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        collector.shutdown()
        collector.server_close()
