"""Requests generated from a service's OpenAPI document get only answers that the document describes."""

from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from buurtsein_chassis.http import access_of
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_operate.openapi import document
from harness.town import Town

EXAMPLES, MORE_EXAMPLES = 2, 20
"""How many requests are generated for each operation: by `make test`, and by `make thorough`."""
AS_TOLD = [status_code_conformance, content_type_conformance, response_schema_conformance]


def role_for(service: str) -> str:
    """Return the role that may call the most GET routes of a service; of equal roles, the one with the most routes."""
    manifest = manifest_of(service)
    reads, calls = Counter[str](), Counter[str]()
    for route in manifest.load(manifest.router).routes:
        access = access_of(route)
        assert access
        calls.update(access.roles)
        reads.update(access.roles if "GET" in route.methods else ())
    return max(sorted(calls), key=lambda role: (reads[role], calls[role]))


@pytest.fixture(params=service_names())
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("examples", [EXAMPLES, pytest.param(MORE_EXAMPLES, marks=pytest.mark.thorough)])
def test_no_request_makes_a_service_fail(town: Town, service: str, examples: int) -> None:
    client = town.client(service, role_for(service))
    schema = schemathesis.openapi.from_url(f"{client.base_url}/openapi.json")
    operations = 0
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr] # Err only for a broken document
        operations += 1
        _try(operation, client.headers["Authorization"], examples)
    assert operations >= 5
    assert town.http(service).get("/health/live").status_code == 200


def test_the_served_document_equals_the_one_written_without_a_server(town: Town, service: str) -> None:
    assert town.http(service).get("/openapi.json").json() == document(service)


def _try(operation: Any, authorization: str, examples: int) -> None:
    quiet = settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))

    @quiet
    @given(case=operation.as_strategy())
    def one(case: Any) -> None:
        answer = case.call(headers={"Authorization": authorization})
        assert answer.status_code < 500, (operation.label, answer.status_code, answer.text[:300])
        case.validate_response(answer, checks=AS_TOLD)

    one()
