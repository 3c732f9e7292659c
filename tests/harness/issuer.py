"""An OpenID Connect issuer of the tests' own: its two documents, and tokens in its name."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from joserfc import jwt
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "two"})


class Issuer(BaseHTTPRequestHandler):
    """Publishes KEY and not OTHER; counts how often it is asked."""

    keys: ClassVar[list[RSAKey]] = [KEY]
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += self.path == "/jwks"
        url = f"http://{self.headers['Host']}"
        keys = {"keys": [key.as_dict(private=False) for key in self.keys]}
        body = json.dumps(keys if self.path == "/jwks" else {"jwks_uri": f"{url}/jwks"}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@contextmanager
def running_issuer() -> Iterator[str]:
    """Its address, while it answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def claims(issuer: str, **changed: Any) -> dict[str, Any]:
    """What a good token says."""
    now = int(time.time())
    return {"iss": issuer, "aud": "buurtsein", "sub": "somebody", "exp": now + 300, "roles": ["officer"]} | changed


def signed(content: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    """A token."""
    return jwt.encode({"alg": "RS256", "kid": "one"} | header, content, key)
