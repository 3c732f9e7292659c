"""Tokens: only what the issuer signed, for us, not expired; whatever a token's header says."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from buurtsein_chassis.auth import TokenChecker, pseudonym
from buurtsein_chassis.problem import Problem

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "two"})


class Issuer(BaseHTTPRequestHandler):
    """An OpenID Connect issuer's two documents."""

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


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def checker(issuer: str) -> TokenChecker:
    return TokenChecker(issuer, "buurtsein", "roles", "k" * 32)


def claims(issuer: str, **changed: Any) -> dict[str, Any]:
    now = int(time.time())
    return {"iss": issuer, "aud": "buurtsein", "sub": "somebody", "exp": now + 300, "roles": ["officer"]} | changed


def signed(content: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"} | header, content, key)


async def test_a_good_token_tells_who_and_which_roles(checker: TokenChecker, issuer: str) -> None:
    caller = await checker.check(signed(claims(issuer)))
    assert caller.roles == {"officer"}
    assert caller.actor == pseudonym("k" * 32, issuer, "somebody")
    assert "somebody" not in caller.actor


async def test_a_pseudonym_needs_the_installations_key(issuer: str) -> None:
    assert pseudonym("a" * 32, issuer, "somebody") != pseudonym("b" * 32, issuer, "somebody")


async def test_roles_are_found_where_the_settings_say(issuer: str) -> None:
    nested = TokenChecker(issuer, "buurtsein", "realm_access.roles", "k" * 32)
    caller = await nested.check(signed(claims(issuer, realm_access={"roles": ["fod"]})))
    assert caller.roles == {"fod"}


def compact(header: dict[str, Any], content: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, content))
    return ".".join(parts)


def unsigned(content: dict[str, Any]) -> str:
    return compact({"alg": "none", "kid": "one"}, content) + "."


def hmac_with_the_public_key(issuer: str) -> str:
    text = compact({"alg": "HS256", "kid": "one"}, claims(issuer))
    mac = hmac.new(KEY.as_pem(private=False), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


BAD = {
    "expired": lambda i: signed(claims(i, exp=int(time.time()) - 60)),
    "wrong audience": lambda i: signed(claims(i, aud="elsewhere")),
    "wrong issuer": lambda i: signed(claims("https://evil.example")),
    "no subject": lambda i: signed({k: v for k, v in claims(i).items() if k != "sub"}),
    "no expiry": lambda i: signed({k: v for k, v in claims(i).items() if k != "exp"}),
    "alg none": lambda i: unsigned(claims(i)),
    "HS256 with the public key": hmac_with_the_public_key,
    "unknown kid": lambda i: signed(claims(i), OTHER, kid="two"),
    "another key under our kid": lambda i: signed(claims(i), OTHER, kid="one"),
    "its own key in the header": lambda i: signed(claims(i), OTHER, kid="one", jwk=OTHER.as_dict(private=False)),
    "a key address in the header": lambda i: signed(claims(i), OTHER, kid="one", jku="http://127.0.0.1:9/jwks"),
    "an unknown critical header": lambda i: signed(claims(i)).replace(".", "x.", 1),
    "nonsense": lambda _: "not.a.token",
    "empty": lambda _: "",
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
async def test_anything_else_is_refused(checker: TokenChecker, issuer: str, make: Any) -> None:
    with pytest.raises(Problem) as caught:
        await checker.check(make(issuer))
    assert (caught.value.status, caught.value.code) == (401, "invalid_token")


async def test_unknown_keys_do_not_make_us_ask_the_issuer_each_time(checker: TokenChecker, issuer: str) -> None:
    await checker.check(signed(claims(issuer)))
    before = Issuer.asked
    for _ in range(20):
        with pytest.raises(Problem):
            await checker.check(signed(claims(issuer), OTHER, kid="two"))
    assert Issuer.asked - before <= 1


async def test_without_an_issuer_it_says_so() -> None:
    lonely = TokenChecker("http://127.0.0.1:9", "buurtsein", "roles", "k" * 32)
    with pytest.raises(Problem) as caught:
        await lonely.check(signed(claims("http://127.0.0.1:9")))
    assert (caught.value.status, caught.value.code) == (503, "issuer_unavailable")
