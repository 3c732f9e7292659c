"""Computes from the schemes of four municipalities what each pays of a cost, why, and when support can be requested."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import validator_for

from buurtsein_chassis.languages import Reader, catalogues
from buurtsein_contracts import uuid7
from buurtsein_funding.domain.questions import Words
from buurtsein_funding.domain.reckoning import CostLine, Reckoning, reckon
from buurtsein_funding.domain.scheme import CostKind, Numbers, Proof, ProofDue, Scheme
from buurtsein_funding.schemes import read_schemes
from buurtsein_funding.views import form_schema, schemes
from buurtsein_funding.views.sentences import told_line
from buurtsein_kernel.problems import DomainError

FILES = Path(__file__).with_name("municipalities")


def scheme_of(municipality: str, year: int = 2026) -> Scheme:
    return read_schemes(FILES / f"{municipality}.toml").valid(year, date(2026, 11, 24))


def lines(*costs: tuple[str, int]) -> list[CostLine]:
    return [CostLine(kind=kind, description="kosten", cents=cents) for kind, cents in costs]


def rules_of(reckoning: Reckoning) -> list[list[tuple[str, int]]]:
    return [[(taken.rule, taken.cents) for taken in line.taken] for line in reckoning.lines]


def test_lier_pays_subscription_and_messages_and_two_hundred_euro_of_other_costs() -> None:
    costs = lines(("abonnement", 95454), ("werking", 15000), ("berichten", 40000), ("werking", 7000))
    made = reckon(scheme_of("lier"), costs, Numbers())
    assert [line.payable_cents for line in made.lines] == [95454, 15000, 40000, 5000]
    assert rules_of(made) == [[], [], [], [("ceiling", 2000)]]
    assert made.lines[3].taken[0].why == "De stad betaalt hoogstens 200,00 euro per netwerk en per jaar."
    assert made.payable_cents == 155454


def test_affligem_pays_six_euro_for_each_member_without_vat() -> None:
    made = reckon(scheme_of("affligem"), lines(("sms-platform", 12100)), Numbers(members=12))
    assert rules_of(made) == [[("vat", 2100), ("ceiling", 2800)]]
    assert made.lines[0].taken[1].why == "De stad betaalt hoogstens 6,00 euro per lid en per jaar, voor 12 leden."
    assert made.payable_cents == 7200
    with refusal("number_missing"):
        scheme_of("affligem").require_numbers(Numbers())


def test_the_members_that_count_are_those_of_the_registry_or_those_that_finance_accepts() -> None:
    cost, stated = lines(("sms-platform", 12100)), Numbers(members=12, registered=10)
    by_registry = reckon(scheme_of("affligem"), cost, stated)
    accepted = reckon(scheme_of("affligem"), cost, stated.model_copy(update={"accepted": 11}))
    unknown = reckon(scheme_of("affligem"), cost, Numbers(members=12))
    assert [one.payable_cents for one in (by_registry, accepted, unknown)] == [6000, 6600, 7200]
    first = "De stad betaalt hoogstens 6,00 euro per lid en per jaar, voor"
    assert by_registry.lines[0].taken[1].why == f"{first} 10 leden volgens het register (opgegeven: 12)."
    assert accepted.lines[0].taken[1].why == f"{first} de 11 leden die de stad aanvaardt (opgegeven: 12)."
    in_english = Reader("en", catalogues("funding", "en"))
    assert told_line(by_registry.lines[0].taken[1], in_english) == (
        "The city pays at most 6.00 euros for each member and year, "
        "for 10 members according to the register (stated: 12)."
    )


@pytest.mark.parametrize(("proved", "without"), [([], [1, 3]), ([1], [3]), ([1, 2], [3]), ([1, 3], []), ([None], [])])
def test_a_cost_without_the_proof_that_the_city_wants_with_the_request_is_refused(
    proved: list[int | None], without: list[int]
) -> None:
    kinds = ["sms-platform", "postzegels", "sms-platform"]
    scheme = scheme_of("affligem")
    free = CostKind(code="postzegels", name=Words(nl="Postzegels"), proof=Proof.NONE)
    scheme = scheme.model_copy(update={"kinds": (*scheme.kinds, free)})
    scheme.model_copy(update={"proof_due": ProofDue.SETTLEMENT}).require_proof(kinds, proved)
    if without:
        with refusal("proof_missing") as refused:
            scheme.require_proof(kinds, proved)
        assert refused.value.members == {"lines": without}
    else:
        scheme.require_proof(kinds, proved)


def test_zonnebeke_pays_what_is_left_when_each_member_paid_five_euro() -> None:
    made = reckon(scheme_of("zonnebeke"), lines(("sms", 6000), ("sms", 6000)), Numbers(members=10))
    assert rules_of(made) == [[("own_share", 5000)], []]
    assert made.payable_cents == 7000


def test_zoersel_pays_half_and_at_most_a_ceiling_and_is_asked_in_the_year_after() -> None:
    made = reckon(scheme_of("zoersel"), lines(("werking", 10001), ("werking", 30000)), Numbers())
    assert rules_of(made) == [[("own_share", 5001)], [("own_share", 15000), ("ceiling", 7500)]]
    assert made.payable_cents == 12500
    last_year = scheme_of("zoersel", 2025)
    last_year.require_open(2025, date(2026, 5, 31))
    for day in (date(2025, 12, 31), date(2026, 6, 1)):
        with refusal("outside_window") as refused:
            last_year.require_open(2025, day)
        assert refused.value.detail == "Steun voor 2025 vraagt u aan van 01/01/2026 tot en met 31/05/2026."


def test_what_finance_does_not_accept_is_taken_off_first() -> None:
    made = reckon(scheme_of("zoersel"), lines(("werking", 10000), ("werking", 30000)), Numbers(), {1: 4000})
    assert rules_of(made) == [[("own_share", 5000)], [("reviewed", 26000), ("own_share", 2000)]]
    assert made.payable_cents == 7000


@pytest.mark.parametrize("answers", [{}, {"dwellings": "twaalf"}, {"dwellings": True}, {"dwellings": 1, "car": 2}])
def test_a_question_without_a_fitting_answer_is_refused(answers: dict[str, Any]) -> None:
    scheme_of("affligem").require_answers({"dwellings": 12})
    with refusal("answer_invalid"):
        scheme_of("affligem").require_answers(answers)


def test_the_form_of_each_scheme_is_a_json_schema() -> None:
    schema = form_schema(2026, scheme_of("affligem"), Reader("fr"))
    accepts = validator_for(schema).is_valid
    line = {"kind": "sms-platform", "description": "een jaar", "cents": 12100}
    body = {"network_id": str(uuid7()), "year": 2026, "form_version": "1", "members": 12, "cost_lines": [line]}
    assert accepts(body | {"answers": {"dwellings": 9}})
    assert not accepts(body)
    assert not accepts(body | {"answers": {"dwellings": 9}, "cost_lines": [line | {"kind": "bloemen"}]})
    assert schema["properties"]["answers"]["properties"]["dwellings"]["title"] == "Pour combien de logements ?"


def test_the_schemes_that_are_shown_say_whether_they_are_open_today() -> None:
    shown = schemes(read_schemes(FILES / "zoersel.toml"), date(2026, 3, 1), Reader())
    assert [(one.year, one.is_open) for one in shown.items] == [(2027, False), (2026, False), (2025, True)]


def refusal(code: str) -> Any:
    return pytest.raises(DomainError, match=f"^{code}$")
