"""The tables of who sees what and of the separation of duties agree with the routes and with the registry."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from buurtsein_chassis.http import access_of
from buurtsein_chassis.manifest import service_names
from buurtsein_registry.domain.duties import DUTIES
from harness.route_roles import served_routes

TABLE = (Path(__file__).parents[2] / "docs/who-sees-what.md").read_text()


def declared() -> dict[str, set[str]]:
    """Return the roles that each route of every service declares; `everybody` for a public route."""
    served = [pair for name in service_names() for pair in served_routes(name)]
    return {f"{method} {path}": _roles(route) for route, path in served for method in route.methods or ()}


def _roles(route: APIRoute) -> set[str]:
    access = access_of(route)
    assert access is not None
    return {"everybody"} if access.public else set(access.roles)


def written(text: str) -> dict[str, set[str]]:
    """Return the roles of each route in the table; raise ValueError when a route is listed twice."""
    rows = re.findall(r"^\|[^|]+\|([^|]*`[^|]*)\|([^|]+)\|[^|]+\|$", text, re.MULTILINE)
    named = [(route, roles) for routes, roles in rows for route in re.findall("`(.+?)`", routes)]
    pairs = [(route, set(roles.strip().split(", "))) for route, roles in named]
    if len(pairs) != len(dict(pairs)):
        raise ValueError("a route stands in two rows")
    return dict(pairs)


def differences(text: str) -> set[str]:
    """Return the routes with other roles in the table, those that do not exist, and reading routes without a row."""
    routes, rows = declared(), written(text)
    missing = {route for route in routes if route.startswith("GET ")} - set(rows)
    return missing | {route for route, roles in rows.items() if routes.get(route) != roles}


def test_the_table_has_each_reading_route_with_its_roles() -> None:
    assert differences(TABLE) == set()


def test_a_role_too_many_is_found() -> None:
    assert differences(TABLE.replace("| coordinator, finance, city-officer |", "| coordinator, finance, fod |")) == {
        "GET /v1/networks/{network_id}/conditions"
    }


def test_a_reading_route_without_a_row_is_found() -> None:
    without = re.sub(r"^\| reach .*\n", "", TABLE, flags=re.MULTILINE)
    assert differences(without) == {"GET /v1/networks/{network_id}/reach"}


def test_a_route_in_two_rows_is_refused() -> None:
    row = next(line for line in TABLE.splitlines() if line.startswith("| tasks "))
    with pytest.raises(ValueError, match="two rows"):
        written(f"{TABLE}{row}\n")


def duties(text: str) -> dict[str, dict[str, str]]:
    """Return for each act of the table of duties the side for which each role does it."""
    rows = re.findall(r"^\|[^|\n]+\(`(\w+)`\) \| ([^|\n]+) \|$", text, re.MULTILINE)
    return {act: dict(pair for side in sides.split("; ") for pair in _of_side(side)) for act, sides in rows}


def _of_side(text: str) -> list[tuple[str, str]]:
    side, _, roles = text.partition(": ")
    return [(role, side) for role in roles.split(", ")]


def test_the_table_of_duties_is_that_of_the_registry() -> None:
    assert duties(TABLE) == DUTIES


def test_an_act_for_another_side_is_found() -> None:
    assert duties(TABLE.replace("| city: burgemeester |", "| police: burgemeester |")) != DUTIES
