"""Gives consumers pytest fixtures for any Kafka client; pytest loads this plugin when the package is installed.

Fixtures: `bin_event`, `bin_record`, `bin_examples`, `bin_duplicate`, `bin_out_of_order`, `bin_future_version`,
`bin_poison`. Marker: `bin_contract("IncidentReported>=1.0", ...)` names the events and versions that a test relies on;
the test fails when the installed package is older, and `bin_examples` gives the examples of those events.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from buurtsein_contracts.envelope import Event
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.goldens import FOLDER, read_index, semver
from buurtsein_contracts.model import EventData
from buurtsein_contracts.testing import records
from buurtsein_contracts.testing.records import Record

MARKER = "bin_contract"
_REQUIREMENT = re.compile(r"(?P<name>\w+)(?:>=(?P<version>\d+(?:\.\d+){0,2}))?")

type MakesEvent = Callable[..., Event[Any]]
type MakesRecord = Callable[..., Record]
type MakesRecords = Callable[..., list[Record]]


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest that the marker `bin_contract` exists."""
    text = f'{MARKER}("IncidentReported>=1.0", ...): the events, and the least version of each, that a test relies on'
    config.addinivalue_line("markers", text)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test for each example of the events that the marker names, or of all events."""
    if "bin_examples" in metafunc.fixturenames:
        found = list(_examples(_chosen(metafunc.definition)))
        metafunc.parametrize("bin_examples", [record for _, record in found], ids=[name for name, _ in found])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test when the installed contracts are older than its marker requires."""
    for requirement in _requirements(item):
        match = _REQUIREMENT.fullmatch(requirement)
        if match is None:
            pytest.fail(f"{MARKER}: write {requirement!r} as IncidentReported>=1.0", pytrace=False)
        data = records.named(match["name"])
        if semver(data.VERSION) < semver(match["version"] or "0"):
            pytest.fail(f"{requirement} is asked, buurtsein-contracts has {data.VERSION}: upgrade it", pytrace=False)


def _requirements(item: pytest.Item) -> list[str]:
    return [str(requirement) for mark in item.iter_markers(MARKER) for requirement in mark.args]


def _chosen(item: pytest.Item) -> tuple[type[EventData], ...]:
    names = [match["name"] for text in _requirements(item) if (match := _REQUIREMENT.fullmatch(text))]
    return tuple(records.named(name) for name in names) or EVENTS


def _examples(events: tuple[type[EventData], ...]) -> Iterator[tuple[str, Record]]:
    """Yield every example of every version in the index, with its name."""
    types = {data.TYPE: data for data in events}
    for entry in read_index()["events"]:
        if data := types.get(entry["type"]):
            folder = FOLDER / entry["type"] / entry["version"] / "examples"
            for path in sorted(folder.glob("*.json")):
                yield f"{entry['name']}-{entry['version']}-{path.stem}", records.from_example(data, path)


@pytest.fixture
def bin_event() -> MakesEvent:
    """`bin_event("IncidentReported", sequence=1, severity="Minor")` returns an event made from the first example."""
    return records.made


@pytest.fixture
def bin_record() -> MakesRecord:
    """`bin_record("IncidentReported", sequence=1, severity="Minor")` returns topic, key, value and headers as bytes.

    It only makes what a producer of this version may write; anything else raises a ValidationError. Use
    `bin_future_version` for values that are not known yet.
    """

    def make(name: str, /, sequence: int = 1, **changes: object) -> Record:
        return records.as_record(records.made(name, sequence, **changes))

    return make


@pytest.fixture
def bin_duplicate() -> MakesRecords:
    """`bin_duplicate("IncidentReported")` returns one event twice."""
    return records.duplicated


@pytest.fixture
def bin_out_of_order() -> MakesRecords:
    """`bin_out_of_order("IncidentUpdated", earlier={...}, later={...})` returns two events, the later one first."""

    def make(name: str, earlier: Mapping[str, object], later: Mapping[str, object]) -> list[Record]:
        return records.out_of_order(name, earlier, later)

    return make


@pytest.fixture
def bin_future_version() -> MakesRecords:
    """`bin_future_version("IncidentReported")` returns records with an unknown field, and with unknown enum values.

    `bin_future_version("IncidentReported", field="category")` returns one record with an unknown value in that field
    only.
    """
    return records.from_the_future


@pytest.fixture
def bin_poison() -> Callable[..., dict[str, Record]]:
    """`bin_poison("IncidentReported")` returns faulty records by what is wrong; a consumer must survive them all."""
    return records.poisoned
