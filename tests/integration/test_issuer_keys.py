"""A service fetches the issuer's keys rarely, and keeps them when the issuer fails."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from buurtsein_chassis.auth import TokenChecker
from buurtsein_chassis.problem import Problem
from harness.issuer import KEY, OTHER, Issuer, claims, issuing, published, signed
from harness.tls import private_authority
from harness.waiting import wait_until

AT_ONCE = 1.0
"""The seconds within which an answer counts as immediate; much less than the timeout for a silent issuer."""


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as server:
        yield server


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the issuer's keys expire as soon as they are fetched."""
    monkeypatch.setattr("buurtsein_chassis.issuer_keys.KEYS_FRESH_SECONDS", 0)


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the service fetch the issuer's keys at any time, without the usual minimum interval."""
    monkeypatch.setattr("buurtsein_chassis.issuer_keys.KEYS_RETRY_SECONDS", 0)


def checker(issuer: Issuer) -> TokenChecker:
    return TokenChecker(issuer.address, "buurtsein", "roles", "k" * 32)


def known(issuer: Issuer) -> str:
    return signed(claims(issuer.address))


def unknown(issuer: Issuer) -> str:
    return signed(claims(issuer.address), OTHER, kid="two")


async def answer(checker: TokenChecker, token: str) -> tuple[int, str]:
    """Send a request with this token; return the response's HTTP status and error code."""
    try:
        await checker.check(token)
    except Problem as problem:
        return problem.status, problem.code
    return 200, ""


GOOD, REFUSED, UNAVAILABLE = (200, ""), (401, "invalid_token"), (503, "issuer_unavailable")


async def together(checker: TokenChecker, tokens: list[str]) -> set[tuple[int, str]]:
    return set(await asyncio.gather(*(answer(checker, token) for token in tokens)))


@pytest.mark.usefixtures("stale")
async def test_many_tokens_with_unknown_keys_cause_one_fetch(issuer: Issuer) -> None:
    tokens = [signed(claims(issuer.address), OTHER, kid=f"junk-{number}") for number in range(50)]
    checking = checker(issuer)
    assert await together(checking, tokens) == {REFUSED}
    assert await together(checking, tokens) == {REFUSED}
    assert issuer.asked == 1


async def test_many_tokens_cause_one_fetch_from_an_issuer_that_fails(issuer: Issuer) -> None:
    issuer.keys = {"keys": []}
    checking = checker(issuer)
    assert await together(checking, [known(issuer)] * 50) == {UNAVAILABLE}
    assert await together(checking, [known(issuer)] * 50) == {UNAVAILABLE}
    assert issuer.asked == 1


@pytest.mark.usefixtures("stale", "due")
async def test_a_silent_issuer_does_not_slow_a_known_key(issuer: Issuer) -> None:
    checking = checker(issuer)
    await checking.check(known(issuer))
    issuer.speaking.clear()
    begun = time.monotonic()
    lost = asyncio.create_task(answer(checking, unknown(issuer)))
    assert await together(checking, [known(issuer)] * 5) == {GOOD}
    assert time.monotonic() - begun < AT_ONCE
    assert not lost.done()
    issuer.speaking.set()
    assert await lost == REFUSED
    assert issuer.asked == 2  # no second fetch began during the first one


async def test_a_client_that_disconnects_does_not_cancel_the_fetch(issuer: Issuer) -> None:
    issuer.speaking.clear()
    checking = checker(issuer)
    impatient, patient = (asyncio.create_task(answer(checking, known(issuer))) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    issuer.speaking.set()
    assert await patient == GOOD


@pytest.mark.usefixtures("stale", "due")
async def test_tokens_with_a_known_key_are_accepted_while_the_issuer_is_down() -> None:
    with issuing() as issuer:
        checking = checker(issuer)
        await checking.check(known(issuer))
    begun = time.monotonic()
    assert await together(checking, [known(issuer)] * 20) == {GOOD}
    assert await answer(checking, unknown(issuer)) == REFUSED
    assert time.monotonic() - begun < AT_ONCE


async def test_a_fetch_from_an_issuer_that_never_finishes_is_cancelled(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("buurtsein_chassis.issuer_keys.FETCH_SECONDS", 0.2)
    issuer.speaking.clear()
    begun = time.monotonic()
    assert await answer(checker(issuer), known(issuer)) == UNAVAILABLE
    assert time.monotonic() - begun < AT_ONCE


UNUSABLE: dict[str, Any] = {
    "empty": {"keys": []},
    "no set": {},
    "a list": [],
    "null": {"keys": None},
    "a key that is none": {"keys": [7]},
    "a kind that nobody knows": {"keys": [{"kty": "LATTICE", "kid": "one"}]},
    "a kind that is a list": {"keys": [{"kty": ["RSA"]}]},
    "half a key": {"keys": [{"kty": "RSA", "kid": "one"}]},
    "no point on its curve": {"keys": [{"kty": "EC", "kid": "one", "crv": "P-256", "x": "AA", "y": "AA"}]},
}


@pytest.mark.parametrize("keys", UNUSABLE.values(), ids=UNUSABLE)
@pytest.mark.usefixtures("due")
async def test_unusable_keys_do_not_replace_usable_ones(issuer: Issuer, keys: Any) -> None:
    checking = checker(issuer)
    await checking.check(known(issuer))
    issuer.keys = keys
    assert await answer(checking, unknown(issuer)) == REFUSED
    assert await answer(checking, known(issuer)) == GOOD
    assert await answer(checker(issuer), known(issuer)) == UNAVAILABLE


ENCRYPTS = OTHER.as_dict(private=False) | {"use": "enc", "alg": "RSA-OAEP"}
CURVE = ECKey.generate_key("P-256", {"kid": "curve"})
BESIDE: dict[str, Any] = {
    "a curve that nobody here knows": {"kty": "EC", "kid": "x", "crv": "brainpoolP256r1", "x": "AA", "y": "AA"},
    "a chain of certificates that is null": published(OTHER)["keys"][0] | {"x5c": None},
    "a use that nobody knows": published(OTHER)["keys"][0] | {"use": "tls"},
    "deeds without verify": published(OTHER)["keys"][0] | {"key_ops": ["wrapKey"]},
    "an algorithm that is not taken here": published(OTHER)["keys"][0] | {"alg": "PS512"},
    "a secret": {"kty": "oct", "kid": "x", "k": "AA"},
    "half a key": {"kty": "RSA", "kid": "x"},
    "a key of the same name that encrypts": ENCRYPTS | {"kid": "one"},
    "a key of the same name of another kind": CURVE.as_dict(private=False) | {"kid": "one"},
    "another signing key of the same name": published(OTHER)["keys"][0] | {"kid": "one"},
    "no key": 7,
    "null": None,
}


@pytest.mark.parametrize("rubbish", BESIDE.values(), ids=BESIDE)
@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
async def test_a_usable_key_is_used_whatever_else_is_in_the_set(issuer: Issuer, rubbish: Any, first: bool) -> None:
    good = published(KEY)["keys"][0]
    issuer.keys = {"keys": [rubbish, good] if first else [good, rubbish]}
    assert await answer(checker(issuer), known(issuer)) == GOOD


async def test_a_usable_key_may_have_a_certificate_chain_that_is_null(issuer: Issuer) -> None:
    issuer.keys = {"keys": [published(KEY)["keys"][0] | {"x5c": None, "x5t": None, "use": "sig", "alg": "RS256"}]}
    assert await answer(checker(issuer), known(issuer)) == GOOD


async def test_two_signing_keys_with_one_name_are_both_used(issuer: Issuer) -> None:
    curve = CURVE.as_dict(private=False) | {"kid": "one"}
    issuer.keys = {"keys": [curve, published(OTHER)["keys"][0] | {"kid": "one"}, *published(KEY)["keys"]]}
    tokens = [signed(claims(issuer.address), key, kid="one") for key in (KEY, OTHER)]
    by_curve = jwt.encode({"alg": "ES256", "kid": "one"}, claims(issuer.address), CURVE)
    assert await together(checker(issuer), [*tokens, by_curve]) == {GOOD}


async def test_an_encryption_key_verifies_no_signature(issuer: Issuer) -> None:
    issuer.keys = {"keys": [ENCRYPTS, *published(KEY)["keys"]]}
    assert await answer(checker(issuer), unknown(issuer)) == REFUSED


@pytest.mark.parametrize("address", ["", 5, "http://[::", "ftp://127.0.0.1/jwks"])
async def test_an_unusable_address_of_the_keys_gives_503(issuer: Issuer, address: Any) -> None:
    issuer.keys_address = address
    assert await answer(checker(issuer), known(issuer)) == UNAVAILABLE


async def test_without_an_issuer_requests_get_503_with_retry_after() -> None:
    lonely = TokenChecker("http://127.0.0.1:9", "buurtsein", "roles", "k" * 32)
    with pytest.raises(Problem) as caught:
        await lonely.check(signed(claims("http://127.0.0.1:9")))
    assert (caught.value.status, caught.value.code) == UNAVAILABLE
    assert caught.value.headers == {"Retry-After": "30"}


@pytest.mark.usefixtures("due")
async def test_a_new_key_is_fetched_with_the_first_token_that_names_it(issuer: Issuer) -> None:
    checking = checker(issuer)
    assert await answer(checking, unknown(issuer)) == REFUSED
    issuer.keys = published(KEY, OTHER)
    assert await together(checking, [unknown(issuer), known(issuer)]) == {GOOD}


@pytest.mark.usefixtures("stale", "due")
async def test_a_withdrawn_key_is_refused_after_the_next_fetch(issuer: Issuer) -> None:
    checking = checker(issuer)
    await checking.check(known(issuer))
    issuer.keys = published(OTHER)

    async def refused() -> bool:
        return await answer(checking, known(issuer)) == REFUSED

    await wait_until("the old key is refused", refused)
    assert await answer(checking, unknown(issuer)) == GOOD


async def test_keys_of_an_https_issuer_come_over_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca, shown = private_authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(ca))
    with issuing(shown) as issuer, issuing() as elsewhere:
        assert await answer(checker(issuer), known(issuer)) == GOOD
        issuer.keys_address = f"{elsewhere.address}/jwks"
        assert await answer(checker(issuer), known(issuer)) == UNAVAILABLE
