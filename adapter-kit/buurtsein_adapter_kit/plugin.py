"""Adds the option `--adapter=module:Class` to pytest, which runs the tests of this kit on one adapter."""

from pathlib import Path

import pytest

TESTS = str(Path(__file__).with_name("test_adapter.py"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the kit to pytest."""
    group = parser.getgroup("adapter", "tests of an adapter to BE-Alert")
    group.addoption(
        "--adapter", metavar="MODULE:CLASS", help="the adapter: an import path or the name of an installed one"
    )
    group.addoption(
        "--adapter-peer",
        metavar="MODULE:CLASS",
        help="the peer of an adapter that does not use HTTP; without it a server of the kit",
    )
    group.addoption(
        "--adapter-patience",
        type=float,
        default=2.0,
        metavar="SECONDS",
        help="after how many seconds a call counts as one without an answer (2)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Run the tests of the kit, and no others, when an adapter is named."""
    if config.getoption("--adapter"):
        config.args = [TESTS]
