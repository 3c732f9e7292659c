"""Makes and checks the lock files of deployments: `requirements-<service>.lock` and `requirements-operate.lock`.

Each has the libraries that one environment needs, with the versions and hashes of `requirements.lock`, and no address
of an index. Its first line has a SHA-256 over the declared requirements and the lines below it, so that a lock that is
older than the declarations, or was edited by hand, is found without asking an index.

    python -m buurtsein_stack.release.locks [--check]
"""

import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.release.distributions import distributions, libraries
from buurtsein_stack.release.programs import printed_by, uv

CONSTRAINT = "requirements.lock"
OPERATE = "buurtsein-operate"
TRACES = "buurtsein-chassis[otel]"
"""Every service's lock also has the libraries for traces (5 MB), so that an operator turns traces on by a setting."""


def deployed(root: Path) -> dict[str, list[str]]:
    """Return for each lock file the distributions of ours that its environment installs."""
    services = [name for name, one in distributions(root).items() if one.folder.parent.name == "services"]
    wanted = {_file(name): [name, TRACES] for name in services}
    return wanted | {_file(OPERATE): [OPERATE]}


def _file(name: str) -> str:
    return f"requirements-{name.removeprefix('buurtsein-')}.lock"


def make(root: Path, console: Console) -> None:
    """Write every lock file; raise CommandError without a package index, or for a pin that requirements.lock lacks."""
    ours = distributions(root)
    for file, wanted in deployed(root).items():
        with console.status(file):
            needed = libraries(wanted, ours)
            pins = _compiled(root, needed)
        (root / file).write_text(f"{_heading(needed, pins)}\n{pins}")
        console.print(f"{file}: {len(_blocks(pins))} libraries")


def _compiled(root: Path, needed: list[str]) -> str:
    command = [uv(root), "pip", "compile", "-", "--universal", "--python-version", "3.12", "--generate-hashes"]
    quiet = ["--quiet", "--no-emit-index-url", "--no-header", "--no-annotate", "--constraint", str(root / CONSTRAINT)]
    return printed_by([*command, *quiet], root, code="lock", given="\n".join(needed))


def stale(root: Path) -> Iterator[str]:
    """Yield a sentence for each lock file that is missing, outdated, superfluous, or differs from requirements.lock."""
    ours, known = distributions(root), _blocks((root / CONSTRAINT).read_text())
    wanted = deployed(root)
    for file in wanted:
        if wrong := _wrong(root / file, libraries(wanted[file], ours), known):
            yield f"{file} {wrong}: run `make lock`"
    for path in sorted(root.glob("requirements-*.lock")):
        if path.name not in wanted:
            yield f"{path.name} belongs to no service: delete it"


def _wrong(path: Path, needed: list[str], known: Mapping[str, set[str]]) -> str:
    if not path.exists():
        return "is missing"
    heading, _, pins = path.read_text().partition("\n")
    if heading != _heading(needed, pins):
        return "is not made from what the packages declare now"
    other = [pin for pin, hashes in _blocks(pins).items() if known.get(pin) != hashes]
    return f"has {other[0]} otherwise than {CONSTRAINT}" if other else ""


def _heading(needed: list[str], pins: str) -> str:
    digest = hashlib.sha256("\n".join([*needed, pins]).encode()).hexdigest()
    return f"# Made by `make lock`, not by hand. {digest}"


def _blocks(lock: str) -> dict[str, set[str]]:
    """Return the hashes of each pin `name==version` in the text of a lock file."""
    found: dict[str, set[str]] = {}
    for line in lock.splitlines():
        if pin := re.match(r"[a-z0-9][a-z0-9._-]*==[^ ;\\]+", line):
            hashes = found.setdefault(pin[0], set())
        elif one := re.match(r" +--hash=(\S+)", line):
            hashes.add(one[1])
    return found


def main() -> int:
    """Write the lock files, or only check them; return 1 for a stale file, 2 when files cannot be made."""
    root, console = Path.cwd(), Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        if sys.argv[1:] != ["--check"]:
            make(root, console)
            return 0
        wrong = list(stale(root))
    except CommandError as error:
        console.print(f"lock: {error.sentence}", markup=False)
        return 2
    for sentence in wrong:
        console.print(f"lock: {sentence}", markup=False)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
