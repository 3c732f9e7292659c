"""Runs podman, buildah and skopeo with the project's own settings, without changing settings of this machine.

Invariant: the settings work as root on a machine without systemd, and also on an ordinary laptop.
"""

import os
import sys
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.images.machine import WORK, need, run

SETTINGS = """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
[network]
network_backend = "netavark"
"""


def environment() -> dict[str, str]:
    """Return the environment variables for podman, buildah and skopeo; keep a CONTAINERS_CONF that the user set."""
    file = WORK / "containers.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SETTINGS)
    return {"CONTAINERS_CONF": os.environ.get("CONTAINERS_CONF", str(file))}


def engine(*command: str | Path) -> str:
    """Run podman, buildah or skopeo, after installing the program if needed; return its output without a last newline.

    Raises:
        CommandError: `not-installed` or `image`.
    """
    need(str(command[0]))
    return run(*command, env=environment()).rstrip("\n")


def podman(*arguments: str | Path) -> str:
    """Run podman and return its output."""
    return engine("podman", *arguments)


def present(ref: str, version: str) -> str:
    """Return an image's full name if podman's store has the image, else ""."""
    name = f"localhost/{ref}:{version}"
    return name if podman("images", "--quiet", name) else ""


def load(layout: Path, ref: str, version: str) -> str:
    """Copy an image from an OCI layout to podman's store; return its name there, `localhost/<ref>:<version>`."""
    name = f"localhost/{ref}:{version}"
    engine("skopeo", "copy", "--quiet", f"oci:{layout}:{ref}", f"containers-storage:{name}")
    return name


def main() -> int:
    """Check that podman and skopeo work here; print one sentence and return 2 when they do not."""
    try:
        need("podman", "skopeo")
        podman("info")
    except CommandError as error:
        sys.stderr.write(f"containers: {error.sentence}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
