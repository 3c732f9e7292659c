"""Runs a local OpenID Connect issuer, which publishes the key that signs the tokens of the demo's people.

Invariant: it never runs in the production profile, and the private key never leaves the secrets folder.
"""

import json
import os
import sys

import uvicorn
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from buurtsein_stack.home import Home
from buurtsein_stack.people import PEOPLE, token


def signing_key(home: Home) -> RSAKey:
    """Return the issuer's private key, which is made at first use."""
    path = home.secrets / "issuer" / "signing-key.json"
    if not path.exists():
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)
        home.keep(path.name, json.dumps(key.as_dict(private=True)), "issuer")
    return RSAKey.import_key(json.loads(path.read_text()))


def tokens(home: Home, issuer: str) -> dict[str, str]:
    """Return a new token for each made-up person, under the person's name."""
    key = signing_key(home)
    return {name: token(person, issuer, key) for name, person in PEOPLE.items()}


def create_app(issuer: str, key: RSAKey) -> Starlette:
    """Return an ASGI application that serves the discovery document and the key set of OpenID Connect Discovery 1.0."""
    document = {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }

    async def discovery(_: Request) -> JSONResponse:
        return JSONResponse(document)

    async def jwks(_: Request) -> JSONResponse:
        return JSONResponse({"keys": [key.as_dict(private=False)]})

    async def health(_: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", discovery),
            Route("/jwks", jwks),
            Route("/health/live", health),
            Route("/health/ready", health),
        ]
    )


def main() -> int:
    """Serve on `ISSUER_PORT` of `ISSUER_HOST` (127.0.0.1); refuse to start in the production profile.

    `ISSUER_URL` is the name of the issuer in its documents, by default its address on this machine.
    """
    if os.environ.get("BUURTSEIN_PROFILE") == "production":
        print("issuer: signs tokens for made-up people and never runs in production", file=sys.stderr)  # noqa: T201
        return 2
    host, port = os.environ.get("ISSUER_HOST", "127.0.0.1"), int(os.environ["ISSUER_PORT"])
    app = create_app(os.environ.get("ISSUER_URL", f"http://{host}:{port}"), signing_key(Home.default()))
    uvicorn.run(app, host=host, port=port, access_log=False, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
