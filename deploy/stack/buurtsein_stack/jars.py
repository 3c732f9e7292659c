"""Fetches the jars of Apache Kafka one by one, and checks each against the committed list of hashes.

Invariant: a folder in the cache is complete and checked, or it does not exist. `kafka-jars.lock` has one line per jar:
`group:artifact:version sha256`. jgo fetches from Maven Central; `BUURTSEIN_MAVEN_REPOSITORY` names a mirror instead.
"""

import hashlib
import os
import shutil
import ssl
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from buurtsein_chassis.command_errors import CommandError, machine_errors

if TYPE_CHECKING:
    from jgo.maven import MavenContext

LOCK = Path(__file__).with_name("kafka-jars.lock")
KAFKA = "org.apache.kafka:kafka_2.13:4.4.0"
LOG_BINDING = "org.apache.logging.log4j:log4j-slf4j-impl"


def locked() -> dict[str, str]:
    """Return the SHA-256 of each Maven coordinate from the committed list."""
    lines = (line.split("#")[0].split() for line in LOCK.read_text().splitlines())
    return {line[0]: line[1] for line in lines if line}


def version(lock: Iterable[str]) -> str:
    """Return the version of Kafka in a list of coordinates."""
    return next(name for name in lock if ":kafka_2.13:" in name).rsplit(":", 1)[1]


def sha256(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_name(coordinate: str) -> str:
    """Return the file name `artifact-version.jar` of the coordinate `group:artifact:version`."""
    _, artifact, number = coordinate.split(":")
    return f"{artifact}-{number}.jar"


def check(coordinate: str, path: Path, expected: str) -> None:
    """Check that a jar has the committed hash.

    Raises:
        CommandError: `jar-hash`, when it has another.
    """
    if sha256(path) != expected:
        raise CommandError("jar-hash", f"{coordinate} is not the file of kafka-jars.lock (wrong SHA-256): {path}")


def ensure(cache: Path, console: Console | None = None) -> Path:
    """Return the folder with all jars, and fetch them first when they are not in the cache.

    Args:
        cache: the folder that has or gets the folder `kafka-<version>`.
        console: shows the progress; by default on standard error.

    Raises:
        CommandError: `jar-hash`, `jar-fetch`, `disk-full`.
    """
    lock = locked()
    folder = cache / f"kafka-{version(lock)}"
    if not folder.exists():
        with machine_errors():
            cache.mkdir(parents=True, exist_ok=True)
            fetch_all(lock, cache, folder, console or Console(stderr=True))
    for coordinate, expected in lock.items():
        path = folder / file_name(coordinate)
        if not path.exists():
            raise CommandError("jar-missing", f"{path} is gone: delete {folder} and try again")
        check(coordinate, path, expected)
    return folder


def fetch_all(lock: dict[str, str], cache: Path, folder: Path, console: Console) -> None:
    """Fetch all jars into a temporary folder beside the final one, then rename it."""
    new = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=cache))
    try:
        with Progress(console=console) as progress:
            task = progress.add_task(f"Apache Kafka {version(lock)}: jars", total=len(lock))
            for coordinate, expected in lock.items():
                path = fetch(coordinate, new / "repository")
                check(coordinate, path, expected)
                path.rename(new / file_name(coordinate))
                progress.advance(task)
        shutil.rmtree(new / "repository")
        new.chmod(0o755)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def maven(cache: Path) -> "MavenContext":
    """Return jgo's resolver with a cache of our own; it trusts the CA certificates of the machine."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - it loads requests, for jars that are not in the cache yet

    if trusted := ssl.get_default_verify_paths().cafile:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", trusted)
    mirror = os.environ.get("BUURTSEIN_MAVEN_REPOSITORY")
    return MavenContext(
        repo_cache=cache, local_repos=[], remote_repos={"mirror": mirror} if mirror else None, timeout=60
    )


def fetch(coordinate: str, cache: Path) -> Path:
    """Fetch one jar without its dependencies.

    Raises:
        CommandError: `jar-fetch`, when it cannot be fetched.
    """
    try:
        return Path(maven(cache).create_dependency(coordinate).artifact.resolve())
    except (OSError, RuntimeError) as error:  # the errors of requests are OSErrors
        raise CommandError("jar-fetch", f"{coordinate} could not be fetched: {error}") from error


def relock() -> None:
    """Write `kafka-jars.lock` again from Kafka's dependencies.

    Kafka is resolved without the log binding, which is added as a single jar. Resolved together, the binding's
    dependency management chooses an older kafka-clients, with which the broker does not start.
    """
    with tempfile.TemporaryDirectory() as folder:
        context = maven(Path(folder))
        inputs, transitive = context.resolver.resolve([context.create_dependency(KAFKA)])
        wanted = [d for d in inputs + transitive if d.scope not in {"test", "provided"} and not d.optional]
        names = {f"{d.groupId}:{d.artifactId}:{d.version}" for d in wanted}
        log4j = next(name for name in names if ":log4j-core:" in name).rsplit(":", 1)[1]
        names.add(f"{LOG_BINDING}:{log4j}")
        lines = [f"{name} {sha256(fetch(name, Path(folder)))}\n" for name in sorted(names)]
    LOCK.write_text("# group:artifact:version sha256; `buurtsein jars lock` writes it\n" + "".join(lines))


if __name__ == "__main__":
    try:
        ensure(Path(sys.argv[1]))
    except CommandError as failure:
        sys.exit(f"buurtsein: {failure.sentence}")
