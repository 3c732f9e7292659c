"""Runs a process that listens on a port and says that it is healthy, in place of a service in tests of the stack."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Well(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Write no log."""


if __name__ == "__main__":
    port = next(int(value) for name, value in os.environ.items() if name == f"{sys.argv[1].upper()}_PORT")
    ThreadingHTTPServer(("127.0.0.1", port), Well).serve_forever()
