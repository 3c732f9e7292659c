"""Makes environments as an operator would: a venv, libraries from a lock file with hashes, and our wheels.

Invariant: nothing in such an environment comes from the checkout but the lock and the wheels.
"""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from buurtsein_stack.release.programs import printed_by

MB = 1_000_000
_KEPT = ("HOME", "LANG", "TMPDIR", "PATH", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True)
class Environment:
    """A venv with our wheels; its commands run in `folder`, which contains no source of the project."""

    name: str
    folder: Path

    @property
    def python(self) -> Path:
        """Return the path of the Python in this environment."""
        return self.folder / "venv" / "bin" / "python"

    def run(self, *command: str, env: Mapping[str, str] | None = None) -> str:
        """Run this environment's `python COMMAND...` and return its output, or raise CommandError `install`."""
        return printed_by([str(self.python), *command], self.folder, code="install", env=env, only=_KEPT)

    def buurtsein(self, *command: str, env: Mapping[str, str]) -> str:
        """Run this environment's `buurtsein COMMAND...` and return its output, or raise CommandError `install`."""
        program = self.python.with_name("buurtsein")
        return printed_by([str(program), *command], self.folder, code="install", env=env, only=_KEPT)

    def install(self, *arguments: str) -> None:
        """Run `pip install` with these arguments; raise CommandError `install` when it fails."""
        quiet = ("--quiet", "--disable-pip-version-check", "--no-input")
        self._pip("install", *quiet, *arguments)

    def check(self) -> None:
        """Check that every requirement of the packages is installed; raise CommandError `install` for a missing one."""
        self._pip("check", "--disable-pip-version-check")

    def _pip(self, *arguments: str) -> None:
        # pip's own settings (its index, its proxy) are those of the machine
        printed_by([str(self.python), "-m", "pip", *arguments], self.folder, code="install", env={"PYTHONPATH": ""})

    def megabytes(self) -> float:
        """Return the size in megabytes of the installed libraries and wheels, without bytecode and without pip."""
        site = next((self.folder / "venv" / "lib").glob("python*/site-packages"))
        files = (path for path in site.rglob("*") if path.is_file() and path.suffix != ".pyc")
        return sum(path.stat().st_size for path in files if not _of_pip(path.relative_to(site))) / MB


def bare(name: str, place: Path, lock: Path, wheels: Sequence[Path]) -> Environment:
    """Make a venv with the libraries of a lock and these wheels; raise CommandError `install` if that fails."""
    shutil.rmtree(place / name, ignore_errors=True)
    (place / name).mkdir(parents=True)
    made = Environment(name, place / name)
    printed_by([sys.executable, "-m", "venv", str(made.folder / "venv")], made.folder, code="install")
    made.install("--require-hashes", "--only-binary", ":all:", "--requirement", str(lock))
    made.install("--no-deps", "--no-index", *map(str, wheels))
    made.check()
    return made


def _of_pip(path: Path) -> bool:
    return path.parts[0] == "pip" or path.parts[0].startswith("pip-")
