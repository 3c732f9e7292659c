"""The commands use the data of the one-machine stack, or of a demo kept with KEEP=1 when only that demo runs."""

from pathlib import Path

import pytest

from buurtsein_stack.home import Home


@pytest.fixture
def default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("BUURTSEIN_HOME", str(tmp_path))
    return Home.default()


def up(home: Home) -> None:
    home.path.mkdir(parents=True, exist_ok=True)
    home.manifest.touch()


def test_the_default_home_is_used_when_nothing_runs(default: Home) -> None:
    assert Home.present() == default


def test_the_home_of_the_demo_is_used_when_only_the_demo_runs(default: Home) -> None:
    up(default.demo)
    assert Home.present() == default.demo


def test_the_default_home_is_used_when_both_run(default: Home) -> None:
    up(default.demo)
    up(default)
    assert Home.present() == default
