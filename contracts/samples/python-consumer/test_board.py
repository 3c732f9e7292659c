"""Tests the board with the pytest fixtures of buurtsein-contracts (`bin_*`); no broker is needed."""

from typing import Any

import pytest

from board import Board

pytestmark = pytest.mark.bin_contract("IncidentReported>=1.0", "IncidentUpdated>=1.0")

REPORT = "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8093"


@pytest.fixture
def board() -> Board:
    return Board(":memory:")


def test_every_example_is_taken_in(board: Board, bin_examples: Any) -> None:
    board.apply(bin_examples.headers, bin_examples.value)
    assert board.unreadable() == 0


def test_a_burglary_is_shown_in_red(board: Board, bin_record: Any) -> None:
    record = bin_record("IncidentReported", report_id=REPORT, category="inbraak")
    board.apply(record.headers, record.value)
    assert board.lane(REPORT) == "red"
    assert board.status(REPORT) == "RECEIVED"


def test_a_report_that_comes_twice_is_counted_once(board: Board, bin_duplicate: Any) -> None:
    for record in bin_duplicate("IncidentReported", category="inbraak"):
        board.apply(record.headers, record.value)
    assert board.tally() == {"inbraak": 1}


def test_an_older_status_does_not_come_back(board: Board, bin_out_of_order: Any) -> None:
    earlier, later = {"report_id": REPORT, "status": "PLANNED"}, {"report_id": REPORT, "status": "FORWARDED"}
    for record in bin_out_of_order("IncidentUpdated", earlier=earlier, later=later):
        board.apply(record.headers, record.value)
    assert board.status(REPORT) == "FORWARDED"


@pytest.mark.parametrize("name", ["IncidentReported", "IncidentUpdated"])
def test_fields_and_values_of_a_newer_version_do_no_harm(board: Board, bin_future_version: Any, name: str) -> None:
    for record in bin_future_version(name):
        board.apply(record.headers, record.value)
    assert board.unreadable() == 0


def test_a_category_not_known_yet_is_shown_in_grey(board: Board, bin_future_version: Any) -> None:
    *_, unknown_values = bin_future_version("IncidentReported")
    board.apply(unknown_values.headers, unknown_values.value)
    assert list(board.tally().values()) == [1]


def test_a_broken_record_is_put_aside_and_the_next_one_taken_in(board: Board, bin_poison: Any, bin_record: Any) -> None:
    broken = bin_poison("IncidentReported")
    for record in broken.values():
        board.apply(record.headers, record.value)
    good = bin_record("IncidentReported", category="inbraak")
    board.apply(good.headers, good.value)
    assert board.unreadable() == len(broken)
    assert board.tally() == {"inbraak": 1}
