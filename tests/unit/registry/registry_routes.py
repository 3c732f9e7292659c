"""Lets the routes of the registry work on a store in memory, for tests that drive its lifecycles over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from buurtsein_registry.api import answers, members


@contextmanager
def routes_in_memory() -> Iterator[None]:
    """Let the routes for networks and memberships use their unit of work as the store; it must be a store in memory."""
    with pytest.MonkeyPatch.context() as patched:
        for routes in (answers, members):
            patched.setattr(routes, "RegistryStore", lambda uow, _: uow)
        yield
