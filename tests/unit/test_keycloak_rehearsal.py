"""`make rehearse-keycloak` tries every role and service, and refuses a Keycloak archive with an unexpected hash."""

import re
from pathlib import Path

import pytest
from rehearsals.keycloak import distribution
from rehearsals.keycloak.checks import EVERYWHERE, ROUTES
from rehearsals.keycloak.realm import NOBODY, realm
from rehearsals.lines import Line

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_stack.people import AUDIENCE, ROLES


def test_each_role_has_a_route_that_it_may_call_and_one_that_it_may_not() -> None:
    assert set(ROUTES) == set(ROLES)
    assert all(allowed != refused for allowed, refused in ROUTES.values())


def test_each_service_is_asked_after_the_keys_changed() -> None:
    assert {service for service, _ in EVERYWHERE} == set(service_names())


def test_the_realm_has_a_person_for_each_role_who_has_it_in_both_places() -> None:
    people = {person["username"]: person for person in realm("bin", "a password")["users"]}
    assert set(people) == {*ROLES, NOBODY}
    for role in ROLES:
        assert people[role]["realmRoles"] == people[role]["clientRoles"][AUDIENCE] == [role]


def test_a_check_passes_only_with_the_expected_answer() -> None:
    assert Line("a token", "200", "200").right
    assert not Line("a token", "401 invalid_token", "200").right


def test_another_archive_is_refused(tmp_path: Path) -> None:
    coordinate, expected = distribution.locked()
    assert re.fullmatch(r"org\.keycloak:keycloak-quarkus-dist:[\d.]+:zip", coordinate)
    forged = tmp_path / "keycloak.zip"
    forged.write_bytes(b"something else")
    with pytest.raises(CommandError, match="wrong SHA-256"):
        distribution.check(forged, expected)
