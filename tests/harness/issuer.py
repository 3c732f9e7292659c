"""Runs a fake OpenID Connect issuer for tests, and makes access tokens that the issuer has signed."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "two"})


def published(*keys: RSAKey) -> dict[str, Any]:
    """Return the JSON Web Key Set with the public parts of these keys."""
    return {"keys": [key.as_dict(private=False) for key in keys]}


class _Answer(BaseHTTPRequestHandler):
    server: "Issuer"

    def do_GET(self) -> None:
        issuer = self.server
        issuer.asked += self.path != "/jwks"
        issuer.speaking.wait(20)
        body = json.dumps(issuer.keys if self.path == "/jwks" else issuer.document()).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Write no log."""


class Issuer(ThreadingHTTPServer):
    """A fake OpenID Connect issuer that publishes its keys in `keys` and counts the requests for its metadata."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Start to listen for requests; with a TLS context, serve https instead of http."""
        super().__init__(("127.0.0.1", 0), _Answer)
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_address[1]}"
        self.keys: Any = published(KEY)
        self.keys_address = f"{self.address}/jwks"
        self.more: dict[str, str] = {}
        """Members that a test adds to the issuer's discovery document."""
        self.asked = 0
        self.speaking = threading.Event()
        """While this is not set, the issuer accepts requests and does not answer."""
        self.speaking.set()
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def document(self) -> dict[str, str]:
        """Return the OpenID Connect discovery document of this issuer."""
        return {"jwks_uri": self.keys_address} | self.more

    def handle_error(self, *_: Any) -> None:
        """Write no log about clients that close the connection early."""


@contextmanager
def issuing(tls: ssl.SSLContext | None = None) -> Iterator[Issuer]:
    """Yield a running fake issuer, whose keys and answers a test can change."""
    server = Issuer(tls)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.speaking.set()
        server.shutdown()
        server.server_close()


@contextmanager
def running_issuer() -> Iterator[str]:
    """Yield the address of a running fake issuer without faults."""
    with issuing() as server:
        yield server.address


def claims(issuer: str, **changed: Any) -> dict[str, Any]:
    """Return the claims of a valid access token."""
    now = int(time.time())
    return {"iss": issuer, "aud": "buurtsein", "sub": "somebody", "exp": now + 300, "roles": ["officer"]} | changed


def signed(content: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    """Return an access token with these claims, signed by the fake issuer."""
    return jwt.encode({"alg": "RS256", "kid": "one"} | header, content, key)
