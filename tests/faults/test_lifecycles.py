"""Networks and memberships follow the models of their lifecycles over five times as many steps as in `make test`."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from unit.registry.registry_routes import routes_in_memory
from unit.registry.test_registry_machine import NetworkLife
from unit.registry.test_registry_member_machine import Memberships

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(900)]
MANY = settings(max_examples=130, stateful_step_count=40, deadline=None)


@pytest.fixture(autouse=True, scope="module")
def _in_memory() -> Iterator[None]:
    with routes_in_memory():
        yield


@pytest.mark.parametrize("machine", [NetworkLife, Memberships])
def test_a_lifecycle_follows_its_model_for_five_thousand_steps(machine: type[RuleBasedStateMachine]) -> None:
    run_state_machine_as_test(machine, settings=MANY)
