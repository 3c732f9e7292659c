"""Runs `pytest --adapter=...` in a process of its own, on the adapter of docs/extending.md or a changed one."""

import os
import re
import subprocess
import sys
from pathlib import Path

GUIDE = Path(__file__).parents[2] / "docs" / "extending.md"


def guide_adapter() -> str:
    """Return the Python code of the adapter `Telephone` in the guide."""
    (code,) = re.findall(r"```python\n(from urllib.*?)```", GUIDE.read_text(), re.DOTALL)
    return str(code)


def run_kit(folder: Path, *options: str, alone: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the kit on the adapter of the module `telephone` in a folder, with variables of the environment.

    `alone` runs it without the other installed plugins of pytest, whose imports take seconds.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--adapter=telephone:Telephone"]
    only = ["-p", "buurtsein_adapter_kit.plugin"] if alone else []
    return subprocess.run(
        [*command, *only, *options],
        cwd=folder,
        env=os.environ
        | {"PYTHONPATH": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1" if alone else ""}
        | variables,
        capture_output=True,
        text=True,
        check=False,
    )
