"""Which of the city's funding schemes is valid on a day, and which schemes are refused."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from buurtsein_funding.domain.scheme import Scheme, Schemes
from buurtsein_funding.schemes import read_schemes
from buurtsein_funding.settings import Settings
from buurtsein_kernel.problems import DomainError
from buurtsein_stack.installation import Installation


def scheme(**changes: Any) -> Scheme:
    facts: dict[str, Any] = {
        "id": "steun",
        "valid_from": date(2026, 1, 1),
        "form_version": "2026-1",
        "kinds": [{"code": "sms", "name": {"nl": "Sms-berichten"}}, {"code": "bord", "name": {"nl": "Borden"}}],
    }
    return Scheme.model_validate(facts | changes)


OLD = scheme(valid_from=date(2025, 1, 1), valid_to=date(2026, 6, 30), form_version="2025-1")
NEW = scheme(valid_from=date(2026, 7, 1))
BOTH = Schemes(scheme=(NEW, OLD))


def refusal(code: str) -> Any:
    return pytest.raises(DomainError, match=f"^{code}$")


@pytest.mark.parametrize(
    ("day", "found"), [(date(2026, 6, 30), OLD), (date(2026, 7, 1), NEW), (date(2026, 12, 31), NEW)]
)
def test_the_version_of_a_scheme_that_is_valid_on_the_day_is_used(day: date, found: Scheme) -> None:
    assert BOTH.valid(2026, day) is found


@pytest.mark.parametrize(
    ("year", "day"),
    [(2024, date(2024, 12, 31)), (2024, date(2026, 8, 1)), (2100, date(2026, 6, 1))],
    ids=["before any scheme", "a year before any scheme", "a year after every scheme"],
)
def test_a_year_or_day_without_scheme_is_refused(year: int, day: date) -> None:
    with refusal("scheme_unknown"):
        Schemes(scheme=(scheme(valid_to=date(2026, 12, 31)),)).valid(year, day)


def test_the_rules_of_the_year_of_the_costs_count_when_support_is_asked_in_the_year_after() -> None:
    assert BOTH.valid(2025, date(2026, 8, 1)) is OLD
    assert BOTH.valid(2027, date(2026, 8, 1)) is NEW


def test_the_newest_version_says_the_budget_of_a_year() -> None:
    both = Schemes(scheme=(scheme(valid_to=date(2026, 6, 30), budget_cents=1), scheme(valid_from=date(2026, 7, 1))))
    assert both.budgets(2026) == {"steun": None}
    assert Schemes(scheme=(OLD, scheme(valid_from=date(2026, 7, 1), budget_cents=9))).budget("steun", 2025) is None
    assert both.budgets(2025) == {}


def test_a_scheme_is_named_with_its_version() -> None:
    assert NEW.name == "steun@2026-07-01"


@pytest.mark.parametrize("day", [date(2026, 2, 1), date(2026, 3, 31)])
def test_the_first_and_last_day_of_the_window_are_in_it(day: date) -> None:
    scheme(window_from="02-01", window_to="03-31").require_open(2026, day)


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 4, 1), date(2027, 2, 1)])
def test_outside_the_window_of_the_year_is_refused(day: date) -> None:
    with refusal("outside_window") as refused:
        scheme(window_from="02-01", window_to="03-31").require_open(2026, day)
    assert refused.value.detail == "Steun voor 2026 vraagt u aan van 01/02/2026 tot en met 31/03/2026."


def test_without_a_window_the_whole_year_is_open() -> None:
    scheme().require_open(2026, date(2026, 1, 1))
    scheme().require_open(2026, date(2026, 12, 31))
    with refusal("outside_window"):
        scheme().require_open(2026, date(2027, 1, 1))


def test_another_form_is_refused() -> None:
    with refusal("form_version_unknown"):
        scheme().require_form("2025-1")


def test_a_cost_that_the_city_does_not_support_is_refused() -> None:
    with refusal("cost_kind_unknown") as refused:
        scheme().require_kinds(["sms", "bloemen"])
    assert "Sms-berichten, Borden" in refused.value.detail


def test_a_city_without_its_own_schemes_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FUNDING_SCHEMES_FILE", raising=False)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert ("schemes_file",) in {problem["loc"] for problem in refused.value.errors()}


def test_the_schemes_of_aalst_can_be_read_and_one_counts_today() -> None:
    assert (
        read_schemes(Installation.load("aalst").folder / "schemes.toml").valid(2026, date(2026, 11, 24)).name
        == "aalst-communicatiekosten@2026-01-01"
    )


GOOD = """id = "steun"
valid_from = 2026-01-01
form_version = "1"
kinds = [{code = "sms", name = {nl = "Sms"}}]
ceilings = [{cents = 100}]
"""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "scheme: Field required"),
        ("[[scheme", "end of an array declaration"),
        (f"[[scheme]]\n{GOOD}\n[[scheme]]\n{GOOD}", "are valid on the same day"),
        (f"[[scheme]]\n{GOOD}valid_to = 2025-12-31", "valid_to is before valid_from"),
        (f'[[scheme]]\n{GOOD}window_from = "04-01"\nwindow_to = "03-01"', "window_to is before window_from"),
        (f'[[scheme]]\n{GOOD}window_from = "13-01"', "window_from"),
        (f"[[scheme]]\n{GOOD.replace('100', '100.5')}", "ceilings"),
        (f"[[scheme]]\n{GOOD.replace('100', '100, kinds = ["bord"]')}", "kinds that are not there: bord"),
        (f"[[scheme]]\n{GOOD}own_share = {{}}", "either percent or cents"),
        (f'[[scheme]]\n{GOOD}questions = [{{code = "auto", text = {{nl = "A?"}}, type = "choice"}}]', "has choices"),
        (f"[[scheme]]\n{GOOD.replace(']', ', {code = "sms", name = {nl = "Sms"}}]', 1)}", "the same code"),
        (f"[[scheme]]\n{GOOD}bonus = 1", "bonus"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "schemes.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=wrong) as refused:
        read_schemes(path)
    assert str(path) in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such file"):
        read_schemes(tmp_path / "nothing.toml")
