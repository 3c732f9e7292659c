"""Each action on a network is possible in certain states only; in other states, a refusal lists the possible ones."""

from datetime import date
from typing import Any

import pytest
from unit.registry.registry_steps import evaluation
from unit.registry.test_registry_network import (
    APPLICANT,
    BY_FOD,
    CHIEF,
    FEDERAL,
    NOW,
    OFFICER,
    PARTS,
    TODAY,
    VP1,
    K,
    coordinator,
    network,
    refusal,
)

from buurtsein_contracts.events.network import EndReason, SuspensionReason
from buurtsein_registry.domain import amendments, application, be_alert, continuity, ending, evaluating, fod, suspension
from buurtsein_registry.domain.charter import Changes
from buurtsein_registry.domain.duties import Side
from buurtsein_registry.domain.parts import Suspension
from buurtsein_registry.domain.states import ACTIONS, IN_DUTCH, NetworkState

WITH_MAIL = PARTS.model_copy(update={"communication_plan": "Alle nieuws per mail."})
INACTIVE = Suspension(reason=SuspensionReason.INACTIVE, start=TODAY, reference="VP/2")
DEEDS: dict[str, Any] = {
    "sign_charter": lambda made: application.sign_charter(made, PARTS, APPLICANT, NOW),
    "submit": lambda made: application.submit(made, APPLICANT, NOW),
    "decide": lambda made: application.approve(made, K, CHIEF, NOW),
    "send_to_fod": lambda made: fod.send_to_fod(made, OFFICER, NOW),
    "recognise": lambda made: fod.recognise(made, VP1, BY_FOD, NOW),
    "return_charter": lambda made: fod.return_charter(made, "Onvolledig.", BY_FOD, NOW),
    "renew": lambda made: fod.renew(made, VP1, BY_FOD, NOW),
    "amend": lambda made: amendments.amend(made, WITH_MAIL, Changes(), APPLICANT, NOW),
    "suspend": lambda made: suspension.suspend(made, INACTIVE, BY_FOD, NOW),
    "reinstate": lambda made: suspension.reinstate(made, TODAY, "VP/3", BY_FOD, NOW),
    "end": lambda made: ending.end(made, EndReason.STOPPED, None, Side.FOD, FEDERAL, NOW),
    "join_be_alert": lambda made: be_alert.join(made, "2026-1", APPLICANT, NOW),
    "confirm_active": lambda made: continuity.confirm_active(made, APPLICANT, NOW),
    "write_evaluation": lambda made: evaluating.write(made, evaluation(2025), Side.NEIGHBOURHOOD, NOW),
    "sign_evaluation": lambda made: evaluating.sign(made, 2025, Side.NEIGHBOURHOOD, APPLICANT, NOW),
    "join": lambda made: made.require_open(APPLICANT, TODAY),
}


@pytest.mark.parametrize("state", NetworkState)
@pytest.mark.parametrize("action", DEEDS)
def test_an_impossible_action_is_refused_with_the_possible_actions(action: str, state: NetworkState) -> None:
    since_2025 = VP1.model_copy(update={"start": date(2025, 1, 1)})
    made = network(state, coordinators=[coordinator()], recognition=since_2025, evaluations={2025: evaluation(2025)})
    if state in ACTIONS[action]:
        DEEDS[action](made)
        return
    error = refusal(lambda: DEEDS[action](made))
    assert error.code == "transition_refused"
    assert list(error.allowed) == made.allowed()
    assert error.detail == f"Dit kan nu niet: {IN_DUTCH[state]}."
    assert made.state is state


def test_each_state_has_dutch_words_without_codes() -> None:
    assert set(IN_DUTCH) == set(NetworkState)
    assert not [said for said in IN_DUTCH.values() if "_" in said or said.upper() == said]
