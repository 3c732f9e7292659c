"""A second stack, for what operators do: nobody else's tests would like what these do to it."""

from collections.abc import Iterator

import pytest

from buurtsein_stack.stack import Stack
from harness.town import Town


@pytest.fixture(scope="session")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One recognised network on a stack whose registry can lose its relay alone; once per run."""
    stack = Stack(tmp_path_factory.mktemp("operated"), split=("registry",))
    try:
        stack.up()
        aalst = Town(stack)
        aalst.network()
        yield aalst
        aalst.close()
    finally:
        stack.reset()
