"""Only tokens are accepted that the issuer signed for us and that have not expired, whatever their header says."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from structlog.testing import capture_logs

from buurtsein_chassis.auth import TokenChecker, pseudonym
from buurtsein_chassis.problem import Problem
from harness.issuer import KEY, OTHER, claims, issuing, running_issuer, signed


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with running_issuer() as address:
        yield address


@pytest.fixture
def checker(issuer: str) -> TokenChecker:
    return TokenChecker(issuer, "buurtsein", "roles", "k" * 32)


async def test_a_valid_token_gives_the_caller_and_the_roles(checker: TokenChecker, issuer: str) -> None:
    caller = await checker.check(signed(claims(issuer)))
    assert caller.roles == {"officer"}
    assert caller.actor == pseudonym("k" * 32, issuer, "somebody")
    assert "somebody" not in caller.actor


async def test_a_pseudonym_depends_on_the_key_of_the_installation(issuer: str) -> None:
    assert pseudonym("a" * 32, issuer, "somebody") != pseudonym("b" * 32, issuer, "somebody")


ROLES_AT: dict[str, tuple[str, dict[str, Any]]] = {
    "one level down": ("realm_access.roles", {"realm_access": {"roles": ["fod"]}}),
    "a claim that is an address": ("https://bin.example.be/roles", {"https://bin.example.be/roles": ["fod"]}),
    "a client with a dot": (
        r"resource_access.bin\.aalst.roles",
        {"resource_access": {"bin.aalst": {"roles": ["fod"]}}},
    ),
    "the name as it is, before a way down": ("a.b", {"a.b": ["fod"], "a": {"b": ["officer"]}}),
    "one text": ("role", {"role": "fod"}),
    "an address under a claim": (
        r"ext.https://bin\.example\.be/roles",
        {"ext": {"https://bin.example.be/roles": "fod"}},
    ),
}


@pytest.mark.parametrize(("path", "more"), ROLES_AT.values(), ids=ROLES_AT)
async def test_roles_are_read_from_the_claim_in_the_settings(issuer: str, path: str, more: dict[str, Any]) -> None:
    nested = TokenChecker(issuer, "buurtsein", path, "k" * 32)
    assert (await nested.check(signed(claims(issuer, **more)))).roles == {"fod"}


async def test_a_token_without_roles_is_counted_and_logged_without_its_content(
    checker: TokenChecker, issuer: str
) -> None:
    with capture_logs() as logged:
        await checker.check(signed(claims(issuer, roles=[])))
    assert logged == [{"event": "token.no_known_role", "reason": "none", "log_level": "warning"}]


@pytest.mark.parametrize("set_to", ["", "/", "/realms/bin", "/realms/bin/"])
async def test_the_issuer_of_a_token_must_equal_the_setting_exactly(set_to: str) -> None:
    with issuing() as server:
        name = server.address + set_to
        checker = TokenChecker(name, "buurtsein", "roles", "k" * 32)
        caller = await checker.check(signed(claims(name)))
        assert caller.actor == pseudonym("k" * 32, name, "somebody")
        other = name.removesuffix("/") if name.endswith("/") else f"{name}/"
        with pytest.raises(Problem, match="invalid_token"):
            await checker.check(signed(claims(other)))


async def test_an_issuer_with_another_name_in_its_metadata_is_logged() -> None:
    with issuing() as server, capture_logs() as logged:
        server.more = {"issuer": f"{server.address}/"}
        await TokenChecker(server.address, "buurtsein", "roles", "k" * 32).check(signed(claims(server.address)))
    assert [line["event"] for line in logged] == ["issuer.named_otherwise"]


def part(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(content: dict[str, Any]) -> str:
    return f"{part({'alg': 'none', 'kid': 'one'})}.{part(content)}."


def hmac_with_the_public_key(issuer: str) -> str:
    text = f"{part({'alg': 'HS256', 'kid': 'one'})}.{part(claims(issuer))}"
    return f"{text}.{part(hmac.new(KEY.as_pem(private=False), text.encode(), hashlib.sha256).digest())}"


def raw(header: Any, content: Any) -> str:
    """Return a token with this content, signed with the right key; a library would refuse to make some of these."""
    text = f"{part(header)}.{part(content)}"
    assert KEY.private_key
    signature = KEY.private_key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}.{part(signature)}"


def headed(issuer: str, **header: Any) -> str:
    return raw({"alg": "RS256", "kid": "one"} | header, claims(issuer))


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
    "a certificate address in the header": lambda i: signed(claims(i), OTHER, kid="one", x5u="http://127.0.0.1:9"),
    "an unknown critical header": lambda i: headed(i, crit=["zip"], zip="x"),
    "critical headers that are a number": lambda i: headed(i, crit=1),
    "critical headers that are nothing": lambda i: headed(i, crit=None),
    "an unencoded payload": lambda i: headed(i, crit=["b64"], b64=False),
    "another algorithm of the same key": lambda i: headed(i, alg="PS256"),
    "an algorithm of another kind of key": lambda i: headed(i, alg="ES256"),
    "an algorithm that is a list": lambda i: headed(i, alg=["RS256"]),
    "NONE": lambda i: headed(i, alg="NONE"),
    "no kid": lambda i: raw({"alg": "RS256"}, claims(i)),
    "a kid that is a list": lambda i: headed(i, kid=["one"]),
    "a changed header": lambda i: signed(claims(i)).replace(".", "x.", 1),
    "changed claims": lambda i: signed(claims(i)).replace(".", ".e", 1),
    "no signature": lambda i: signed(claims(i)).rpartition(".")[0] + ".",
    "not yet": lambda i: signed(claims(i, nbf=int(time.time()) + 600)),
    "a subject that is no text": lambda i: raw({"alg": "RS256", "kid": "one"}, claims(i, sub=["a"])),
    "a subject that is half a character": lambda i: raw({"alg": "RS256", "kid": "one"}, claims(i, sub="\ud800")),
    "an empty subject": lambda i: signed(claims(i, sub="")),
    "an end that is text": lambda i: raw({"alg": "RS256", "kid": "one"}, claims(i, exp="2099")),
    "an end that never comes": lambda i: raw({"alg": "RS256", "kid": "one"}, claims(i, exp=float("inf"))),
    "an end that is no number": lambda i: raw({"alg": "RS256", "kid": "one"}, claims(i, exp=float("nan"))),
    "claims that are a list": lambda _: raw({"alg": "RS256", "kid": "one"}, [1]),
    "claims that are no JSON": lambda _: raw({"alg": "RS256", "kid": "one"}, b"\xff"),
    "a header that is a list": lambda i: raw(["RS256"], claims(i)),
    "a deep header": lambda _: f"{part(b'[' * 100_000)}.e30.x",
    "deep claims": lambda _: raw({"alg": "RS256", "kid": "one"}, b"[" * 100_000),
    "an encrypted token": lambda _: "a.b.c.d.e",
    "no ASCII": lambda _: "é.é.é",
    "nonsense": lambda _: "not.a.token",
    "empty": lambda _: "",
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
async def test_an_invalid_token_is_refused(checker: TokenChecker, issuer: str, make: Any) -> None:
    with pytest.raises(Problem) as caught:
        await checker.check(make(issuer))
    assert (caught.value.status, caught.value.code) == (401, "invalid_token")


async def test_roles_that_are_not_text_are_ignored(checker: TokenChecker, issuer: str) -> None:
    for roles in (7, [["officer"]], {"officer": True}, None):
        assert (await checker.check(signed(claims(issuer, roles=roles)))).roles == frozenset()
