"""Runs the tests of the kit on the adapter that the option `--adapter` names.

The kit makes the adapter's settings: each `OutwardUrl` is the address of the kit's peer, and each `SecretStr` is the
planted secret. Other settings come from the environment, `NOTIFIER_<NAME>_<FIELD>`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ImportString, SecretStr, TypeAdapter

from buurtsein_adapter_kit.conformance import AdapterConformance, MakeAdapter
from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.messages import CANCELLING, IDENTIFIER, SECRET
from buurtsein_adapter_kit.peer import HttpPeer
from buurtsein_chassis.addresses import OutwardUrl
from buurtsein_notifier.adapters.found import adapter_class, settings_of


class TestAdapter(AdapterConformance):
    """The tests of the kit, for the adapter that the option names."""

    failures = frozenset(Failure)

    @pytest.fixture
    def patience(self, request: pytest.FixtureRequest) -> float:
        """Return after how many seconds a call counts as one without an answer."""
        seconds: float = request.config.getoption("--adapter-patience")
        return seconds

    @pytest.fixture
    def peer(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
        """Return the peer: the class that the option names, made with an empty folder, or a server of the kit."""
        named = request.config.getoption("--adapter-peer")
        chosen = TypeAdapter(ImportString[Any]).validate_python(named)(tmp_path) if named else None
        with chosen or HttpPeer((IDENTIFIER, CANCELLING)) as running:
            yield running

    @pytest.fixture
    def make_adapter(self, request: pytest.FixtureRequest, peer: Any, monkeypatch: pytest.MonkeyPatch) -> MakeAdapter:
        """Return a function that makes the adapter for this peer."""
        chosen = adapter_class(request.config.getoption("--adapter"))
        for name, value in _settings(chosen, peer).items():
            monkeypatch.setenv(name, value)
        return lambda: chosen(settings_of(chosen))


def _settings(chosen: Any, peer: Any) -> dict[str, str]:
    """Return the variables with the adapter's settings that the kit knows, and those that the peer gives."""
    prefix = f"NOTIFIER_{chosen.name.upper().replace('-', '_')}_"
    if not getattr(chosen, "settings", None):
        pytest.exit(f"{chosen.__name__} has no `settings` of its own: make a subclass of AdapterConformance")
    found = {}
    for name, field in chosen.settings.model_fields.items():
        kinds = str(field.annotation)
        if OutwardUrl.__name__ in kinds:
            found[name] = getattr(peer, "url", "")
        elif SecretStr.__name__ in kinds:
            found[name] = SECRET
    found |= getattr(peer, "settings", dict)()
    return {prefix + name.upper(): value for name, value in found.items() if prefix + name.upper() not in os.environ}
