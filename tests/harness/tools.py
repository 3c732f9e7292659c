"""Finds the programs and foreign-language packages that tests need; `make tools` installs them, tests never do.

BUURTSEIN_WITHOUT names the tools that this machine cannot have (`browser pooler balancer java typescript apicurio
promtool`); tests that need one of these are skipped and say so. A test that needs another missing tool fails.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from buurtsein_chassis.command_errors import CommandError
from buurtsein_contracts.portal.starting import FOLDER, starting_files
from buurtsein_stack import balancer as haproxy
from harness import archive

WITHOUT = "BUURTSEIN_WITHOUT"
ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".local" / "tools"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PARSER = '{"private": true, "dependencies": {"@asyncapi/parser": "3.6.3", "@asyncapi/specs": "6.11.1"}}'
"""The package.json with which the official parser and schemas of AsyncAPI are installed."""
APICURIO = "3.0.9"
_APICURIO_SHA256 = "2b28181501a20cbf6efcd77f9b7153908fc01f3d3a7c32024c0bd9e1b04c8a43"
WAIT_FOR_OTHERS = ("-o", "DPkg::Lock::Timeout=300")
"""Another installation on this machine may take some minutes."""
MAVEN = ("mvn", "-q", "-B", "-Dstyle.color=never")


class ToolMissing(Exception):
    """Raised when a tool that a test needs is missing on this machine; the message is one sentence."""


def needs(kind: str) -> pytest.MarkDecorator:
    """Return a pytest mark that skips a test when BUURTSEIN_WITHOUT names the tool that the test needs."""
    return pytest.mark.skipif(kind in left_out(), reason=f"{WITHOUT} names {kind}")


def left_out() -> list[str]:
    """Return the names of the tools in BUURTSEIN_WITHOUT, whose tests are skipped on this machine."""
    return os.environ.get(WITHOUT, "").split()


def browser() -> str:
    """Return the path of Chromium, from BUURTSEIN_CHROMIUM or installed; raise ToolMissing when there is none."""
    found = os.environ.get("BUURTSEIN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    return found or missing("Chromium", "browser")


def pooler() -> str:
    """Return the path of PgBouncer; raise ToolMissing when it is not installed."""
    path = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"
    return shutil.which("pgbouncer", path=path) or missing("PgBouncer", "pooler")


def balancer() -> str:
    """Return the path of HAProxy; raise ToolMissing when it is not installed."""
    return haproxy.program() or missing("HAProxy", "balancer")


def systemd_analyze() -> str:
    """Return the path of systemd's checker of unit files; raise ToolMissing when it is not installed."""
    return shutil.which("systemd-analyze") or missing("systemd-analyze", "systemd")


def node_modules(package: str) -> Path:
    """Return the folder with a package.json's installed packages; raise ToolMissing when they are not installed."""
    folder = _node_folder(package)
    return folder / "node_modules" if folder.exists() else Path(missing("the packages of npm", "typescript"))


def typescript_package() -> str:
    """Return the path of the package.json of the TypeScript starter project."""
    return (FOLDER / "typescript" / "package.json").read_text()


def apicurio() -> Path:
    """Return the folder of the schema registry Apicurio; raise ToolMissing when it was not fetched."""
    folder = TOOLS / f"apicurio-{APICURIO}"
    return folder if folder.exists() else Path(missing("Apicurio", "apicurio"))


def missing(name: str, kind: str) -> str:
    """Raise ToolMissing with a sentence on how to install a tool, or how to skip the tests that need it."""
    raise ToolMissing(f"no {name} here: run `make tools`, or say {WITHOUT}={kind} to skip the tests that need it")


def _get_browser() -> None:
    if not _had(browser):
        apt("chromium")
    browser()


def _get_pooler() -> None:
    if not _had(pooler):
        apt("pgbouncer")
    pooler()


def _get_balancer() -> None:
    if not _had(balancer):
        apt("haproxy")
    balancer()


def _get_systemd() -> None:
    if not _had(systemd_analyze):
        apt("systemd")
    systemd_analyze()


def _get_java() -> None:
    """Install a Java compiler and Maven, and fetch the starter project's dependencies into Maven's cache."""
    programs_needed("java", ("javac", "mvn"), "default-jdk-headless", "maven")
    done = TOOLS / f"java-{_short((FOLDER / 'java' / 'pom.xml').read_text())}"
    if not done.exists():
        with tempfile.TemporaryDirectory() as folder:
            starting_files(Path(folder))
            run_tool([*MAVEN, "compile", "exec:help"], Path(folder) / "java")
        done.touch()


def _get_typescript() -> None:
    programs_needed("typescript", ("node", "npm"), "nodejs", "npm")
    for package in (typescript_package(), PARSER):
        npm_install(package)


def npm_install(package: str) -> Path:
    """Install the packages of a package.json at the first call, and return the folder with these packages.

    Raises:
        ToolMissing: when Node.js is missing or npm fails.
    """
    folder = _node_folder(package)
    if not folder.exists():
        programs_needed("typescript", ("node", "npm"), "nodejs", "npm")
        new = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        (new / "package.json").write_text(package)
        run_tool(["npm", "install", "--no-audit", "--no-fund", "--silent"], new)
        new.rename(folder)
    return folder


def _get_apicurio() -> None:
    folder = TOOLS / f"apicurio-{APICURIO}"
    if folder.exists():
        return
    artifact = f"io.apicurio:apicurio-registry-app:{APICURIO}:tar.gz:all"
    with tempfile.TemporaryDirectory(dir=TOOLS) as new:
        run_tool([*MAVEN, "dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={new}"], Path(new))
        archive = Path(new) / f"apicurio-registry-app-{APICURIO}-all.tar.gz"
        if hashlib.sha256(archive.read_bytes()).hexdigest() != _APICURIO_SHA256:
            raise ToolMissing(f"Apicurio {APICURIO} was fetched and is not what was expected")
        shutil.unpack_archive(archive, Path(new) / "whole", filter="data")
        (Path(new) / "whole").rename(folder)


def _get_archive() -> None:
    try:
        archive.make(TOOLS)
    except CommandError as error:
        raise ToolMissing(error.sentence) from error


USUAL: dict[str, Callable[[], None]] = {
    "browser": _get_browser,
    "pooler": _get_pooler,
    "java": _get_java,
    "typescript": _get_typescript,
    "archive": _get_archive,
}


def _get_promtool() -> None:
    from harness.alarms.promtool import get_promtool  # noqa: PLC0415 - it imports this module

    get_promtool()


KINDS = USUAL | {
    "apicurio": _get_apicurio,
    "balancer": _get_balancer,
    "promtool": _get_promtool,
    "systemd": _get_systemd,
}


def _node_folder(package: str) -> Path:
    return TOOLS / f"node-{_short(package)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _had(tool: Callable[[], str]) -> bool:
    try:
        return bool(tool())
    except ToolMissing:
        return False


def programs_needed(kind: str, names: tuple[str, ...], *packages: str) -> None:
    """Install Debian packages when a program is missing; raise ToolMissing when the program is still missing."""
    if not all(map(shutil.which, names)):
        apt(*packages)
    for name in names:
        if not shutil.which(name):
            missing(name, kind)


def apt(*packages: str) -> None:
    """Install packages with apt-get when we are root and the system has apt-get; otherwise do nothing."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", *WAIT_FOR_OTHERS, *packages]):
            subprocess.run(["apt-get", *command], env=environment, capture_output=True, check=False)


def run_tool(command: list[str], folder: Path) -> None:
    """Run a command in a folder; raise ToolMissing with the last line of its output when the command fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        words = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["it said nothing"]
        raise ToolMissing(f"`{' '.join(command)}` failed: {words[0]}")


def main(kinds: list[str]) -> int:
    """Install the named tools, or the usual ones; exit with 2 and a sentence for each tool that cannot be installed."""
    TOOLS.mkdir(parents=True, exist_ok=True)
    missing = 0
    for kind in kinds or list(USUAL):
        if kind in left_out():
            continue
        try:
            KINDS[kind]()
        except ToolMissing as sentence:
            missing += 1
            print(f"tools: {sentence}", file=sys.stderr)
    return 2 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
