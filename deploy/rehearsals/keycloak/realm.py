"""Defines the realms that Keycloak imports: people with roles, and OAuth clients for their sign-in.

Each role is there twice: as a role of the realm, in `realm_access.roles` of a token, and as a role of the client
`buurtsein`, in `resource_access.buurtsein.roles`. Keycloak names `buurtsein` as audience because of the second.
"""

from typing import Any

from buurtsein_stack.people import AUDIENCE, ROLES

REALM = "bin"
ELSEWHERE = "elsewhere"
"""A realm whose tokens have the same people, roles and audience, and another issuer."""
NOBODY = "nobody"
"""A person without a role."""
DESK = "desk"
"""The client by which people sign in; its tokens live for ten minutes."""
HASTY = "hasty"
"""The same, with tokens that live for five seconds."""
STRANGER = "stranger"
"""A client for another application: its tokens do not have Buurtsein as audience."""
HASTY_SECONDS = 5

type Document = dict[str, Any]


def realm(name: str, password: str) -> Document:
    """Return a realm with roles, clients and people in Keycloak's import format; all people have the same password."""
    return {
        "realm": name,
        "enabled": True,
        "sslRequired": "all",
        "accessTokenLifespan": 600,
        "roles": {"realm": _roles(), "client": {AUDIENCE: _roles()}},
        "clients": [
            _client(AUDIENCE, directAccessGrantsEnabled=False, standardFlowEnabled=False),
            _client(DESK),
            _client(HASTY, attributes={"access.token.lifespan": str(HASTY_SECONDS)}),
            _client(STRANGER, fullScopeAllowed=False),
        ],
        "users": [*(_person(role, password, role) for role in ROLES), _person(NOBODY, password)],
    }


def _roles() -> list[Document]:
    return [{"name": role} for role in ROLES]


def _client(name: str, **changes: Any) -> Document:
    """Return a public client whose users can send their password directly, which only a rehearsal allows."""
    usual = {
        "clientId": name,
        "enabled": True,
        "publicClient": True,
        "directAccessGrantsEnabled": True,
        "redirectUris": ["https://127.0.0.1/*"],
    }
    return usual | changes


def _person(name: str, password: str, *roles: str) -> Document:
    return {
        "username": name,
        "enabled": True,
        "email": f"{name}@example.org",
        "emailVerified": True,
        "firstName": name,
        "lastName": "Made-up",
        "credentials": [{"type": "password", "value": password, "temporary": False}],
        "realmRoles": list(roles),
        "clientRoles": {AUDIENCE: list(roles)},
    }
