"""Defines the fixtures of the tests that use all services on a stack.

The `conftest.py` of a directory of tests imports them. In a directory that is a package, the stack ends after the last
test of that directory, because a stack that nobody uses still costs a sixth of a core.
"""

from collections.abc import Iterator

import pytest

from buurtsein_chassis.manifest import service_names
from buurtsein_stack.stack import Stack
from harness.auditing import audited
from harness.collector import Collector, collecting
from harness.town import Town


@pytest.fixture(scope="package")
def collector() -> Iterator[Collector]:
    """Yield the fake trace collector to which the services of the stack send their traces."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, collector: Collector) -> Iterator[Stack]:
    """Start the one-machine stack with all its services, once per test run."""
    unlimited = {
        f"{name.upper()}_{limit}": "1000000000"
        for name in service_names()
        for limit in ("RATE_LIMIT_PER_MINUTE", "RATE_LIMIT_ANONYMOUS_PER_MINUTE")
    }
    traced = {f"{name.upper()}_OTEL_ENDPOINT": collector.url for name in service_names()}
    running = Stack(tmp_path_factory.mktemp("stack"), env=unlimited | traced)
    running.up()
    yield running
    running.reset()


@pytest.fixture(scope="package")
def town(stack: Stack) -> Iterator[Town]:
    """Yield HTTP clients for the made-up people of Aalst; at the end, check every record on the topics."""
    aalst = Town(stack)
    yield aalst
    problems = audited(aalst).problems
    aalst.close()
    assert problems == [], "what the stories left on the topics is not what we promise to send"
