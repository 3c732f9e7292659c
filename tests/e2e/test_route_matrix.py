"""Every route of every service, with every role, with bad tokens and without one, on the running stack.

The routes come from the services themselves; a route that is missing here, because a service serves it from elsewhere,
fails the first test.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from buurtsein_chassis.auth import Access
from buurtsein_chassis.http import access_of
from buurtsein_deploy.issuer import signing_key
from buurtsein_deploy.people import PEOPLE, Person, token
from buurtsein_deploy.servers import SERVICES
from harness.town import Town

OPEN = {"/health/live", "/health/ready", "/metrics"}
PUBLIC = {
    "GET /v1/networks": "the public overview",
    "GET /v1/categories": "what can be reported",
    "POST /v1/reports": "anybody may report",
    "GET /v1/reports/{reference}/status": "with the report's own tracking token",
}
"""The only routes that answer without a token, and why; a new one is a decision, so it is written here."""
REFUSALS = {"token_missing", "invalid_token", "role_missing"}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    service: str
    method: str
    path: str
    access: Access

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, client: httpx.Client, token: str | None, method: str | None = None) -> httpx.Response:
        """With ids that nobody has, and a body that changes nothing."""
        address = "/".join(str(uuid4()) if part.startswith("{") else part for part in self.path.split("/"))
        body: dict[str, str] | None = {} if self.method in {"POST", "PUT", "PATCH"} else None
        headers = {"If-Match": '"1"'} | ({"Authorization": f"Bearer {token}"} if token is not None else {})
        return client.request(method or self.method, address, json=body, headers=headers)


def _routes() -> Iterator[Route]:
    for service in SERVICES:
        for route in import_module(f"buurtsein_{service}.api").router.routes:
            assert isinstance(route, APIRoute)
            access = access_of(route)
            assert access is not None
            for method in route.methods or ():
                yield Route(service, method, f"/v1{route.path}", access)


ROUTES = sorted(_routes(), key=lambda route: (route.service, route.path, route.method))
every_route = pytest.mark.parametrize("route", ROUTES, ids=[f"{route.service}: {route}" for route in ROUTES])


def code(answer: httpx.Response) -> str | None:
    """The code of a problem."""
    if answer.headers.get("content-type") != "application/problem+json":
        return None
    return str(answer.json()["code"])


def refused(answer: httpx.Response, status: int, expected: str) -> bool:
    return (answer.status_code, code(answer)) == (status, expected)


def let_through(answer: httpx.Response) -> bool:
    """Whatever the domain then says of it."""
    if answer.status_code in {401, 403}:
        return code(answer) not in REFUSALS
    return answer.status_code < 500


@pytest.mark.parametrize("service", SERVICES)
def test_the_matrix_has_every_route_that_a_service_serves(town: Town, service: str) -> None:
    paths = town.http(service).get("/openapi.json").json()["paths"]
    served = {f"{method.upper()} {path}" for path, item in paths.items() for method in item if path not in OPEN}
    assert served == {str(route) for route in ROUTES if route.service == service}
    assert set(paths) >= OPEN


def test_only_these_routes_are_public() -> None:
    assert {str(route) for route in ROUTES if route.access.public} == set(PUBLIC)


def test_every_role_that_a_route_names_is_somebodys() -> None:
    known = {person.role for person in PEOPLE.values()}
    assert not {role for route in ROUTES for role in route.access.roles} - known


@every_route
def test_without_a_token(town: Town, route: Route) -> None:
    answer = route.ask(town.http(route.service), None)
    assert let_through(answer) if route.access.public else refused(answer, 401, "token_missing"), answer.text
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") is (answer.status_code == 401)


@every_route
def test_with_each_role(town: Town, route: Route) -> None:
    for name, person in PEOPLE.items():
        answer = route.ask(town.http(route.service), town.token(name))
        allowed = route.access.public or person.role in route.access.roles
        assert let_through(answer) if allowed else refused(answer, 403, "role_missing"), f"{name}: {answer.text}"


@every_route
def test_with_a_role_that_does_not_exist(town: Town, route: Route) -> None:
    stranger = token(Person("stranger", "stranger"), town.manifest["issuer"]["url"], signing_key(town.stack.home))
    answer = route.ask(town.http(route.service), stranger)
    assert let_through(answer) if route.access.public else refused(answer, 403, "role_missing"), answer.text


@every_route
def test_with_a_token_that_is_not_good(town: Town, route: Route) -> None:
    """On a public route too: who shows something false is not simply anonymous."""
    good = town.token("officer")
    for bad in (good[:-20], good.rpartition(".")[0] + ".", "x", "a.b.c"):
        assert refused(route.ask(town.http(route.service), bad), 401, "invalid_token")


@every_route
def test_no_other_method_answers(town: Town, route: Route) -> None:
    same_path = {other.method for other in ROUTES if (other.service, other.path) == (route.service, route.path)}
    for method in METHODS - same_path:
        assert refused(route.ask(town.http(route.service), town.token("operator"), method), 405, "method_not_allowed")


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_open_shows_nothing_of_anybody(town: Town, service: str) -> None:
    for path in OPEN:
        assert town.http(service).get(path).status_code == 200
    for path in ("/docs", "/redoc", "/v1", "/v1/", "/", "/admin", "/debug"):
        assert town.http(service).get(path).status_code == 404
