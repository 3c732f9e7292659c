"""The example adapter in docs/extending.md passes the adapter kit; each broken adapter fails because of its fault."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.adapter_kit_runs import guide_adapter, run_kit
from integration.broken_adapters import (
    Boastful,
    Careless,
    Certain,
    Deaf,
    Dim,
    Doubtless,
    Fallible,
    Follower,
    Forgetful,
    Fragile,
    Gossip,
    Gullible,
    Halfway,
    Hasty,
    Hopeful,
    Impolite,
    Insistent,
    Lenient,
    Minus,
    Narrow,
    Offended,
    Particular,
    Pedantic,
    Resigned,
    Restless,
    Soothing,
    Talkative,
    Trusting,
    Worried,
)
from unit.notifier.notifier_settings import settings

from buurtsein_adapter_kit.conformance import AdapterConformance
from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.messages import SECRET
from buurtsein_adapter_kit.peer import HttpPeer
from buurtsein_notifier.adapters.cap_http import CapHttp

PATIENCE = 1.0
OUTCOME = "test_each_failure_has_the_right_outcome"


@pytest.fixture
def peer() -> Iterator[HttpPeer]:
    with HttpPeer() as running:
        yield running


def test_the_adapter_of_the_guide_has_40_lines_and_a_timeout_of_its_own() -> None:
    code = guide_adapter()
    body = code[code.index("class TelephoneSettings") :]
    assert len([line for line in body.splitlines() if line.strip()]) <= 40
    assert "timeout=10)" in code, "its own timeout ends a call before the notifier does"


@pytest.mark.thorough
def test_the_adapter_of_40_lines_in_the_guide_passes(tmp_path: Path) -> None:
    (tmp_path / "telephone.py").write_text(guide_adapter().replace("timeout=10)", "timeout=0.6)"))
    done = run_kit(tmp_path, "--adapter-patience=0.5")
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\d\d passed, 7 skipped", done.stdout)


@pytest.mark.parametrize(
    ("broken", "test", "failure", "why"),
    [
        (Hopeful, OUTCOME, Failure.TAKES_SILENTLY, "takes_silently: the outcome"),
        (Hopeful, OUTCOME, Failure.RESETS, "resets: the outcome"),
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
        (Lenient, OUTCOME, Failure.REFUSES_422, "refuses_422: the outcome"),
        (Certain, OUTCOME, Failure.TAKES_SILENTLY, "takes_silently: the message may have arrived"),
        (Trusting, OUTCOME, Failure.AWAY, "away: the outcome"),
        (Doubtless, OUTCOME, Failure.BREAKS, "breaks: the message may have arrived"),
        (Follower, OUTCOME, Failure.MOVED, "moved: the redirect was followed"),
        (Follower, OUTCOME, Failure.MOVED_307, "moved_307: the redirect was followed"),
        (Resigned, OUTCOME, Failure.HAS_IT, "has_it: the outcome"),
        (Particular, OUTCOME, Failure.TAKES_204, "takes_204: the outcome"),
        (Hasty, "test_a_busy_peer_gets_the_time_that_it_asked_for", Failure.BUSY_429, "rate: not the time"),
        (Dim, "test_a_status_that_fails_says_nothing", Failure.STATUS_BREAKS, "status: NotFound"),
        (Halfway, "test_a_cancel_of_several_messages_takes_each_back", None, "cancel: of two messages"),
        (Pedantic, "test_a_cancel_that_is_repeated_is_not_refused", None, "cancel: already gone reported"),
        (Worried, "test_no_secret_is_written_anywhere", Failure.RESETS, "secret: it was written"),
        (Offended, "test_no_secret_is_written_anywhere", Failure.REFUSES, "secret: it was written"),
        (Restless, "test_the_same_message_is_the_same_each_time", Failure.HOSTILE, "idempotency: the same message"),
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
        "secrets": (SECRET,),
        "caplog": caplog,
        "capfd": capfd,
    }
    method = getattr(AdapterConformance(), test)
    code = method.__code__
    wanted = code.co_varnames[1 : code.co_argcount]
    with pytest.raises(AssertionError, match=why):
        method(**{name: possible[name] for name in wanted})


def test_a_secret_too_short_to_be_searched_for_proves_nothing(
    peer: HttpPeer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AssertionError, match="too short to be searched for"):
        AdapterConformance().test_no_secret_is_written_anywhere(
            lambda: CapHttp(settings(bealert_url=peer.url)), peer, Failure.REFUSES, PATIENCE, ("x",), caplog, capfd
        )
