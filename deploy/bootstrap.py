"""Build the project's environment: uv, a Python, the locked libraries, the project's own packages and Kafka's jars.

It uses only the standard library of Python 3.8 or newer, because it runs before anything is installed.
Invariant: no part is ever half-built. Each part is built under a temporary name and renamed when it is complete, so
that an interrupted run leaves the previous environment; a second run without a change fetches nothing.
"""

from __future__ import annotations

import fcntl
import glob
import hashlib
import os
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INPUTS = (
    "requirements.lock",
    "deploy/uv.lock.txt",
    "deploy/bootstrap.py",
    "deploy/stack/buurtsein_stack/kafka-jars.lock",
)
VERSIONS = ("3.13", "3.12")
NEEDED_MB = 1000


class Missing(Exception):
    """Raised when this machine lacks something that the project needs; the message says what."""


def at(*parts: str) -> str:
    """Return the absolute path of a file or folder of the project."""
    return os.path.join(ROOT, *parts)


def packages() -> list[str]:
    """Return the folders of the project's own packages, including every folder in `services` with a pyproject.toml."""
    found = glob.glob(at("services", "*", "pyproject.toml"))
    services = sorted("services/" + os.path.basename(os.path.dirname(path)) for path in found)
    return ["kernel", "contracts", "chassis"] + services + ["operate", "adapter-kit", "deploy/stack"]


def fingerprint() -> str:
    """Return one hash over all inputs of the environment and over its path."""
    digest = hashlib.sha256(ROOT.encode() + os.environ.get("BUURTSEIN_PYTHON", "").encode())
    for name in INPUTS + tuple(package + "/pyproject.toml" for package in packages()):
        if os.path.exists(at(name)):
            with open(at(name), "rb") as file:
                digest.update(name.encode() + file.read())
    return digest.hexdigest()


def up_to_date(mark: str) -> bool:
    """Return whether the environment was built from inputs with this fingerprint and its Python still runs."""
    stamp = at(".venv", "buurtsein.stamp")
    if not os.path.exists(stamp) or not os.path.exists(at(".venv", "bin", "python")):
        return False
    with open(stamp) as file:
        return file.read() == mark


SYSTEM_CERTIFICATES = {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}
"""Makes uv trust the machine's certificates, because an organisation's mirror often uses the organisation's own CA."""


def say(text: str) -> None:
    """Print a line of progress on standard error."""
    print("bootstrap: " + text, file=sys.stderr, flush=True)


def run(command: list[str], complaint: str) -> None:
    """Run a program as one step and show its output; raise Missing with one sentence when it fails.

    It runs outside the project's folder, since pyenv and the like may refuse a Python because of `.python-version`.
    """
    try:
        subprocess.run(command, check=True, cwd=os.sep, env=dict(SYSTEM_CERTIFICATES, **os.environ))
    except (OSError, subprocess.CalledProcessError):
        raise Missing(complaint)


def free_space() -> None:
    """Raise Missing when the disk has too little space: the environment and the jars take about 700 MB."""
    free = shutil.disk_usage(ROOT).free // 1_000_000
    if free < NEEDED_MB:
        raise Missing("the disk is too full: %d MB free in %s, %d MB needed" % (free, ROOT, NEEDED_MB))


def replace(new: str, old: str) -> None:
    """Move a finished directory to its final path, and delete the directory that was there before."""
    shutil.rmtree(old + ".old", ignore_errors=True)
    if os.path.lexists(old):
        os.rename(old, old + ".old")
    os.rename(new, old)
    shutil.rmtree(old + ".old", ignore_errors=True)


def install_uv() -> str:
    """Fetch the pinned uv into `.local/tools`, check its hash, and return the path of its program."""
    with open(at("deploy", "uv.lock.txt")) as file:
        version = file.read().split()[0].split("==")[1]
    home = at(".local", "tools", "uv-" + version)
    program = os.path.join(home, "bin", "uv")
    if os.path.exists(program):
        return program
    say("installing uv " + version)
    new = home + ".new"
    shutil.rmtree(new, ignore_errors=True)
    try:
        run([sys.executable, "-m", "venv", new], "this Python cannot make a venv: install python3-venv (or its like)")
        run(
            [os.path.join(new, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            + ["--require-hashes", "--only-binary", ":all:", "-r", at("deploy", "uv.lock.txt")],
            "uv %s could not be installed from the package index: see the lines above" % version,
        )
        replace(new, home)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return program


def python_behind(name: str, version: str) -> str:
    """Return the path of the Python that a command starts; "" if there is none or its version is not `version`."""
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    try:
        answer = subprocess.run(
            [name, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    found, _, path = answer.stdout.decode().strip().partition(" ")
    return path if found == version else ""


def find_python() -> str:
    """Return the path of Python 3.13 or 3.12 on this machine; if there is none, the version that uv must download."""
    if os.environ.get("BUURTSEIN_PYTHON"):
        return os.environ["BUURTSEIN_PYTHON"]
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    for version in VERSIONS:
        names = [shutil.which("python" + version), sys.executable]
        names += sorted(glob.glob(os.path.join(pyenv, "versions", version + "*", "bin", "python")))
        for name in filter(None, names):
            path = python_behind(name, version)
            if path:
                return path
    return VERSIONS[0]


def build_environment(uv: str, mark: str) -> None:
    """Build `.venv` from the lock with every hash checked, and install the project's packages as editable."""
    new, python = at(".venv.new"), find_python()
    shutil.rmtree(new, ignore_errors=True)
    say("making the environment with Python " + python)
    run(
        [uv, "venv", "--quiet", "--no-project", "--relocatable", "--python", python, new],
        "no Python 3.12 or newer is to be had: install Python 3.13 (none was found, and none could be downloaded)",
    )
    run(
        [uv, "pip", "sync", "--compile-bytecode", "--python", new, "--require-hashes", at("requirements.lock")],
        "the libraries of requirements.lock could not be installed: see the lines above",
    )
    editables = [part for package in packages() for part in ("--editable", at(package))]
    run(
        [uv, "pip", "install", "--quiet", "--python", new, "--no-deps", "--offline"] + editables,
        "the project's own packages could not be installed: see the lines above",
    )
    run(
        [os.path.join(new, "bin", "python"), "-m", "buurtsein_stack.jars", at(".local", "cache")],
        "the jars of Apache Kafka could not be fetched: see the lines above",
    )
    with open(os.path.join(new, "buurtsein.stamp"), "w") as file:
        file.write(mark)
    replace(new, at(".venv"))


def install() -> None:
    """Bring the environment up to date, under a file lock: a second run at the same time waits."""
    mark = fingerprint()
    if up_to_date(mark):
        return
    os.makedirs(at(".local", "tools"), exist_ok=True)
    with open(at(".local", "bootstrap.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not up_to_date(mark):
            free_space()
            build_environment(install_uv(), mark)
            say("ready: .venv")


def main() -> int:
    """Return 0 when the environment is complete; print one sentence and return 2 when it cannot be built."""
    if sys.version_info < (3, 8):
        print("bootstrap: Python 3.8 or newer is needed to begin", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        install()
    except (Missing, OSError) as error:
        print("bootstrap: " + str(error), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("bootstrap: stopped; nothing half-installed is used", file=sys.stderr)
        return 130
    finally:
        shutil.rmtree(at(".venv.new"), ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
