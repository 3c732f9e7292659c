"""`make rehearse-install`: installs every service and `buurtsein` from the wheels of the last commit, and uses them.

Each gets a bare environment: a venv, the libraries of its lock by hash, and wheels. Exit status: 0 when all of it
works, 1 when something does not, 2 when it cannot begin here.
"""

import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_chassis.manifest import manifest_of, service_names
from buurtsein_stack.release import wheels
from buurtsein_stack.release.distributions import OURS, closure, distributions
from rehearsals.install.environments import Environment, bare
from rehearsals.install.scene import Scene

PROJECT = Path(__file__).resolve().parents[3]
PLACE = PROJECT / ".local" / "rehearsals" / "install"
OPERATE = "operate"
MOST_MB = 80
"""The most that the operator's command may take; the manifests of services come on top, and grow with their number."""

console = Console(stderr=True, highlight=False, soft_wrap=True)


def built() -> dict[str, Path]:
    """Build the wheels of the last commit and return their paths by name of the distribution."""
    shutil.rmtree(PLACE / "source", ignore_errors=True)
    shutil.rmtree(PLACE / "wheels", ignore_errors=True)
    tree = wheels.source(PROJECT, "HEAD", PLACE / "source")
    made = wheels.build(PROJECT, tree, PLACE / "wheels", wheels.commit_time(PROJECT, "HEAD"))
    return {path.name.split("-")[0].replace("_", "-"): path for path in made}


def installed(name: str, made: dict[str, Path]) -> Environment:
    """Make the bare environment of a service or of the operator's command, and print its size."""
    ours = closure(f"{OURS}{name}", distributions(PROJECT))
    begun = time.monotonic()
    lock = PLACE / "source" / f"requirements-{name}.lock"
    environment = bare(name, PLACE / "environments", lock, [made[each] for each in ours])
    console.print(f"{name}: {environment.megabytes():.0f} MB, installed in {time.monotonic() - begun:.0f} s")
    return environment


def operator(made: dict[str, Path]) -> Environment:
    """Install the operator's command, and the services' wheels without their libraries, so that it finds the services.

    Raises:
        CommandError: `too-big`, when the command alone takes more than it may.
    """
    operate = installed(OPERATE, made)
    if operate.megabytes() > MOST_MB:
        raise CommandError("too-big", f"the operator's command takes {operate.megabytes():.1f} MB, more than {MOST_MB}")
    operate.install("--no-deps", "--no-index", *(str(made[f"{OURS}{name}"]) for name in service_names()))
    console.print(f"operate with the manifests of {len(service_names())} services: {operate.megabytes():.0f} MB")
    return operate


def rehearse(scene: Scene, operate: Environment, services: Mapping[str, Environment]) -> None:
    """Run the installed services and `buurtsein` on new servers; raise CommandError when a program fails."""
    console.print("servers")
    scene.begin()
    env = scene.operator()
    operate.buurtsein("--help", env=env)
    for name, environment in services.items():
        environment.run("-m", manifest_of(name).package, "--help")
        environment.run("-m", manifest_of(name).package, "migrate", env=scene.settings(name))
    changes = operate.buurtsein("topics", "apply", "--replication", "1", env=env).splitlines()
    console.print(f"buurtsein topics apply: {len(changes)} changes")
    expect("topics apply changed something again", operate.buurtsein("topics", "apply", "--replication", "1", env=env))
    for name, environment in services.items():
        begun = time.monotonic()
        scene.run(name, environment)
        console.print(f"{name}: ready after {time.monotonic() - begun:.1f} s")
    operated(scene, operate, env)


def operated(scene: Scene, operate: Environment, env: Mapping[str, str]) -> None:
    """Run the operator's commands while the services run; raise CommandError `install` when one finds a fault."""
    for command in ("summary", "lag", "verify"):
        operate.buurtsein(command, env=env)
        console.print(f"buurtsein {command}: right")
    for name in service_names():
        operate.buurtsein("dead-letters", "list", "--direct", "--service", name, env=scene.operator_of(name))
    console.print("buurtsein dead-letters list --direct: right, with the secret of one service only")


def expect(wrong: str, nothing: str) -> None:
    """Raise CommandError `differs` with the message `wrong` unless `nothing`, a list of faults, is empty."""
    if nothing.strip():
        raise CommandError("differs", f"{wrong}: {nothing.splitlines()[0]}")


def main() -> int:
    """Run the installation rehearsal on new servers and stop them; return the exit status."""
    try:
        with machine_errors():
            made = built()
    except CommandError as error:
        console.print(f"rehearse-install: {error.sentence}", markup=False)
        return 2
    scene = Scene(PLACE / "home")
    scene.reset()
    try:
        with machine_errors():
            operate = operator(made)
            rehearse(scene, operate, {name: installed(name, made) for name in service_names()})
    except CommandError as error:
        console.print(f"rehearse-install: {error.sentence}", markup=False)
        return 1
    finally:
        scene.down()
    console.print("rehearse-install: all of it works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
