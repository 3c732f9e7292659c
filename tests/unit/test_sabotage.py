"""The code of each chassis mechanism that the fault tests switch off still exists."""

from pathlib import Path

import pytest

from harness.sabotage import MECHANISMS, chassis_without


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanism_can_be_switched_off_in_a_copy(name: str, tmp_path: Path) -> None:
    assert chassis_without([name], tmp_path) == {"PYTHONPATH": str(tmp_path)}
    source = (tmp_path / "buurtsein_chassis" / MECHANISMS[name].file).read_text()
    compile(source, MECHANISMS[name].file, "exec")
    assert MECHANISMS[name].new in source
