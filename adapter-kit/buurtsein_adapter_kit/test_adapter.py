"""Runs the tests of the kit on the adapter that the option `--adapter` names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, override

import pytest
from pydantic import SecretStr

from buurtsein_adapter_kit.conformance import AdapterConformance, MakeAdapter, parametrize
from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.named import adapter_of, failures_of, other_settings, peer_of
from buurtsein_adapter_kit.planted import planted, variables_to_hide


class TestAdapter(AdapterConformance):
    """The tests of the kit, for the adapter that the option names."""

    failures = frozenset(Failure)

    @override
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test once for each failure that it is about and that the chosen peer can produce."""
        parametrize(metafunc, failures_of(metafunc.config))

    @pytest.fixture
    def patience(self, request: pytest.FixtureRequest) -> float:
        """Return after how many seconds without an answer a call is cancelled."""
        seconds: float = request.config.getoption("--adapter-patience")
        return seconds

    @pytest.fixture
    def peer(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
        """Return the peer: the class that the option names, made with an empty folder, or a server of the kit."""
        with peer_of(request.config)(tmp_path) as running:
            yield running

    @pytest.fixture
    def own_settings(self, request: pytest.FixtureRequest, peer: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
        """Return the adapter's settings, of which none comes from the environment; end the run when one is wrong."""
        chosen = adapter_of(request.config)
        for name in variables_to_hide(chosen):
            monkeypatch.delenv(name)
        try:
            return planted(chosen, peer, other_settings(request.config), monkeypatch.setenv)
        except ValueError as error:
            request.session.shouldstop = "the adapter's settings are wrong"
            pytest.fail(f"settings of {chosen.__name__}: {error}", pytrace=False)

    @pytest.fixture
    def make_adapter(self, request: pytest.FixtureRequest, own_settings: Any) -> MakeAdapter:
        """Return a function that makes the adapter for this peer."""
        chosen = adapter_of(request.config)
        return lambda: chosen(own_settings)

    @pytest.fixture
    def secrets(self, own_settings: Any) -> tuple[str, ...]:
        """Return the value of each SecretStr in the settings: the planted secret, or what the peer gives instead."""
        return tuple(value.get_secret_value() for _, value in own_settings if isinstance(value, SecretStr))
