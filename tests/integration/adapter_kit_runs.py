"""Runs `pytest --adapter=...` in a process of its own, on the adapter of docs/extending.md or a changed one."""

import os
import re
import subprocess
import sys
from pathlib import Path

PLUGIN = "buurtsein_adapter_kit.plugin"
GUIDE = Path(__file__).parents[2] / "docs" / "extending.md"


def guide_adapter() -> str:
    """Return the Python code of the adapter `Telephone` in the guide."""
    (code,) = re.findall(r"```python\n(from urllib.*?)```", GUIDE.read_text(), re.DOTALL)
    return str(code)


def run_kit(folder: Path, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the kit on the adapter of the module `telephone` in a folder, with variables of the environment.

    No other installed plugin of pytest is loaded, because their imports take seconds.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", PLUGIN]
    return subprocess.run(
        [*command, "--adapter=telephone:Telephone", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
