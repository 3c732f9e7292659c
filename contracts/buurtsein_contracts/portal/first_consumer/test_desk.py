"""Tests the desk with events that come twice, in another order, in a newer version, or broken.

The fixtures `bin_*` come with buurtsein-contracts; no broker is needed.
"""

import pytest

import desk as program
from buurtsein_contracts import UnknownEventType
from desk import Desk

pytestmark = pytest.mark.bin_contract("IncidentReported>=1.0", "AlertReleased>=1.0", "AlertSent>=1.0")

ALERT = "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8095"


@pytest.fixture
def desk():
    return Desk(":memory:")


def take(desk, *records, first_offset=0):
    for offset, record in enumerate(records, first_offset):
        desk.take((record.topic, 0, offset), record.headers, record.value)


def test_every_example_is_taken_in(desk, bin_examples):
    take(desk, bin_examples)
    assert desk.aside() == {}


def test_a_burglary_is_counted_red(desk, bin_record):
    take(desk, bin_record("IncidentReported", category="inbraak"))
    assert desk.tally() == {"red": 1}


def test_an_event_that_comes_twice_counts_once(desk, bin_duplicate):
    take(desk, *bin_duplicate("IncidentReported", category="inbraak"))
    assert desk.tally() == {"red": 1}


def test_an_alert_moves_on(desk, bin_record):
    take(
        desk,
        bin_record("AlertReleased", sequence=2, alert_id=ALERT),
        bin_record("AlertSent", sequence=3, alert_id=ALERT),
    )
    assert desk.state(ALERT) == "sent"


def test_an_older_state_does_not_come_back(desk, bin_record):
    take(
        desk,
        bin_record("AlertSent", sequence=3, alert_id=ALERT),
        bin_record("AlertReleased", sequence=2, alert_id=ALERT),
    )
    assert desk.state(ALERT) == "sent"


@pytest.mark.parametrize("name", ["IncidentReported", "AlertReleased", "AlertSent"])
def test_fields_and_values_of_a_newer_version_do_no_harm(desk, bin_future_version, name):
    take(desk, *bin_future_version(name))
    assert desk.aside() == {}


def test_a_category_not_known_yet_is_grey(desk, bin_future_version):
    take(desk, bin_future_version("IncidentReported")[-1])
    assert desk.tally() == {"grey": 1}


def test_a_broken_record_is_put_aside_and_the_next_one_taken_in(desk, bin_poison, bin_record):
    broken = bin_poison("IncidentReported")
    take(desk, *broken.values(), bin_record("IncidentReported", category="inbraak"))
    assert sum(desk.aside().values()) == len(broken)
    assert desk.tally() == {"red": 1}


def test_a_broken_record_that_comes_again_is_aside_once(desk, bin_poison):
    broken = bin_poison("IncidentReported")["not JSON"]
    take(desk, broken, first_offset=7)
    take(desk, broken, first_offset=7)
    assert desk.aside() == {"invalid_event": 1}
    take(desk, broken, first_offset=8)
    assert desk.aside() == {"invalid_event": 2}


def test_records_of_a_newer_version_are_read_after_an_upgrade_of_the_package(desk, bin_record, bin_poison, monkeypatch):
    def older(*_):
        raise UnknownEventType("be.bin.incident.reported.v1")

    with monkeypatch.context() as before_the_upgrade:
        before_the_upgrade.setattr(program, "parse", older)
        take(desk, bin_record("IncidentReported", category="inbraak"))
    take(desk, bin_poison("IncidentReported")["not JSON"], first_offset=1)
    desk.read_again()
    assert (desk.tally(), desk.aside()) == ({"red": 1}, {"invalid_event": 1})
