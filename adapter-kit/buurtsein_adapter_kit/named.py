"""Reads the options of the kit: the adapter, its peer, and the failures that this peer can produce.

Each function raises pytest.UsageError, with one sentence, when an option is wrong.
"""

from typing import Any

import pytest
from pydantic import ImportString, TypeAdapter, ValidationError

from buurtsein_adapter_kit.failures import Failure
from buurtsein_adapter_kit.peer import HttpPeer
from buurtsein_notifier.adapters.found import adapter_class

_FOLDER = "pytest does not look in the current folder: install the package, or set PYTHONPATH=."


def adapter_of(config: pytest.Config) -> Any:
    """Return the adapter class that the option `--adapter` names."""
    named = config.getoption("--adapter")
    try:
        chosen = adapter_class(named)
    except ValueError as error:
        raise pytest.UsageError(f"--adapter={named}: {error} ({_FOLDER})") from error
    if not getattr(chosen, "settings", None):
        raise pytest.UsageError(f"--adapter={named}: it has no `settings`: make a subclass of AdapterConformance")
    return chosen


def peer_of(config: pytest.Config) -> Any:
    """Return the peer class that the option `--adapter-peer` names, or the HTTP server of the kit."""
    named = config.getoption("--adapter-peer")
    if not named:
        return HttpPeer
    try:
        return TypeAdapter(ImportString[Any]).validate_python(named)
    except ValidationError as error:
        raise pytest.UsageError(f"--adapter-peer={named}: {error.errors()[0]['msg']} ({_FOLDER})") from error
    except Exception as error:  # whatever a module of somebody else raises while it is imported
        raise pytest.UsageError(f"--adapter-peer={named}: {type(error).__name__}: {error}") from error


def failures_of(config: pytest.Config) -> frozenset[Failure]:
    """Return the failures that the class of the peer names, and HAS_IT when the option says so."""
    peer = peer_of(config)
    more = {Failure.HAS_IT} if config.getoption("--adapter-has-it") else set()
    try:
        named = frozenset(map(Failure, getattr(peer, "failures", ())))
    except ValueError as error:
        raise pytest.UsageError(f"failures of {peer.__name__}: {error}; known are {', '.join(Failure)}") from error
    if not named:
        raise pytest.UsageError(f"{peer.__name__} names no failure that it can produce: set `failures`")
    return named | more


def other_settings(config: pytest.Config) -> dict[str, str]:
    """Return the values that the options `--adapter-setting=NAME=VALUE` give, by the name of the field."""
    given = [one.partition("=") for one in config.getoption("--adapter-setting")]
    wrong = [name for name, equals, _ in given if not (name and equals)]
    if wrong:
        raise pytest.UsageError(f"--adapter-setting={wrong[0]}: write NAME=VALUE")
    return {name.lower(): value for name, _, value in given}
