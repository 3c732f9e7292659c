"""What the desk must withstand. The fixtures `bin_*` come with buurtsein-contracts; no broker is needed."""

import pytest

from desk import Desk

pytestmark = pytest.mark.bin_contract("IncidentReported>=1.0", "AlertReleased>=1.0", "AlertSent>=1.0")

ALERT = "019a7c1e-5d2a-7c3e-9b1f-3a5d6e7f8095"


@pytest.fixture
def desk():
    return Desk(":memory:")


def take(desk, *records):
    for record in records:
        desk.take(record.headers, record.value)


def test_every_example_is_taken_in(desk, bin_examples):
    take(desk, bin_examples)
    assert desk.aside() == {}


def test_a_burglary_is_counted_red(desk, bin_record):
    take(desk, bin_record("IncidentReported", category="inbraak"))
    assert desk.tally() == {"red": 1}


def test_what_comes_twice_counts_once(desk, bin_duplicate):
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
