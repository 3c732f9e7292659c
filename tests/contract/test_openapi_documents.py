"""The OpenAPI document of each service is valid, and describes who may call a route and what a refusal contains."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from buurtsein_chassis.auth import Access
from buurtsein_chassis.documented import PROBLEM_SCHEMA
from buurtsein_chassis.http import access_of
from buurtsein_chassis.languages import Reader
from buurtsein_chassis.manifest import service_names
from buurtsein_chassis.problem import problem_response
from buurtsein_operate.openapi import documents
from harness.route_roles import served_routes

type Document = dict[str, Any]

made = cache(documents)
"""The documents of all services, made at the first use."""
OPEN = {"/health/live", "/health/ready", "/metrics"}
BEARER: Document = {"HTTPBearer": []}
NOBODY: Document = {}

by_service = pytest.mark.parametrize("service", service_names())


def operations(wanted: Document) -> Iterator[tuple[str, str, Document]]:
    """Yield the method, path and operation of each route that belongs to the service itself."""
    for path, item in wanted["paths"].items():
        if path not in OPEN:
            yield from ((method.upper(), path, operation) for method, operation in item.items())


def declared(service: str) -> dict[tuple[str, str], Access]:
    """Return for each route of a service who may call the route, as declared in the code."""
    served = served_routes(service)
    found = {(method, path): access_of(route) for route, path in served for method in route.methods or ()}
    return {place: access for place, access in found.items() if access}


def errors(wanted: Document) -> list[str]:
    """Return why an OpenAPI document is not valid; this takes seconds."""
    from openapi_spec_validator import OpenAPIV31SpecValidator  # noqa: PLC0415 # takes seconds to import

    return [error.message for error in OpenAPIV31SpecValidator(wanted).iter_errors()]


def wrongs(service: str, wanted: Document) -> list[str]:
    """Return what a service's OpenAPI document lacks or tells wrongly about access and refusals."""
    accesses, found = declared(service), []
    for method, path, operation in operations(wanted):
        needed = [BEARER, NOBODY] if accesses[method, path].public else [BEARER]
        if operation.get("security") != needed:
            found.append(f"security of {method} {path}")
        found += [
            f"problem {statuses} of {method} {path}"
            for statuses in ("4XX", "5XX")
            if not declared_problem(operation, statuses) and not path.startswith("/open311/")
        ]
    return found


def declared_problem(operation: Document, statuses: str) -> bool:
    return "application/problem+json" in operation["responses"].get(statuses, {}).get("content", {})


@by_service
def test_a_document_is_valid_and_tells_security_and_problems(service: str) -> None:
    wanted = made()[service]
    assert wanted["openapi"].startswith("3.1")
    assert errors(wanted) == wrongs(service, wanted) == []
    assert {(method, path) for method, path, _ in operations(wanted)} == set(declared(service))


@by_service
def test_an_operation_has_a_name_of_its_own_and_says_what_it_does(service: str) -> None:
    found = [operation for _, _, operation in operations(made()[service])]
    names = [operation["operationId"] for operation in found]
    assert len(set(names)) == len(names) >= 4
    assert all(name.isidentifier() for name in names)
    assert all(operation["description"] for operation in found)


def test_a_fault_in_a_document_is_reported() -> None:
    planted = copy.deepcopy(made()["funding"])
    operation = planted["paths"]["/v1/applications"]["post"]
    del operation["security"]
    del operation["responses"]["4XX"]
    del planted["paths"]["/v1/applications"]["get"]["responses"]
    planted["paths"]["/v1/applications"]["get"]["responses"] = {"4XX": {}, "5XX": operation["responses"]["5XX"]}
    del planted["components"]["schemas"]["RequestSupport"]
    found = wrongs("funding", planted)
    assert "security of POST /v1/applications" in found
    assert "problem 4XX of POST /v1/applications" in found
    assert errors(planted)


def test_a_public_route_that_requires_a_token_is_reported() -> None:
    planted = copy.deepcopy(made()["reports"])
    planted["paths"]["/v1/reports"]["post"]["security"] = [BEARER]
    assert wrongs("reports", planted) == ["security of POST /v1/reports"]


@pytest.mark.parametrize(
    ("status", "code", "members"),
    [
        (401, "token_missing", {}),
        (409, "transition_refused", {"allowed": ["submit"]}),
        (422, "invalid_request", {"errors": [{"field": "name", "code": "missing", "message": "Vul dit in."}]}),
    ],
)
def test_a_problem_response_is_valid_under_the_documented_schema(status: int, code: str, members: Document) -> None:
    validator = jsonschema_rs.Draft202012Validator(PROBLEM_SCHEMA)
    body = json.loads(bytes(problem_response(Reader(), status, code, "Nee.", members=members).body))
    assert validator.is_valid(body)
    assert set(body) - set(PROBLEM_SCHEMA["properties"]) == set()
    assert not validator.is_valid(body | {"code": "Not a code"})
    assert not validator.is_valid({name: part for name, part in body.items() if name != "detail"})


@by_service
def test_the_schema_of_a_refusal_occurs_once_so_that_generators_make_one_class(service: str) -> None:
    document = made()[service]
    assert document["components"]["schemas"]["Problem"] == PROBLEM_SCHEMA
    forms = [
        answer["content"]["application/problem+json"]["schema"]
        for path, item in document["paths"].items()
        for operation in item.values()
        for status, answer in operation["responses"].items()
        if status[0] in "45" and not path.startswith("/open311/")
    ]
    assert forms
    assert all(form == {"$ref": "#/components/schemas/Problem"} for form in forms)


@by_service
def test_every_refusal_uses_the_same_schema(service: str) -> None:
    names = list(made()[service]["components"]["schemas"])
    assert [name for name in names if "Problem" in name or "ValidationError" in name] == ["Problem"]


@pytest.mark.thorough
@pytest.mark.external
def test_the_command_writes_the_documents_while_nothing_runs(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("buurtsein")), "openapi", "--to", str(tmp_path / "new")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    written = {path.name: json.loads(path.read_text()) for path in (tmp_path / "new").iterdir()}
    assert written == {f"{service}.json": made()[service] for service in service_names()}
