"""Sets one version for all distributions of a source tree, which then require each other in exactly that version."""

import re
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.releases import Release, number
from buurtsein_stack.release.distributions import distributions

_VERSION = re.compile(r'^version = "[^"]*"$', re.MULTILINE)
_NEED = re.compile(r'(?<!name = )"(buurtsein-[a-z]+(?:\[[a-z0-9,]+\])?)(?:==[^"]*)?"(?=[,\]\n])')


def set_version(root: Path, version: str) -> list[Path]:
    """Write the version and the exact requirements among our distributions; return the files that changed."""
    folders = (root, *(one.folder for one in distributions(root).values()))
    return [path for folder in folders if _rewrite(path := folder / "pyproject.toml", version)]


def _rewrite(path: Path, version: str) -> bool:
    old = path.read_text()
    new = _NEED.sub(rf'"\g<1>=={version}"', _VERSION.sub(f'version = "{version}"', old, count=1))
    path.write_text(new)
    return new != old


def next_after(version: str, released: tuple[Release, ...]) -> str:
    """Return the version if it may follow earlier releases; raise CommandError `version` with the reason otherwise."""
    wanted, last = number(version), released[-1] if released else None
    if version in {one.version for one in released}:
        raise CommandError("version", f"{version} was released before: choose a higher version")
    if last and wanted < last.number:
        raise CommandError("version", f"{version} is lower than {last.version}, the last release")
    return version
