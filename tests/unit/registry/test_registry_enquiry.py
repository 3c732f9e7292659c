"""The form for a question to a network needs an address for the answer and consent; a national number is refused."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from unit.registry.registry_enquiry_suite import question
from unit.registry.registry_memory import GIVEN, InMemory, recognised

from buurtsein_contracts.events.network import NetworkRisk
from buurtsein_registry.domain.continuity import risks


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"email": None, "phone": None}, "contact_missing"),
        ({"consent": False}, "literal_error"),
        ({"text": "Mijn nummer is 85.07.30-033.28, bel mij."}, "national_number"),
        ({"text": "Te kort"}, "string_too_short"),
        ({"text": "x" * 2001}, "string_too_long"),
        ({"name": "Piet"}, "extra_forbidden"),
    ],
)
def test_a_wrong_form_is_refused(changed: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        question(**changed)
    assert [error["type"] for error in refused.value.errors()] == [code]


async def test_an_enquiry_that_nobody_answers_is_a_risk_of_the_network() -> None:
    network, today = await recognised(InMemory()), GIVEN.today
    for days, shown in ((14, False), (15, True)):
        found = risks(network, None, GIVEN.rules, today, today - timedelta(days=days))
        assert (NetworkRisk.ENQUIRY_UNANSWERED in found) is shown
    assert NetworkRisk.ENQUIRY_UNANSWERED not in risks(network, None, GIVEN.rules, today)
