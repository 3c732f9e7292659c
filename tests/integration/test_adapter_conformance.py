"""Our adapters pass the conformance tests that we publish for other teams' adapters; a bad adapter fails them."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from integration.notifier_scene import Peer
from unit.notifier.notifier_settings import settings

from buurtsein_notifier.adapters import Adapter, Answer, Delivered, NotFound, Outcome
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.adapters.conformance import (
    FAILURES_OF_TESTS,
    IDENTIFIER,
    AdapterConformance,
    Failure,
    MakeAdapter,
)
from buurtsein_notifier.adapters.file import File
from buurtsein_notifier.adapters.simulator import Simulator

IMPATIENT = 0.5
MODES = {
    Failure.REFUSES: "400",
    Failure.BUSY: "503_retry_after",
    Failure.TAKES_SILENTLY: "timeout_after_accept",
    Failure.LOSES: "timeout",
}


class Simulated:
    """A BE-Alert simulator on a real port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.real = Peer(folder)

    def fail(self, failure: Failure) -> None:
        self.real.fault(MODES[failure])

    def deliveries(self, identifier: str) -> int:
        return self.real.deliveries().get(identifier, 0)


class OverHttp(AdapterConformance):
    """Runs the conformance tests on the HTTP adapter, which sends to a BE-Alert simulator."""

    failures = frozenset(MODES)

    @pytest.fixture
    def peer(self, tmp_path: Path) -> Iterator[Simulated]:
        peer = Simulated(tmp_path)
        yield peer
        peer.real.close()


class TestSimulator(OverHttp):
    @pytest.fixture
    def make_adapter(self, peer: Simulated) -> MakeAdapter:
        return lambda: Simulator(settings(bealert_url=peer.real.url), IMPATIENT)


class TestCapHttp(OverHttp):
    @pytest.fixture
    def make_adapter(self, peer: Simulated) -> MakeAdapter:
        return lambda: CapHttp(settings(adapter="cap-http", bealert_url=peer.real.url), IMPATIENT)


class Folder:
    """The receiver of the file adapter's messages: a folder from which files are collected."""

    def __init__(self, path: Path) -> None:
        self.path = path / "uit"

    def fail(self, failure: Failure) -> None:
        if failure is Failure.REFUSES:
            self.path.mkdir()
            (self.path / f"{IDENTIFIER}.xml").write_text("another message")
        else:
            self.path.write_text("a file where the folder should be")

    def deliveries(self, identifier: str) -> int:
        return int((self.path / f"{identifier}.xml").exists())


class OnceInTheWay(File):
    """A file adapter whose first message fails because a file is in the way, which is removed afterwards."""

    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        if self._folder.is_file():
            self._folder.unlink()
        return outcome


class TestFile(AdapterConformance):
    failures = frozenset({Failure.REFUSES, Failure.AWAY})

    @pytest.fixture
    def peer(self, tmp_path: Path) -> Folder:
        return Folder(tmp_path)

    @pytest.fixture
    def make_adapter(self, peer: Folder) -> MakeAdapter:
        return lambda: OnceInTheWay(settings(adapter="file", alert_folder=peer.path))


class Hopeful:
    """A bad adapter that reports every message as delivered without sending any."""

    name = "hopeful"

    async def send(self, _identifier: str, _xml: bytes) -> Outcome:
        return Delivered()

    async def find(self, _identifier: str) -> Answer:
        return NotFound()

    async def close(self) -> None:
        pass


def hopeful() -> Adapter:
    return Hopeful()


@pytest.mark.parametrize("failure", MODES)
def test_an_adapter_that_reports_everything_as_delivered_does_not_pass(tmp_path: Path, failure: Failure) -> None:
    peer = Simulated(tmp_path)
    try:
        with pytest.raises(AssertionError):
            AdapterConformance().test_each_failure_has_the_right_outcome(hopeful, peer, failure)
        with pytest.raises(AssertionError):
            AdapterConformance().test_a_message_arrives_once_and_is_found(hopeful, peer)
    finally:
        peer.real.close()


def test_a_peer_that_can_produce_no_failure_is_refused() -> None:
    with pytest.raises(TypeError, match="TestNothing names no failure"):
        type("TestNothing", (AdapterConformance,), {})


def failures_of(test: str) -> list[Failure]:
    """Return the failures with which the file adapter's conformance suite runs the test of this name."""
    metafunc = Mock(function=Mock(__name__=test))
    TestFile().pytest_generate_tests(metafunc)
    [call] = metafunc.parametrize.call_args_list
    return list(call.args[1])


def test_only_failures_of_the_peer_get_tests() -> None:
    made = {name: failures_of(name) for name in FAILURES_OF_TESTS if getattr(TestFile, name)}
    assert made == {
        "test_each_failure_has_the_right_outcome": [Failure.REFUSES, Failure.AWAY],
        "test_a_message_that_did_not_arrive_is_delivered_once_when_it_is_sent_again": [Failure.AWAY],
    }
