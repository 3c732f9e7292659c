"""Tests how test files are spread over processes: files that need the same servers go to the same process."""

import pytest

from harness import lanes
from harness.lanes import choose

STACK, VERIFY, JOBS, RELAY, TOKENS, QUICK = (
    "tests/e2e/test_reports_story.py",
    "tests/e2e/test_operator_verify.py",
    "tests/integration/test_jobs.py",
    "tests/integration/test_relay.py",
    "tests/integration/test_tokens.py",
    "tests/unit/test_docs.py",
)


@pytest.mark.parametrize(
    ("waiting", "mine", "others", "chosen"),
    [
        ([STACK, JOBS, QUICK], [], [], STACK),
        ([STACK, JOBS, QUICK], [], [[STACK]], JOBS),
        ([STACK, VERIFY, JOBS], [STACK], [[VERIFY], [JOBS], []], STACK),
        ([JOBS, QUICK], [RELAY], [[STACK], [JOBS]], JOBS),
        ([RELAY, QUICK, TOKENS], [JOBS], [], RELAY),
        ([QUICK, TOKENS], [JOBS], [], TOKENS),
        ([JOBS, TOKENS, QUICK], [], [[RELAY]], TOKENS),
        ([JOBS, QUICK], [], [[RELAY], [TOKENS]], QUICK),
        ([TOKENS, QUICK], [], [[RELAY], [TOKENS], [TOKENS]], QUICK),
        ([QUICK, JOBS], [RELAY, QUICK], [[STACK]], JOBS),
        ([JOBS], [], [[JOBS], [RELAY]], JOBS),
    ],
    ids=[
        "the first process starts the stack",
        "the next process starts other servers",
        "a process goes on with the tests on its stack",
        "a process goes on with the tests on its servers",
        "a process goes on with Kafka before other tests",
        "a process with Kafka also has a database server",
        "a second process starts only a database server",
        "a third process takes other tests",
        "a fourth process takes other tests",
        "other tests do not keep a process from its servers",
        "a process helps when nothing else is left",
    ],
)
def test_a_process_gets_a_file(waiting: list[str], mine: list[str], others: list[list[str]], chosen: str) -> None:
    assert choose(waiting, mine, others) == chosen


def test_every_place_that_shares_servers_exists() -> None:
    assert [place for place in lanes.NEEDED if not (lanes.ROOT / place).exists()] == []
    assert set(lanes.NEEDED.values()) == set(lanes.PROCESSES)
