"""Authenticates callers by bearer tokens of an OpenID Connect issuer, checked against the issuer's published keys.

Invariant: the key comes from the issuer's own key set, never from the token's header, and only asymmetric algorithms
are accepted. A caller is known by a pseudonym that is the same in every service.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError

from buurtsein_chassis import metrics
from buurtsein_chassis.issuer_keys import ALGORITHMS, IssuerKeys
from buurtsein_chassis.limits import RateLimits
from buurtsein_chassis.problem import Problem

LEEWAY_SECONDS = 30
log = structlog.get_logger("auth")
_BETWEEN_NAMES = re.compile(r"(?<!\\)\.")
_NOT_GOOD = (JoseError, ValueError, TypeError, AttributeError)
"""The exceptions that the library raises for a bad token; the last two come from header values of an unexpected
type."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The sender of a request with a valid token: a pseudonym (`actor`) and the roles of the token."""

    actor: str
    roles: frozenset[str]


def pseudonym(key: str, issuer: str, subject: str) -> str:
    """Return the pseudonym of a person: `p` and the first 128 bits, in hex, of an HMAC-SHA256 of issuer and subject."""
    return "p" + hmac.new(key.encode(), f"{issuer}\n{subject}".encode(), hashlib.sha256).hexdigest()[:32]


class TokenChecker:
    """Checks bearer tokens of one issuer, which must be meant for one audience."""

    def __init__(self, issuer: str, audience: str, roles_claim: str, pseudonym_key: str) -> None:
        """Make a checker of an issuer's tokens; `issuer` must equal the claim `iss` exactly, also in a final slash."""
        self._issuer = issuer
        self._roles_claim = roles_claim
        self._pseudonym_key = pseudonym_key
        self._keys = IssuerKeys(self._issuer)
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def check(self, token: str) -> Caller:
        """Return the caller whom a bearer token names.

        A token with a known key is checked at once. For an unknown key, the issuer's keys are fetched first, unless
        they were fetched a short time ago.

        Raises:
            Problem: 401 when the token is not valid, 503 as long as no key of the issuer could be fetched.
        """
        await self._keys.ready()
        try:
            caller = self._caller(token)
        except _UnknownKey:
            await self._keys.renewed()
            caller = self._caller_or_refused(token)
        except _NOT_GOOD as error:
            raise _invalid_token() from error
        if not caller.roles:
            _tell_no_known_role("none")
        return caller

    def _caller_or_refused(self, token: str) -> Caller:
        try:
            return self._caller(token)
        except _NOT_GOOD as error:
            raise _invalid_token() from error

    def _caller(self, token: str) -> Caller:
        decoded = self._verified(token)
        self._claims.validate(decoded.claims)
        person = pseudonym(self._pseudonym_key, self._issuer, decoded.claims["sub"])
        return Caller(person, roles_in(decoded.claims, self._roles_claim))

    def _verified(self, token: str) -> jwt.Token:
        """Return the decoded token if a key of the issuer verifies its signature; else raise the JWT library's error.

        While the issuer replaces a key two keys may have one name, so each that fits is tried.
        """
        header = jws.extract_compact(token.encode()).headers()
        keys = self._keys.find(header.get("kid"), header.get("alg"))
        if not keys:
            raise _UnknownKey
        for key in keys[:-1]:
            with suppress(BadSignatureError):
                return jwt.decode(token, key, algorithms=[*ALGORITHMS])
        return jwt.decode(token, keys[-1], algorithms=[*ALGORITHMS])


class _UnknownKey(ValueError):
    """Raised when a token names a key that the issuer did not publish at the last fetch."""


def _invalid_token() -> Problem:
    return Problem(401, "invalid_token", "Uw aanmelding is niet geldig of is verlopen. Meld u opnieuw aan.")


def _tell_no_known_role(reason: str) -> None:
    """Log and count a valid token without a known role, because the setting `oidc_roles_claim` may be wrong.

    The log line contains nothing of the token.
    """
    metrics.ROLELESS.labels(reason).inc()
    log.warning("token.no_known_role", reason=reason)


def roles_in(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    r"""Return the roles in a token's claims; the claim may hold one role as a string, or a list of roles.

    Args:
        claims: The claims of the token.
        path: The name of the claim. When the token has no claim with this name, the path is read as the names of
            nested claims with dots between them; `\.` stands for a dot in a name.
    """
    found = claims[path] if path in claims else _at(claims, path)
    listed = [found] if isinstance(found, str) else found
    return frozenset(role for role in listed if isinstance(role, str)) if isinstance(listed, list) else frozenset()


def _at(claims: Mapping[str, Any], path: str) -> Any:
    found: Any = claims
    for name in _BETWEEN_NAMES.split(path):
        found = found.get(name.replace("\\.", ".")) if isinstance(found, Mapping) else None
    return found


_bearer = HTTPBearer(auto_error=False, description="Token of the OpenID Connect issuer")

type Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class Access:
    """A route's declaration of who may call it; a service does not start when a route declares nothing."""

    def __init__(self, *roles: str, public: bool = False) -> None:
        """Declare the roles of which a caller must have one; `public` also allows calls without a token."""
        self.roles = frozenset(roles)
        self.public = public

    async def __call__(self, request: Request, _documented: Credentials) -> Caller | None:
        """Return the caller, or None for a call without a token on a public route.

        Raises:
            Problem: 401 without a valid token, 403 without one of the roles, 503 as long as no key of the issuer
                could be fetched.
        """
        called: Called = request.state.called
        if called.refusal:
            raise called.refusal
        caller = called.caller
        if caller is None:
            if self.public:
                return None
            raise Problem(401, "token_missing", "Meld u eerst aan.")
        if not self.public and not self.roles & caller.roles:
            if caller.roles and not caller.roles & request.app.state.known_roles:
                _tell_no_known_role("unknown")
            raise Problem(403, "role_missing", "U hebt niet de rol die hiervoor nodig is.")
        return caller


@dataclass(frozen=True, slots=True)
class Called:
    """The caller of a request; `caller` is None for a request without a valid token.

    When the client sent an invalid token, `refusal` is the error to answer.
    """

    caller: Caller | None = None
    refusal: Problem | None = None


async def counted(request: Request) -> Called:
    """Count a request against the rate limit, and return its caller.

    A request with a valid token counts for its pseudonym. A request without one counts for its network address.

    Raises:
        Problem: 429 when the limit is exceeded.
    """
    called = await _called(request)
    limits: RateLimits = request.app.state.limits
    if called.caller:
        limits.known(called.caller.actor)
    else:
        limits.anonymous(request.client.host if request.client else "")
    return called


async def _called(request: Request) -> Called:
    shown = await _bearer(request)
    if shown is None:
        return Called()
    try:
        return Called(await request.app.state.tokens.check(shown.credentials))
    except Problem as refusal:
        return Called(refusal=refusal)


ANYONE = Access(public=True)


def allow(*roles: str) -> Any:
    """Return the FastAPI dependency that gives a route its caller, who must have one of these roles."""
    return Depends(Access(*roles))


def anyone() -> Any:
    """Return the FastAPI dependency that gives a route its caller, or None for a call without a token."""
    return Depends(ANYONE)
