"""Checks how services respond to tokens of Keycloak; each check compares an expected and a real response."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from joserfc import jws

from buurtsein_chassis.auth import LEEWAY_SECONDS
from buurtsein_chassis.issuer_keys import KEYS_RETRY_SECONDS
from buurtsein_chassis.manifest import service_names
from buurtsein_stack.people import ROLES
from rehearsals.keycloak.issuer import Keycloak, Tokens
from rehearsals.keycloak.realm import DESK, ELSEWHERE, HASTY, HASTY_SECONDS, NOBODY, STRANGER
from rehearsals.keycloak.scene import Scene
from rehearsals.lines import Line

DOSSIERS, ME = ("registry", "/v1/dossiers"), ("registry", "/v1/me")
ALERTS, SWITCH = ("notifier", "/v1/alerts"), ("notifier", "/v1/kill-switch")
APPLICATIONS, SUMMARY = ("funding", "/v1/applications"), ("reports", "/v1/operations/summary")

type Path = tuple[str, str]
"""A service and a path that answers GET."""

ROUTES: dict[str, tuple[Path, Path]] = {
    "korpschef": (DOSSIERS, APPLICATIONS),
    "burgemeester": (DOSSIERS, SWITCH),
    "fod": (DOSSIERS, ALERTS),
    "coordinator": (ME, DOSSIERS),
    "member": (ME, DOSSIERS),
    "resident": (ME, ALERTS),
    "trader": (ME, APPLICATIONS),
    "dispatcher": (ALERTS, DOSSIERS),
    "officer": (ALERTS, APPLICATIONS),
    "mandated-officer": (ALERTS, DOSSIERS),
    "city-officer": (APPLICATIONS, ALERTS),
    "finance": (APPLICATIONS, DOSSIERS),
    "operator": (SUMMARY, DOSSIERS),
}
"""For each role a route that it may call, and one that it may not."""
EVERYWHERE = (DOSSIERS, ALERTS, APPLICATIONS, SUMMARY)
"""One route of each service."""
GOOD, REFUSED, NO_ROLE = "200", "401 invalid_token", "403 role_missing"
MARGIN_SECONDS = 2
"""A wait that must be over is this much longer, since clocks are read at different moments."""


@dataclass
class Checks:
    """Runs all checks of the rehearsal on running services and a running Keycloak."""

    scene: Scene
    issuer: Keycloak

    def all(self) -> Iterator[Line]:
        """Run all checks one after another, and yield each result."""
        yield from self.roles()
        yield from self.strangers()
        yield from self.sessions()
        yield from self.rotation()

    def roles(self) -> Iterator[Line]:
        """Sign in with each role; check that one route accepts the token and another route refuses it."""
        for role in ROLES:
            token = self.issuer.sign_in(role).access
            allowed, refused = ROUTES[role]
            yield Line(f"{role}: GET {allowed[1]}", GOOD, self.answer(allowed, token))
            yield Line(f"{role}: GET {refused[1]}", NO_ROLE, self.answer(refused, token))
        nobody = self.answer(ME, self.token(NOBODY))
        yield Line("a person without a role, for whom Keycloak adds no audience", REFUSED, nobody)
        yield Line("nobody signed in", "401 token_missing", self.answer(ME, ""))
        first, second = (self.person(self.issuer.sign_in("coordinator", client)) for client in (DESK, HASTY))
        yield Line("the pseudonym of a person who signs in twice", first, second)

    def strangers(self) -> Iterator[Line]:
        """Check that the services refuse tokens that Keycloak signed for another application or in another realm."""
        yield Line("a token for another audience", REFUSED, self.answer(ME, self.token("officer", STRANGER)))
        elsewhere = self.issuer.sign_in("officer", DESK, ELSEWHERE).access
        yield Line("a token of another issuer", REFUSED, self.answer(ALERTS, elsewhere))

    def sessions(self) -> Iterator[Line]:
        """Check that a revoked session gets no new token, and that its old token is accepted until it expires."""
        tokens = self.issuer.sign_in("officer", HASTY)
        begun = time.monotonic()
        yield Line("the token of a session", GOOD, self.answer(ALERTS, tokens.access))
        self.issuer.end_session(tokens)
        yield Line("the token of a revoked session, before it expires", GOOD, self.answer(ALERTS, tokens.access))
        yield Line("a new token for a revoked session, from Keycloak", "400", str(self.issuer.refreshed(tokens, HASTY)))
        wait = HASTY_SECONDS + LEEWAY_SECONDS + MARGIN_SECONDS
        time.sleep(max(0.0, begun + wait - time.monotonic()))
        yield Line(f"the same token {wait} seconds later: expired", REFUSED, self.answer(ALERTS, tokens.access))

    def rotation(self) -> Iterator[Line]:
        """Change the signing key twice and remove the first key, while the services go on without a restart."""
        old = {role: self.token(role) for role in ("korpschef", "officer", "finance", "operator")}
        for service, answer in self.everywhere(old):
            yield Line(f"{service}: a token with the old key", GOOD, answer)
        self._when_due()
        self.issuer.new_key(200)
        new = {role: self.token(role) for role in old}
        yield Line("Keycloak signs with another key", "True", str(key_of(old["officer"]) != key_of(new["officer"])))
        for service, answer in self.everywhere(new):
            yield Line(f"{service}: the first token with a new key", GOOD, answer)
        for service, answer in self.everywhere(old):
            yield Line(f"{service}: a token with the old key, until it expires", GOOD, answer)
        yield from self._after_a_theft(old)

    def _after_a_theft(self, old: dict[str, str]) -> Iterator[Line]:
        """Remove the first signing key; check that services refuse it after they have fetched the keys again."""
        self.issuer.remove_key(key_of(old["officer"]))
        for service, answer in self.everywhere(old):
            yield Line(f"{service}: a token with the removed key, at first", GOOD, answer)
        self._when_due()
        self.issuer.new_key(300)
        newest = {role: self.token(role) for role in old}
        for service, answer in self.everywhere(newest):
            yield Line(f"{service}: the first token with a third key", GOOD, answer)
        for service, answer in self.everywhere(old):
            yield Line(f"{service}: a token with the removed key, after that", REFUSED, answer)

    def everywhere(self, tokens: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Send each service a token with a role that it knows, and yield service name and response."""
        for (service, path), role in zip(EVERYWHERE, tokens, strict=True):
            yield service, self.answer((service, path), tokens[role])

    def token(self, person: str, client: str = DESK) -> str:
        """Sign a person in at Keycloak and return the access token."""
        return self.issuer.sign_in(person, client).access

    def answer(self, route: Path, token: str) -> str:
        """Send a GET request with a token; return the HTTP status and, for a refusal, the error code."""
        service, path = route
        with self.scene.client(service, token) as client:
            got = client.get(path)
        return str(got.status_code) if got.is_success else f"{got.status_code} {got.json()['code']}"

    def person(self, tokens: Tokens) -> str:
        """Return the pseudonym that the registry gives to the holder of a token."""
        with self.scene.client("registry", tokens.access) as client:
            return str(client.get(ME[1]).json()["person"])

    def _when_due(self) -> None:
        """Wait until services may fetch the signing keys again, which they do at most once in KEYS_RETRY_SECONDS."""
        time.sleep(KEYS_RETRY_SECONDS + MARGIN_SECONDS)


def key_of(token: str) -> str:
    """Return the id (`kid`) of the key that signed a token."""
    return str(jws.extract_compact(token.encode()).headers()["kid"])


def started(scene: Scene, issuer: Keycloak) -> None:
    """Start the services with this Keycloak as issuer; raise CommandError when a service does not start."""
    for name in service_names():
        scene.run(name, issuer)
