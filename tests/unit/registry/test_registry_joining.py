"""People see how to join a network: the fields of the form, the texts to accept, and who decides."""

from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
from unit.registry.registry_memory import GIVEN, joining
from unit.registry.test_registry_network import recognised

from buurtsein_chassis.languages import Reader
from buurtsein_registry.domain.rules import Acceptance
from buurtsein_registry.views.joining import Joining, joining_of


@pytest.fixture
def shown() -> Joining:
    return joining_of(recognised(), GIVEN.rules, Reader())


def request() -> dict[str, Any]:
    """Return a request to join as a client sends it, without the coordinates that only older clients send."""
    unused = {"address": {"latitude", "longitude"}}
    return joining().model_dump(mode="json", exclude_unset=True, exclude_none=True, exclude=unused)


def test_the_form_accepts_a_request_that_the_registry_accepts(shown: Joining) -> None:
    jsonschema_rs.validate(shown.form, request())


@pytest.mark.parametrize("missing", ["name", "mobile", "address", "adult", "consent_version", "channels"])
def test_the_form_refuses_a_request_without_a_field_that_is_needed(shown: Joining, missing: str) -> None:
    incomplete = {name: value for name, value in request().items() if name != missing}
    with pytest.raises(jsonschema_rs.ValidationError, match=missing):
        jsonschema_rs.validate(shown.form, incomplete)


def test_only_published_versions_of_the_consent_can_be_chosen(shown: Joining) -> None:
    assert shown.form["properties"]["consent_version"]["enum"] == shown.consent_versions == ["2026-1"]


def test_the_form_shows_nothing_of_the_program(shown: Joining) -> None:
    assert not {word for word in ("vault", "title", "description", "latitude") if word in str(shown.form)}


def test_people_read_whether_somebody_decides_on_their_request() -> None:
    by_hand = joining_of(recognised(), replace(GIVEN.rules, acceptance=Acceptance.BY_HAND), Reader())
    at_once = joining_of(recognised(), replace(GIVEN.rules, acceptance=Acceptance.AT_ONCE), Reader())
    assert "bekijkt uw aanvraag" in by_hand.how
    assert "meteen lid" in at_once.how
