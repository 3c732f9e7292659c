"""A refusal of funding tells the same days, amounts and states in French, German and English as in Dutch."""

from collections.abc import Callable
from datetime import date

import pytest
from unit.funding.funding_memory import NOW, SCHEME, TODAY

from buurtsein_chassis.languages import OTHERS, Reader, catalogues
from buurtsein_contracts import uuid7
from buurtsein_funding.bank import results
from buurtsein_funding.domain import deciding, settling
from buurtsein_funding.domain.application import Application, Payment
from buurtsein_funding.domain.payment import Batch, BatchState
from buurtsein_funding.domain.reckoning import ReckonedLine, Reckoning
from buurtsein_funding.domain.scheme import Numbers, Scheme, Schemes
from buurtsein_funding.domain.states import ApplicationState
from buurtsein_kernel.problems import DomainError

REJECTED = Application(
    network_id=uuid7(),
    year=2026,
    scheme_id="x",
    scheme="x@1",
    form_version="1",
    requester="p",
    cost_lines=[],
    state=ApplicationState.REJECTED,
)
RELEASED = Batch(
    pay_on=TODAY, sha256="", number=1, total_cents=1, prepared_by="p", prepared_at=NOW, state=BatchState.RELEASED
)
PAYABLE = Reckoning(scheme="x@1", lines=[ReckonedLine(asked_cents=25000, taken=[], payable_cents=25000)])
NEXT = SCHEME.model_copy(update={"window_to": "01-31", "window_to_year": 1})
PAID = REJECTED.model_copy(
    update={
        "state": ApplicationState.JUSTIFIED,
        "payment": Payment(paid_cents=300, paid_on=TODAY, justified_cents=200),
    }
)
ASKING = Scheme.model_validate(
    {
        "id": "steun",
        "valid_from": TODAY,
        "form_version": "1",
        "kinds": [
            {"code": "sms", "name": {"nl": "Sms-berichten", "en": "Text messages"}},
            {"code": "bord", "name": {"nl": "Borden"}},
        ],
        "ceilings": [{"cents": 600, "per": "member"}],
        "questions": [
            {"code": "car", "text": {"nl": "Hebt u een wagen?", "en": "Do you have a car?"}, "type": "yes_no"},
        ],
    }
)
MANY = b"end_to_end_id;status;date\n" + b"e1;paid;2026-03-02\n" * 10_001
GONE = "This is not possible now: the application is rejected already."
REFUSALS: list[tuple[Callable[[], object], str]] = [
    (lambda: REJECTED.require("review"), GONE),
    (
        lambda: settling.require_account_wanted(REJECTED),
        "This is not possible now: the application is rejected already.",
    ),
    (lambda: RELEASED.require("cancel"), "This is not possible now: the payments are released already."),
    (
        lambda: deciding.require_amount(25001, PAYABLE),
        "An amount from 1 cent up to what the rules pay can be granted: 250.00 euros.",
    ),
    (lambda: deciding.require_room(2, 1, 2026), "The budget of 2026 has 0.01 euros left."),
    (
        lambda: NEXT.require_open(2026, date(2027, 2, 1)),
        "Support for 2026 is asked for from 1 January 2026 up to and including 31 January 2027.",
    ),
    (lambda: SCHEME.require_form("x"), "Use version v1 of the form."),
    (lambda: settling.reclaim(PAID, 301, "te veel", "p", NOW), "Only 3.00 euros was paid."),
    (lambda: settling.reclaim(PAID, 101, "te veel", "p", NOW), "What is proved cannot be claimed back."),
    (lambda: Schemes(scheme=(SCHEME,)).valid(1999, TODAY), "There are no rules for support in 1999 now."),
    (lambda: Schemes(scheme=(SCHEME,)).named("gone@1"), "The rules of this application no longer exist."),
    (lambda: ASKING.require_kinds(["bloemen"]), "The city supports these costs only: Text messages, Borden."),
    (lambda: ASKING.require_answers({}), "Answer this question: Do you have a car?"),
    (
        lambda: SCHEME.require_answers({"car": True, "dog": True}),
        "There is an answer to a question that is not on the form.",
    ),
    (lambda: results.read_results(b"x" * (results.MAX_BYTES + 1)), "The file is larger than 5 MB."),
    (lambda: results.read_results(MANY), "The file has more than 10000 payments."),
    (lambda: ASKING.require_numbers(Numbers()), "Give the number of members of the network."),
]


@pytest.mark.parametrize(("refuse", "in_english"), REFUSALS, ids=lambda value: value if isinstance(value, str) else "")
def test_a_refusal_tells_the_same_in_each_language(refuse: Callable[[], object], in_english: str) -> None:
    with pytest.raises(DomainError) as refused:
        refuse()
    error = refused.value
    told = {
        language: Reader(language, catalogues("funding", language)).told(
            "problems", error.code, error.detail, error.values
        )
        for language in OTHERS
    }
    assert told["en"].sentence == in_english
    assert [one.language for one in told.values()] == list(OTHERS), "none of them fell back to Dutch"
