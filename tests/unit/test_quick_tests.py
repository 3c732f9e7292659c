"""A test without the mark `external` can start no program and open no connection."""

import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.outside import MARK, OutsideRefused, mark_by_directory


def test_a_quick_test_starts_no_program() -> None:
    with pytest.raises(OutsideRefused, match=r"mark this test @pytest\.mark\.external"):
        subprocess.run([sys.executable, "-c", ""], check=False)


def test_a_quick_test_opens_no_connection() -> None:
    with pytest.raises(OutsideRefused, match="127"):
        socket.create_connection(("127.0.0.1", 9))


@pytest.mark.external
def test_an_external_test_may_start_a_program() -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


@pytest.mark.parametrize(("directory", "marks"), [("integration", [MARK]), ("unit", [])])
def test_whole_directories_are_external(directory: str, marks: list[str]) -> None:
    found: list[str] = []
    item: Any = SimpleNamespace(path=Path("tests") / directory / "test_it.py", add_marker=found.append)
    mark_by_directory([item])
    assert found == marks
