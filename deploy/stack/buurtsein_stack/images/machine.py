"""Finds, installs where possible, and runs the programs that a build step needs.

Invariant: what this machine lacks is a `CommandError` of one sentence, never a traceback.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.release.programs import printed_by

ROOT = Path(__file__).resolve().parents[4]
WORK = ROOT / ".local" / "images"
"""The folder for what is built on the way; everything in it can be built again."""
ENGINE = ("podman", "buildah", "runc", "skopeo", "netavark", "aardvark-dns", "iptables", "uidmap")
"""Debian's packages of a container engine."""
PACKAGES: Mapping[str, Sequence[str]] = {
    "mmdebstrap": ("mmdebstrap",),
    "buildah": ENGINE,
    "podman": ENGINE,
    "skopeo": ENGINE,
    "strip": ("binutils",),
}
"""The packages of Debian that bring a program."""


def need(*programs: str) -> None:
    """Check that these programs exist; as root on a system with apt-get, install the missing ones.

    Raises:
        CommandError: `not-installed`, when a program is not there and cannot be installed.
    """
    absent = [name for name in programs if not shutil.which(name)]
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(sorted({package for name in absent for package in PACKAGES[name]}))
    for name in absent:
        if not shutil.which(name):
            words = " ".join(PACKAGES[name])
            raise CommandError("not-installed", f"{name} is not on this machine: install {words} (Debian's names)")


def _install(packages: Sequence[str]) -> None:
    """Install packages with apt-get, ignoring its errors; the caller checks which programs are still missing."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        command = ["apt-get", *arguments]
        subprocess.run(command, env=environment, capture_output=True, check=False)


def run(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    """Run a program in the project's folder and return its output.

    Raises:
        CommandError: `image`, with the last line that the program wrote, when it fails.
    """
    return printed_by([str(word) for word in command], ROOT, code="image", env=env)
