"""Defines the made-up people of the one-machine stack, one for each role, and makes their tokens.

Invariant: a token's subject is an opaque id, the same in the demo of every installation; no person here is real.
"""

import time
import uuid
from dataclasses import dataclass

from joserfc import jwt
from joserfc.jwk import RSAKey

AUDIENCE = "buurtsein"
TOKEN_SECONDS = 12 * 3600
NAMESPACE = uuid.UUID("6b1f6f3e-5d0c-4f0e-9d5e-0f7a4c1f2b61")


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up person of the one-machine stack, with a key and a role."""

    key: str
    role: str

    @property
    def subject(self) -> str:
        """Return the id that is the claim `sub` (subject) in the person's token."""
        return str(uuid.uuid5(NAMESPACE, self.key))


ROLES = (
    *("korpschef", "burgemeester", "fod", "coordinator", "member", "resident", "trader", "dispatcher"),
    *("officer", "mandated-officer", "city-officer", "finance", "operator"),
)
PEOPLE = {
    person.key: person
    for person in (
        *(Person(role, role) for role in ROLES),
        Person("coordinator2", "coordinator"),
        Person("officer2", "officer"),
    )
}


def token(person: Person, issuer: str, key: RSAKey) -> str:
    """Return a token for one person, signed with RS256 and valid for 12 hours."""
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": person.subject,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "roles": [person.role],
    }
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key.kid}, claims, key)
