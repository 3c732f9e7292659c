"""Finds and runs promtool, the program of Prometheus that checks and tests rules."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from harness import tools

FOLDER = tools.ROOT / "deploy" / "monitoring"
RULES = FOLDER / "alerts.yml"
TESTS = FOLDER / "alerts.test.yml"
KIND = "promtool"


def promtool() -> str:
    """Return the path of promtool, installed or fetched before; raise ToolMissing when this machine has none."""
    fetched = _folder() / "usr" / "bin" / "promtool"
    return shutil.which("promtool") or (str(fetched) if fetched.exists() else tools.missing("promtool", KIND))


def get_promtool() -> None:
    """Unpack promtool from Debian's package `prometheus`, without installing the package, which would start a server.

    Raises:
        ToolMissing: when it cannot be fetched.
    """
    if shutil.which("promtool") or _folder().exists():
        return
    tools.programs_needed(KIND, ("apt-get", "dpkg-deb"))
    with tempfile.TemporaryDirectory(dir=tools.TOOLS) as new:
        tools.apt()  # reads the lists of packages anew
        tools.run_tool(["apt-get", "download", "-qq", "prometheus"], Path(new))
        [package] = Path(new).glob("prometheus_*.deb")
        tools.run_tool(["dpkg-deb", "-x", package.name, "whole"], Path(new))
        (Path(new) / "whole").rename(_folder())


def run(*arguments: str) -> tuple[bool, str]:
    """Run promtool; return whether it succeeded, and its output. Raise ToolMissing when there is no promtool."""
    done = subprocess.run([promtool(), *arguments], capture_output=True, text=True, timeout=120, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def _folder() -> Path:
    return tools.TOOLS / KIND
