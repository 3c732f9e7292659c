"""Runs Keycloak as a process of the rehearsal, and sends it requests of people and of its administrator over https."""

import json
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.home import Home, write_private
from buurtsein_stack.processes import spawn, wait_until
from rehearsals.keycloak.distribution import command, environment
from rehearsals.keycloak.realm import DESK, ELSEWHERE, REALM, realm

NAME = "keycloak"
START_SECONDS = 300
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one sign-in: the access token for the services, and the refresh token for Keycloak."""

    access: str
    refresh: str
    session: str


@dataclass
class Keycloak:
    """A Keycloak with two realms; the rehearsal's own certificate authority signed its certificate."""

    home: Home
    program: Path
    certificates: Path
    """A folder with `ca.pem`, `server.pem` and `server.key`."""
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        trust = ssl.create_default_context(cafile=str(self.certificates / "ca.pem"))
        self.client = httpx.Client(base_url=self.address, verify=trust, timeout=60, trust_env=False)

    @property
    def address(self) -> str:
        """Return the address at which people and services reach Keycloak."""
        return f"https://127.0.0.1:{self.home.port(NAME)}"

    def issuer(self, name: str = REALM) -> str:
        """Return the value of `iss` in the tokens of a realm."""
        return f"{self.address}/realms/{name}"

    def start(self) -> None:
        """Start Keycloak and wait until it answers; raise CommandError `not-started` or `not-ready`."""
        folder = self.program / "data" / "import"
        folder.mkdir(parents=True, exist_ok=True)
        for name in (REALM, ELSEWHERE):
            write_private(folder / f"{name}.json", json.dumps(realm(name, self._password)))
        try:
            wait_until(self.home, NAME, self._spawn(), self._answers, START_SECONDS)
        finally:
            for name in (REALM, ELSEWHERE):
                (folder / f"{name}.json").unlink()

    def sign_in(self, person: str, client: str = DESK, name: str = REALM) -> Tokens:
        """Sign a person in and return the tokens; raise CommandError `sign-in` when Keycloak refuses."""
        form = {"grant_type": "password", "client_id": client, "username": person, "password": self._password}
        answer = self.client.post(f"/realms/{name}/protocol/openid-connect/token", data=form | {"scope": "openid"})
        if not answer.is_success:
            raise CommandError("sign-in", f"Keycloak does not let {person} in: {answer.text[:200]}")
        found = answer.json()
        return Tokens(found["access_token"], found["refresh_token"], found["session_state"])

    def refreshed(self, tokens: Tokens, client: str) -> int:
        """Ask for a new access token with a refresh token; return the HTTP status of the answer."""
        form = {"grant_type": "refresh_token", "client_id": client, "refresh_token": tokens.refresh}
        return self.client.post(f"/realms/{REALM}/protocol/openid-connect/token", data=form).status_code

    def end_session(self, tokens: Tokens) -> None:
        """Revoke the session of these tokens, as an administrator of Keycloak does."""
        self._administer("DELETE", f"/sessions/{tokens.session}")

    def new_key(self, priority: int) -> None:
        """Make a signing key with which Keycloak signs from now on; Keycloak still publishes the earlier keys."""
        made = {
            "name": f"key-{priority}",
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {"priority": [str(priority)], "algorithm": ["RS256"], "keySize": ["2048"]},
        }
        self._administer("POST", "/components", made)

    def remove_key(self, kid: str) -> None:
        """Delete a signing key, as after a theft; Keycloak then no longer publishes the key."""
        keys = self._administer("GET", "/keys").json()["keys"]
        provider = next(key["providerId"] for key in keys if key["kid"] == kid)
        self._administer("DELETE", f"/components/{provider}")

    @property
    def _password(self) -> str:
        return self.home.secret("person", NAME)

    def _administer(self, method: str, path: str, body: Any = None) -> httpx.Response:
        form = {"grant_type": "password", "client_id": "admin-cli", "username": ADMIN}
        form["password"] = self.home.secret("admin", NAME)
        signed_in = self.client.post("/realms/master/protocol/openid-connect/token", data=form)
        headers = {"Authorization": f"Bearer {signed_in.raise_for_status().json()['access_token']}"}
        return self.client.request(
            method, f"/admin/realms/{REALM}{path}", json=body, headers=headers
        ).raise_for_status()

    def _spawn(self) -> psutil.Process:
        listening = {
            "hostname": self.address,
            "http-enabled": "false",
            "http-host": "127.0.0.1",
            "https-port": self.home.port(NAME),
            "http-management-port": self.home.port(f"{NAME}-management"),
            "https-certificate-file": self.certificates / "server.pem",
            "https-certificate-key-file": self.certificates / "server.key",
        }
        options = [f"--{name}={value}" for name, value in listening.items()]
        argv = command(self.program, "start", "--optimized", "--import-realm", *options)
        admin = {"KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN}
        admin["KC_BOOTSTRAP_ADMIN_PASSWORD"] = self.home.secret("admin", NAME)
        return spawn(self.home, NAME, argv, environment() | admin)

    def _answers(self) -> bool:
        try:
            return self.client.get(f"/realms/{ELSEWHERE}/.well-known/openid-configuration", timeout=5).is_success
        except httpx.HTTPError:
            return False
