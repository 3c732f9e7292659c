"""Defines the stack of the tests, and a second one for tests of operators' commands, which would disturb the others."""

from collections.abc import Iterator

import pytest

from buurtsein_stack.stack import Stack
from harness.stacks import collector, stack, town
from harness.town import Town

__all__ = ["collector", "stack", "town"]


@pytest.fixture(scope="package")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Start a stack with one recognised network and a separate process for the registry's relay; once per run."""
    stack = Stack(tmp_path_factory.mktemp("operated"), split=("registry",))
    try:
        stack.up()
        aalst = Town(stack)
        aalst.network()
        yield aalst
        aalst.close()
    finally:
        stack.reset()
