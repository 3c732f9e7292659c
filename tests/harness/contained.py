"""Runs services in containers from the images of `make images`, and their servers as processes on this machine."""

import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from buurtsein_chassis.manifest import service_names
from buurtsein_stack import programs
from buurtsein_stack.demo import alarm, networks
from buurtsein_stack.demo.cast import cast
from buurtsein_stack.demo.networks import Neighbourhood
from buurtsein_stack.demo.stage import Stage
from buurtsein_stack.images.build import LAYOUT
from buurtsein_stack.images.engine import load, podman
from buurtsein_stack.images.machine import ROOT
from buurtsein_stack.images.pieces import pieces
from buurtsein_stack.installation import Installation
from buurtsein_stack.stack import Stack

HARDENED = (
    *("--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges"),
    *("--user=10001:10001", "--network=host", "--memory=256m", "--pids-limit=128"),
)
STORES = ("REPORTS_PHOTOS_FOLDER", "FUNDING_EVIDENCE_FOLDER")
INSIDE = "/run/secrets/buurtsein"


def tell_story(manifest: dict[str, Any], folder: Path) -> None:
    """Make a recognised network with support, report burglaries, and check that BE-Alert got the alert once.

    Args:
        manifest: the addresses of services, issuer and simulator and the tokens, as in `stack.json`.
        folder: where the messages that BE-Alert received are kept.
    """
    plan = json.loads((Installation.load().folder / "networks.json").read_text())[0]
    place, stage = Neighbourhood(plan, "coordinator"), Stage(Console(quiet=True))
    with cast(manifest) as people:
        networks.apply_and_submit(stage, people, place, networks.charter(people, place))
        networks.appoint(stage, people, place)
        networks.approve(stage, people, place)
        networks.recognise_and_equip(stage, people, place)
        networks.mandate(stage, people, place)
        networks.grant(stage, people, place)
        alarm.report_burglaries(stage, people, place)
        alarm.release(stage, people)
        assert alarm.arrive(stage, people, folder) == 0, "a message is invalid or came twice"


class ContainedStack(Stack):
    """A one-machine stack in which each service runs in a container with minimal rights.

    A container's program is a process of this machine with the variables by which the stack finds its processes.
    """

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.started: dict[str, float] = {}
        self.images = {
            name: load(LAYOUT, piece.image, piece.version)
            for name, piece in pieces().items()
            if name in {*service_names(), "operate"}
        }

    def container(self, name: str) -> str:
        """Return the name that a service's container has in podman."""
        return f"buurtsein-{self.home.path.name}-{name}"

    def run(self, name: str, *arguments: str, env: Mapping[str, str], options: tuple[str, ...] = ("--rm",)) -> str:
        """Run a container of an image with the service's secrets, the installation and a folder for files."""
        files = (Installation.load().folder, ROOT / "contracts" / "consumers")  # consumers.toml names files of both
        mounts = [f"--volume={self._readable_secrets(name)}:{INSIDE}:ro", *(f"--volume={f}:{f}:ro" for f in files)]
        stores = [one for one in STORES if one in env]
        if stores:
            mounts.append("--tmpfs=/photos:mode=1777")
        inside = {"BUURTSEIN_SECRETS_DIR": INSIDE} | dict.fromkeys(stores, "/photos/store")
        variables = [f"--env={key}={value}" for key, value in ({**env, **inside}).items()]
        return podman("run", *HARDENED, *options, *mounts, *variables, self.images[name], *arguments)

    def reset(self) -> None:
        super().reset()
        for service in service_names():
            podman("rm", "--force", "--ignore", "--time", "1", self.container(service))

    def _migrate(self) -> None:
        for service in service_names():
            self.run(service, "migrate", env=self._settings(service))

    def _launch(self, name: str, env: Mapping[str, str] | None = None) -> psutil.Process:
        if name not in service_names():
            return super()._launch(name, env)
        marks = {"BUURTSEIN_HOME": str(self.home.path), "BUURTSEIN_PROCESS": name}
        self.home.usable_port(name)
        self.started[name] = time.monotonic()
        settings = self._settings(name) | marks | dict(env or {})
        self.run(name, "run", env=settings, options=("--detach", f"--name={self.container(name)}"))
        return psutil.Process(int(podman("inspect", "--format={{.State.Pid}}", self.container(name))))

    def _wait(self, name: str, process: psutil.Process) -> None:
        super()._wait(name, process)
        if name in self.started:
            self.started[name] = time.monotonic() - self.started[name]

    def _settings(self, service: str) -> dict[str, str]:
        return programs.environment(self.home, service, self.home.port(service))

    def _readable_secrets(self, service: str) -> Path:
        """Copy the secrets so that the user in the container can read them, in a folder that only we can enter."""
        copy = self.home.secrets / "readable" / service
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.home.secrets / service, copy)
        copy.chmod(0o755)
        for file in copy.iterdir():
            file.chmod(0o444)
        return copy
