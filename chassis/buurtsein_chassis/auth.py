"""Who is calling: bearer tokens of an OpenID Connect issuer, checked against its published keys.

Invariant: the key comes from the issuer's own key set, never from the token's header, and only asymmetric algorithms
are accepted. A caller is known by a pseudonym that is the same in every service.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jwt
from joserfc.errors import JoseError

from buurtsein_chassis.issuer_keys import IssuerKeys
from buurtsein_chassis.limits import RateLimits
from buurtsein_chassis.problem import Problem

ALGORITHMS = ["RS256", "ES256"]
LEEWAY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a valid token."""

    actor: str
    roles: frozenset[str]


def pseudonym(key: str, issuer: str, subject: str) -> str:
    """HMAC-SHA256 of issuer and subject, 128 bits of it in hex after a `p`."""
    return "p" + hmac.new(key.encode(), f"{issuer}\n{subject}".encode(), hashlib.sha256).hexdigest()[:32]


class TokenChecker:
    """Checks tokens of one issuer for one audience."""

    def __init__(self, issuer: str, audience: str, roles_claim: str, pseudonym_key: str) -> None:
        """`issuer` is compared with the token's `iss`, without a trailing slash."""
        self._issuer = issuer.rstrip("/")
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
        """The caller; Problem 401 when the token is not good, 503 while the issuer never gave a key.

        A token with a known key is judged at once, one with an unknown key after asking the issuer, if that is due.
        """
        await self._keys.ready()
        try:
            claims = self._decoded(token)
        except _UnknownKey:
            await self._keys.renewed()
            claims = self._decoded_or_refused(token)
        except (JoseError, ValueError) as error:
            raise _invalid_token() from error
        roles = _roles(claims, self._roles_claim)
        return Caller(pseudonym(self._pseudonym_key, self._issuer, claims["sub"]), roles)

    def _decoded_or_refused(self, token: str) -> dict[str, Any]:
        try:
            return self._decoded(token)
        except (JoseError, ValueError) as error:
            raise _invalid_token() from error

    def _decoded(self, token: str) -> dict[str, Any]:
        decoded = jwt.decode(token, self._key_for, algorithms=ALGORITHMS)
        self._claims.validate(decoded.claims)
        return decoded.claims

    def _key_for(self, signed: Any) -> Any:
        key = self._keys.find(signed.headers().get("kid"))
        if key is None:
            raise _UnknownKey
        return key


class _UnknownKey(ValueError):
    """The token names a key that the issuer had not published when we last looked."""


def _invalid_token() -> Problem:
    return Problem(401, "invalid_token", "Het toegangsbewijs is niet geldig of vervallen.")


def _roles(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return frozenset(role for role in found if isinstance(role, str)) if isinstance(found, list) else frozenset()


_bearer = HTTPBearer(auto_error=False, description="Token of the OpenID Connect issuer")

type Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class Access:
    """A route's declaration of who may call it; a service refuses to start with a route that has none."""

    def __init__(self, *roles: str, public: bool = False) -> None:
        """`roles`: any of them suffices. `public`: also without a token."""
        self.roles = frozenset(roles)
        self.public = public

    async def __call__(self, request: Request, credentials: Credentials) -> Caller | None:
        """The caller, None for somebody without a token on a public route; Problem 401, 403 or 429."""
        caller = await _counted(request, credentials)
        if caller is None:
            if self.public:
                return None
            raise Problem(401, "token_missing", "Meld u eerst aan.")
        if not self.public and not self.roles & caller.roles:
            raise Problem(403, "role_missing", "U hebt niet de rol die hiervoor nodig is.")
        return caller


async def _counted(request: Request, credentials: HTTPAuthorizationCredentials | None) -> Caller | None:
    """Who calls, counted against their limit; a bad token counts as none, by address."""
    limits: RateLimits = request.app.state.limits
    address = request.client.host if request.client else ""
    if credentials is None:
        limits.anonymous(address)
        return None
    try:
        caller: Caller = await request.app.state.tokens.check(credentials.credentials)
    except Problem:
        limits.anonymous(address)
        raise
    limits.known(caller.actor)
    return caller


ANYONE = Access(public=True)


def allow(*roles: str) -> Any:
    """Route parameter default: the caller, who must have one of the roles."""
    return Depends(Access(*roles))


def anyone() -> Any:
    """Route parameter default: the caller, or None."""
    return Depends(ANYONE)
