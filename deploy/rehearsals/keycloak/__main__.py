"""Runs `make rehearse-keycloak`: all services with Keycloak as token issuer, over https, in the profile production.

Exit status: 0 when every answer is as expected, 1 when an answer differs, 2 when the rehearsal cannot begin here.
"""

import sys
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_stack.home import Home
from rehearsals.keycloak.checks import Checks, started
from rehearsals.keycloak.distribution import ensure, locked
from rehearsals.keycloak.issuer import Keycloak
from rehearsals.keycloak.scene import Scene
from rehearsals.lines import Line, show

PLACE = Path(__file__).resolve().parents[3] / ".local" / "rehearsals" / "keycloak"

console = Console(width=None if Console().is_terminal else 140)


def rehearse(scene: Scene, program: Path) -> list[Line]:
    """Start Keycloak and the services, and run all checks; raise CommandError when a program does not start."""
    scene.begin()
    issuer = Keycloak(scene.home, program, scene.certificates)
    begun = time.monotonic()
    issuer.start()
    console.print(f"Keycloak over https, with the realm: ready after {time.monotonic() - begun:.0f} s")
    started(scene, issuer)
    console.print("the APIs of all services, profile production; signing in, and waiting for tokens to expire")
    return list(Checks(scene, issuer).all())


def main() -> int:
    """Run the Keycloak rehearsal with new servers and stop them; return the exit status."""
    try:
        with machine_errors():
            console.print(f"{locked()[0]}: fetched and prepared the first time, which takes minutes")
            program = ensure(Home(PLACE).jars)
    except CommandError as error:
        console.print(f"rehearse-keycloak: {error.sentence}", markup=False)
        return 2
    with ExitStack() as ended:
        scene = Scene(PLACE, ended)
        scene.reset()
        ended.callback(scene.reset)
        try:
            with machine_errors():
                lines = rehearse(scene, program)
        except CommandError as error:
            console.print(f"rehearse-keycloak: {error.sentence}", markup=False)
            return 1
    show(console, lines)
    right = all(line.right for line in lines)
    console.print(f"rehearse-keycloak: {len(lines)} checks, {'all right' if right else 'not all right'}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
