"""Our adapters pass the conformance tests that we publish for other teams' adapters; a bad adapter fails them."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest
from integration.notifier_scene import Peer
from unit.notifier.notifier_settings import settings

from buurtsein_adapter_kit.conformance import FAILURES_OF_TESTS, AdapterConformance, MakeAdapter
from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.messages import IDENTIFIER, SECRET
from buurtsein_adapter_kit.peer import HttpPeer
from buurtsein_notifier.adapters import Outcome
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.adapters.file import File
from buurtsein_notifier.adapters.simulator import Simulator

IMPATIENT = 0.5
MODES = {
    Failure.REFUSES: "400",
    Failure.BUSY: "503_retry_after",
    Failure.TAKES_SILENTLY: "timeout_after_accept",
    Failure.LOSES: "timeout",
    Failure.RESETS: "reset",
    Failure.RESETS_AFTER_ACCEPT: "reset_after_accept",
    Failure.MOVED: "302",
}


class Simulated:
    """A BE-Alert simulator on a real port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.real = Peer(folder)

    def fail(self, failure: Failure) -> None:
        self.real.fault(MODES[failure])

    def deliveries(self, identifier: str) -> int:
        return self.real.deliveries().get(identifier, 0)


@pytest.mark.thorough
class TestSimulator(AdapterConformance):
    failures = frozenset(MODES)

    @pytest.fixture
    def peer(self, tmp_path: Path) -> Iterator[Simulated]:
        peer = Simulated(tmp_path)
        yield peer
        peer.real.close()

    @pytest.fixture
    def make_adapter(self, peer: Simulated) -> MakeAdapter:
        return lambda: Simulator(settings(bealert_url=peer.real.url), IMPATIENT)


class TestCapHttp(AdapterConformance):
    failures = frozenset(Failure)

    @pytest.fixture
    def peer(self) -> Iterator[HttpPeer]:
        with HttpPeer() as peer:
            yield peer

    @pytest.fixture
    def make_adapter(self, peer: HttpPeer) -> MakeAdapter:
        named = settings(adapter="cap-http", bealert_url=peer.url, bealert_token=SECRET)
        return lambda: CapHttp(named, IMPATIENT)


class Folder:
    """Plays the receiver of the file adapter: counts the files in the adapter's folder, and makes writing fail."""

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
        "test_no_secret_is_written_anywhere": [Failure.REFUSES, Failure.AWAY],
    }
