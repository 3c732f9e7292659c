"""Runs the command `buurtsein` on an installation for rehearsals, and keeps its output beside the logs."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from buurtsein_chassis.command_errors import CommandError

WHY = ("--reason", "rehearsal")


class Answer(NamedTuple):
    """The exit status of a `buurtsein` command, and the JSON document that it printed."""

    status: int
    document: Any


class Operator:
    """Runs `buurtsein` commands on one installation, as its operator does."""

    def __init__(self, home: Path) -> None:
        """Take the home folder of the stack."""
        self._home = home

    def run(self, *arguments: str) -> int:
        """Run a `buurtsein` command and return its exit status."""
        return self._ran(arguments).returncode

    def succeeds(self, *arguments: str) -> bool:
        """Run a `buurtsein` command and return whether its exit status was 0."""
        return self.run(*arguments) == 0

    def ask(self, *arguments: str, fine: tuple[int, ...] = (0,)) -> Answer:
        """Run a command with --json and return its output; raise CommandError `rehearsal` for a wrong exit status."""
        done = self._ran((*arguments, "--json"))
        if done.returncode not in fine:
            words = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            sentence = f"buurtsein {' '.join(arguments)}: exit {done.returncode}: {words[-1]}"
            raise CommandError("rehearsal", sentence)
        return Answer(done.returncode, json.loads(done.stdout))

    def differences(self, wait: float = 0) -> Counter[str]:
        """Run `buurtsein verify`, and return how many differences of each kind it found."""
        verified = self.ask("verify", "--wait", str(wait), fine=(0, 1)).document
        found: Counter[str] = Counter()
        for topic in verified["topics"]:
            for figures in (topic, *topic["consumers"]):
                found.update({name: figures[name] for name in KINDS if figures.get(name)})
        return found

    def _ran(self, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("buurtsein")), *arguments]
        environment = os.environ | {"BUURTSEIN_HOME": str(self._home)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        with (self._home / "logs" / "buurtsein.log").open("a") as log:
            log.write(f"$ buurtsein {' '.join(arguments)}\n{done.stdout}{done.stderr}exit {done.returncode}\n")
        return done


KINDS = ("pending", "unpublished", "unknown", "altered", "out_of_order", "missing", "ahead", "parked", "dead", "unkept")
"""The figures of `verify` that count differences."""
