"""The whole one-machine stack with three brokers and a standby: up, status, promote, down and reset."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.processes import healthy
from buurtsein_stack.shape import Shape, Standby
from buurtsein_stack.stack import Stack
from harness.waiting import wait_for

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(600)]

SERVERS = {"kafka", "kafka-2", "kafka-3", "postgres", "postgres-2"}


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("cluster"), shape=Shape(3, Standby.SYNCHRONOUS))
    made.up()
    yield made
    made.reset()


def all_ready(stack: Stack) -> bool:
    return all(state.health == "ready" for state in stack.status())


def test_the_stack_of_a_cluster_starts_promotes_stops_and_starts_again(stack: Stack) -> None:
    assert {state.name for state in stack.status()} >= SERVERS
    assert all_ready(stack)
    told = json.loads(stack.home.manifest.read_text())
    assert told["kafka"]["bootstrap"].count(",") == 2
    assert all(dsn.endswith("?target_session_attrs=read-write") for dsn in told["postgres"]["databases"].values())

    with pytest.raises(CommandError, match="stop postgres first"):
        stack.promote()
    stack.kill("postgres", signal.SIGKILL)
    stack.promote()
    wait_for("the services use the new primary", lambda: healthy(stack.home.port("registry")), 60)
    stack.up()
    assert all_ready(stack)
    assert json.loads(stack.home.manifest.read_text())["postgres"]["pid"] == stack.processes()["postgres-2"].pid

    stack.down()
    assert stack.processes() == {}
    stack.up()
    assert all_ready(stack)
    assert stack.servers.postgres.name == "postgres-2"


def test_a_reset_leaves_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    stack = Stack(home, shape=Shape(standby=Standby.ASYNCHRONOUS))
    stack.servers.start()
    stack.reset()
    assert not home.exists()
