"""A service refuses to start, with one sentence, when the file with the municipality's border is unusable."""

import json
from pathlib import Path

import pytest

from buurtsein_chassis.settings import ServiceSettings, load
from buurtsein_registry.settings import Settings as Registry
from buurtsein_reports.settings import Settings as Reports


@pytest.mark.parametrize("settings", [Registry, Reports], ids=["registry", "reports"])
def test_a_file_in_lambert_72_is_refused_at_the_start(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: type[ServiceSettings],
) -> None:
    ring = [[127000, 181000], [128000, 181000], [128000, 182000], [127000, 181000]]
    path = tmp_path / "aalst.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    prefix = settings.model_config["env_prefix"]
    monkeypatch.setenv(f"{prefix}NIS", "41002")
    monkeypatch.setenv(f"{prefix}MUNICIPALITY_AREA", str(path))
    with pytest.raises(SystemExit) as stopped:
        load(settings)
    assert stopped.value.code == 2
    [line] = [line for line in capsys.readouterr().err.splitlines() if "MUNICIPALITY_AREA" in line]
    assert line.startswith(f"setting {prefix}MUNICIPALITY_AREA")
    assert "aalst.geojson cannot be used: coordinates that are no longitude and latitude (Lambert 72?)" in line
