"""The adapter of docs/extending.md passes the kit as it is; each planted broken adapter fails for its reason."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, override

import pytest
from unit.notifier.notifier_settings import settings

from buurtsein_adapter_kit.conformance import AdapterConformance
from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.messages import CANCELLING, IDENTIFIER, NETWORKS, SECRET
from buurtsein_adapter_kit.peer import HttpPeer
from buurtsein_notifier.adapters import Answer, Delivered, Found, NotFound, Outcome, Partly, Refused, TryAgain, Unknown
from buurtsein_notifier.adapters.cap_http import CapHttp
from buurtsein_notifier.adapters.limits import Limits
from buurtsein_notifier.adapters.receipts import Receipts
from buurtsein_notifier.domain.receipt import Receipt

PATIENCE = 1.0
GUIDE = Path(__file__).parents[2] / "docs" / "extending.md"


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with HttpPeer((IDENTIFIER, CANCELLING)) as running:
        yield running


def test_the_adapter_of_40_lines_in_the_guide_passes(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(from urllib.*?)```", GUIDE.read_text(), re.DOTALL)
    body = code[code.index("class TelephoneSettings") :]
    assert len([line for line in body.splitlines() if line.strip()]) <= 40
    (tmp_path / "telephone.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--adapter-patience=0.5"]
    done = subprocess.run(
        [*command, "--adapter=telephone:Telephone"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\d\d passed, 5 skipped", done.stdout)


class Broken(CapHttp):
    """An adapter over HTTP that keeps all rules of the kit; each subclass breaks one, which the kit must find."""


class Hopeful(Broken):
    """Reports a delivery as sent when the answer of the peer was lost."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return Delivered() if isinstance(outcome, Unknown) else outcome


class Forgetful(Broken):
    """Reports every message as unknown to the peer."""

    @override
    async def status(self, identifier: str) -> Answer:
        return NotFound()


class Insistent(Broken):
    """Sends again by itself when no answer came."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        await super().send(identifier, xml)
        return await super().send(identifier, xml)


class Talkative(Broken):
    """Prints its token when the peer turns it away."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        print(self._client.headers["Authorization"])
        return await super().send(identifier, xml)


class Impolite(Broken):
    """Tries again before the time that a busy peer asked for."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return TryAgain(outcome.reason) if isinstance(outcome, TryAgain) else outcome


class Boastful(Broken):
    """Sends to all networks, and reports the result of one network as that of another."""

    async def send_to(self, identifier: str, xml: bytes, _targets: frozenset[str]) -> Outcome:
        await super().send(identifier, xml)
        return Partly(frozenset(NETWORKS), "http_207")


class Fragile(Broken):
    """Reports an answer that it cannot read as a refusal."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        outcome = await super().send(identifier, xml)
        return Refused("unreadable") if outcome == Delivered() else outcome


class Narrow(Broken):
    """Declares a length limit that every message exceeds."""

    limits = Limits(headline=10)


class Deaf(Broken):
    """Does not send messages that cancel an earlier one."""

    @override
    async def send(self, identifier: str, xml: bytes) -> Outcome:
        return Delivered() if identifier == CANCELLING else await super().send(identifier, xml)


class Careless(Broken):
    """Reports a message as cancelled without asking the peer."""

    async def cancel(self, _identifier: str, _xml: bytes, _cancelled: Sequence[str]) -> Outcome:
        return Delivered()


class Soothing(Broken):
    """Reports any answer to a cancelling message as a success."""

    async def cancel(self, identifier: str, xml: bytes, _cancelled: Sequence[str]) -> Outcome:
        await self.send(identifier, xml)
        return Delivered()


class Gullible(Broken):
    """Accepts receipts without checking who sent them."""

    @classmethod
    @override
    def parse_receipt(cls, headers: Mapping[str, str], body: bytes, secret: str) -> Sequence[Receipt]:
        return [one.receipt(one.identifier) for one in Receipts.model_validate_json(body).receipts]


class Fallible(Broken):
    """Raises whatever its parser raises for a body that it cannot read."""

    @classmethod
    @override
    def parse_receipt(cls, headers: Mapping[str, str], body: bytes, secret: str) -> Sequence[Receipt]:
        if b"receipts" not in body:
            raise LookupError
        return super().parse_receipt(headers, body, secret)


class Minus(Broken):
    """Accepts impossible counts in a receipt."""

    @classmethod
    @override
    def parse_receipt(cls, headers: Mapping[str, str], body: bytes, secret: str) -> Sequence[Receipt]:
        return [replace(one, failed=-1) for one in super().parse_receipt(headers, body, secret)]


class Gossip(Broken):
    """Returns the receipts of another message."""

    @override
    async def status(self, identifier: str) -> Answer:
        answer = await super().status(identifier)
        others = [replace(one, identifier="another") for one in getattr(answer, "receipts", ())]
        return replace(answer, receipts=others) if isinstance(answer, Found) else answer


@pytest.mark.parametrize(
    ("broken", "test", "failure", "why"),
    [
        (Hopeful, "test_each_failure_has_the_right_outcome", Failure.TAKES_SILENTLY, "takes_silently: the outcome"),
        (Hopeful, "test_each_failure_has_the_right_outcome", Failure.RESETS, "resets: the outcome"),
        (
            Forgetful,
            "test_after_an_unknown_outcome_status_agrees_with_the_peer",
            Failure.TAKES_SILENTLY,
            "status: NotFound",
        ),
        (Insistent, "test_a_message_arrives_once_and_is_found", None, "did not get the message once"),
        (Talkative, "test_no_secret_is_written_anywhere", Failure.TURNS_AWAY, "secret: it was written"),
        (Impolite, "test_a_busy_peer_gets_the_time_that_it_asked_for", Failure.BUSY, "rate: not the time"),
        (Boastful, "test_it_sends_only_for_the_networks_that_it_was_asked_for", None, "partial: names another"),
        (Fragile, "test_a_hostile_answer_gives_a_result_that_can_be_stored", Failure.HOSTILE, "hostile empty"),
        (Narrow, "test_its_limits_are_declared_and_a_message_within_them_is_possible", None, "limits: an ordinary"),
        (Careless, "test_a_message_that_cancels_an_earlier_one_arrives", None, "cancel: the peer did not get it"),
        (Soothing, "test_a_cancel_that_fails_is_not_reported_as_done", Failure.RESETS, "cancel: resets reported as"),
        (Gullible, "test_a_receipt_that_is_not_of_the_peer_is_refused", None, "receipt: taken from somebody else"),
        (Fallible, "test_a_hostile_receipt_is_refused", None, "receipt: empty gave"),
        (Minus, "test_a_receipt_of_the_peer_is_read_and_can_be_stored", None, "receipt: cannot be stored"),
        (Gossip, "test_status_tells_only_of_the_message_that_it_is_asked_for", None, "status: receipts of another"),
        (Deaf, "test_a_message_that_cancels_an_earlier_one_arrives", None, "cancel: the peer did not get it"),
    ],
)
def test_a_planted_broken_adapter_fails_for_its_reason(
    broken: type[CapHttp],
    test: str,
    failure: Failure | None,
    why: str,
    peer: HttpPeer,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    named = settings(adapter="cap-http", bealert_url=peer.url, bealert_token=SECRET)
    possible: dict[str, Any] = {
        "make_adapter": lambda: broken(named, PATIENCE / 2),
        "peer": peer,
        "failure": failure,
        "patience": PATIENCE,
        "caplog": caplog,
        "capfd": capfd,
    }
    method = getattr(AdapterConformance(), test)
    code = method.__code__
    wanted = code.co_varnames[1 : code.co_argcount]
    with pytest.raises(AssertionError, match=why):
        method(**{name: possible[name] for name in wanted})
