"""The operator's command loads all projections where the libraries of the services are not installed."""

import subprocess
import sys

import pytest

LOAD = """
import sys
sys.modules |= dict.fromkeys(("shapely", "lxml", "numpy"))
from buurtsein_chassis.manifest import manifests
print(sum(len(manifest.load_projections()) for manifest in manifests().values()))
"""


@pytest.mark.external
def test_projections_load_without_libraries_that_only_services_have() -> None:
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
