"""Calls every route of every service with each role, with invalid tokens, and without a token.

`harness/route_roles.py` lists the allowed roles a second time. The tests compare this list with the declaration and the
behaviour of each route. They take the routes from the services, and fail for a route that is missing in the list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from buurtsein_chassis.auth import Access
from buurtsein_chassis.composition import build_app
from buurtsein_chassis.http import access_of
from buurtsein_chassis.manifest import service_names
from buurtsein_chassis.settings import load
from buurtsein_chassis.tasks import Role
from buurtsein_stack.issuer import signing_key
from buurtsein_stack.people import PEOPLE, Person, token
from buurtsein_stack.programs import environment
from harness.route_roles import PUBLIC, ROLES, served_routes
from harness.town import Town

OPEN = {"/health/live", "/health/ready", "/metrics"}
REFUSALS = {"token_missing", "invalid_token", "role_missing"}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@dataclass(frozen=True)
class Route:
    """The HTTP method and path of a route of one service."""

    service: str
    method: str
    path: str
    access: Access
    """The access that the service declares; PUBLIC and ROLES have the expected one."""

    @property
    def public(self) -> bool:
        return str(self) in PUBLIC

    @property
    def roles(self) -> set[str]:
        return set(ROLES.get(str(self), "").split())

    @property
    def takes_files(self) -> bool:
        return self.method == "POST" and self.path.endswith(("/photos", "/evidence", "/payment-results"))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def ask(self, client: httpx.Client, token: str | None, method: str | None = None) -> httpx.Response:
        """Call a route with unknown ids and a body that changes nothing; outside `/v1`, the body is a form."""
        address = re.sub("{.+?}", lambda _: str(uuid4()), self.path.replace("{form}", "json"))
        body: dict[str, str] | None = {} if self.method in {"POST", "PUT", "PATCH"} else None
        form = None if body is None or self.path.startswith("/v1/") else {"field": "of no standard"}
        headers = {"If-Match": '"1"'} | ({"Authorization": f"Bearer {token}"} if token is not None else {})
        if self.takes_files and method is None:
            headers |= {"Content-Type": "application/octet-stream"}
            return client.post(address, content=b"no file of a kind that is taken", headers=headers)
        return client.request(method or self.method, address, json=None if form else body, data=form, headers=headers)


def _routes() -> Iterator[Route]:
    for service in service_names():
        for route, path in served_routes(service):
            access = access_of(route)
            assert access is not None
            for method in route.methods or ():
                yield Route(service, method, path, access)


ROUTES = sorted(_routes(), key=lambda route: (route.service, route.path, route.method))
every_route = pytest.mark.parametrize("route", ROUTES, ids=[f"{route.service}: {route}" for route in ROUTES])
PATHS = list({(route.service, route.path): route for route in ROUTES}.values())
every_path = pytest.mark.parametrize("route", PATHS, ids=[f"{route.service}: {route.path}" for route in PATHS])
ONE_OF_EACH_ROLE = {person.role: name for name, person in PEOPLE.items()}


def code(answer: httpx.Response) -> str | None:
    """Return the error code of a problem document or of an error of Open311; None for all other responses."""
    if answer.is_error and answer.request.url.path.startswith("/open311/"):
        return str(answer.json()[0]["problem"])
    if answer.headers.get("content-type") != "application/problem+json":
        return None
    return str(answer.json()["code"])


def refused(answer: httpx.Response, status: int, expected: str) -> bool:
    return (answer.status_code, code(answer)) == (status, expected)


def let_through(answer: httpx.Response) -> bool:
    """Return whether the service granted access, even when it refused the request for another reason."""
    if answer.status_code in {401, 403}:
        return code(answer) not in REFUSALS
    return answer.status_code < 500


@pytest.mark.parametrize("service", service_names())
def test_the_matrix_has_every_route_that_a_service_serves(town: Town, service: str) -> None:
    paths = town.http(service).get("/openapi.json").json()["paths"]
    served = {f"{method.upper()} {path}" for path, item in paths.items() for method in item if path not in OPEN}
    assert served == {str(route) for route in ROUTES if route.service == service}
    assert set(paths) >= OPEN


@pytest.mark.parametrize("service", service_names())
def test_every_served_route_is_documented(town: Town, service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(town.stack.home, service, port=0).items():
        monkeypatch.setenv(name, value)
    settings = load(import_module(f"buurtsein_{service}.settings").Settings)
    app = build_app(import_module(f"buurtsein_{service}.app").compose(settings), frozenset({Role.API}))
    of_no_service = {f"{method} {path}" for path in {*OPEN, "/openapi.json"} for method in ("GET", "HEAD")}
    assert walked(app.routes) - of_no_service == {str(route) for route in ROUTES if route.service == service}


def walked(routes: Sequence[BaseRoute]) -> set[str]:
    """Return the method and path of every route of an app; the method is `any` for a mounted app."""
    return {f"{method} {route.path}" for route in iter_route_contexts(routes) for method in route.methods or {"any"}}


def test_an_undocumented_route_would_be_found() -> None:
    app, router = FastAPI(openapi_url=None), APIRouter()
    router.add_api_route("/hidden", lambda: None, include_in_schema=False)
    app.include_router(router, prefix="/v1")
    app.mount("/files", StaticFiles(directory=".", check_dir=False))
    app.add_api_websocket_route("/socket", lambda: None)
    assert walked(app.routes) >= {"GET /v1/hidden", "any /files", "any /socket"}


def test_only_these_routes_are_public() -> None:
    assert {str(route) for route in ROUTES if route.access.public} == set(PUBLIC)


def test_each_route_declares_the_roles_that_are_written_here() -> None:
    assert {str(route): route.access.roles for route in ROUTES} == {str(route): route.roles for route in ROUTES}


def test_every_route_and_role_that_is_written_here_exists() -> None:
    assert {str(route) for route in ROUTES} == {*PUBLIC, *ROLES}
    assert not {role for route in ROUTES for role in route.roles} - {person.role for person in PEOPLE.values()}


@every_route
def test_without_a_token(town: Town, route: Route) -> None:
    answer = route.ask(town.http(route.service), None)
    assert let_through(answer) if route.public else refused(answer, 401, "token_missing"), answer.text
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") is (answer.status_code == 401)


@every_route
def test_with_each_role(town: Town, route: Route) -> None:
    for role, name in ONE_OF_EACH_ROLE.items():
        answer = route.ask(town.http(route.service), town.token(name))
        allowed = route.public or role in route.roles
        assert let_through(answer) if allowed else refused(answer, 403, "role_missing"), f"{role}: {answer.text}"


@pytest.fixture(scope="module")
def stranger(town: Town) -> str:
    """Return a valid token with a role that no route knows."""
    return token(Person("stranger", "stranger"), town.manifest["issuer"]["url"], signing_key(town.stack.home))


@every_route
def test_with_a_role_that_does_not_exist(town: Town, stranger: str, route: Route) -> None:
    answer = route.ask(town.http(route.service), stranger)
    assert let_through(answer) if route.public else refused(answer, 403, "role_missing"), answer.text


@every_route
def test_with_a_token_that_is_not_good(town: Town, route: Route) -> None:
    """A public route accepts a request without a token, but refuses one with an invalid token, of one of four kinds."""
    good = town.token("officer")
    bad = (good[:-20], good.rpartition(".")[0] + ".", "x", "a.b.c")[ROUTES.index(route) % 4]
    assert refused(route.ask(town.http(route.service), bad), 401, "invalid_token")


@every_path
def test_no_other_method_answers(town: Town, route: Route) -> None:
    same_path = {other.method for other in ROUTES if (other.service, other.path) == (route.service, route.path)}
    for method in METHODS - same_path:
        assert refused(route.ask(town.http(route.service), town.token("operator"), method), 405, "method_not_allowed")


@pytest.mark.parametrize("service", service_names())
def test_public_routes_show_no_personal_data(town: Town, service: str) -> None:
    for path in OPEN:
        assert town.http(service).get(path).status_code == 200
    for path in ("/docs", "/redoc", "/v1", "/v1/", "/", "/admin", "/debug"):
        assert town.http(service).get(path).status_code == 404
