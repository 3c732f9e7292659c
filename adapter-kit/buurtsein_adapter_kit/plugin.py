"""Adds the option `--adapter=module:Class` to pytest, which runs the tests of this kit on one adapter."""

from pathlib import Path

import pytest

from buurtsein_adapter_kit.named import adapter_of, failures_of, other_settings

TESTS = str(Path(__file__).with_name("test_adapter.py"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the kit to pytest."""
    group = parser.getgroup("adapter", "tests of an adapter to BE-Alert")
    group.addoption(
        "--adapter", metavar="MODULE:CLASS", help="the adapter: an import path or the name of an installed one"
    )
    group.addoption(
        "--adapter-setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of the adapter that is neither an address nor a secret; those of the environment are not used",
    )
    group.addoption(
        "--adapter-peer",
        metavar="MODULE:CLASS",
        help="a peer of your own, for an adapter without HTTP or with other codes; without it a server of the kit",
    )
    group.addoption(
        "--adapter-has-it",
        action="store_true",
        help="the peer answers 409 to a message that it has already",
    )
    group.addoption(
        "--adapter-patience",
        type=float,
        default=2.0,
        metavar="SECONDS",
        help="after how many seconds a call counts as one without an answer (2)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Run the tests of the kit, and no others, when an adapter is named; raise UsageError for a wrong option."""
    if config.getoption("--adapter"):
        for read in (adapter_of, failures_of, other_settings):
            read(config)
        config.args = [TESTS]
