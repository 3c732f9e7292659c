"""Sets one version for all distributions of a source tree, which then require each other in exactly that version.

The example overlays of Kubernetes get the same version as the tag of our images.
"""

import re
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate.releases import Release, number
from buurtsein_stack.release.distributions import distributions

OVERLAYS = "deploy/kubernetes/overlays/*/kustomization.yaml"
_TAG = re.compile(r"(newName: registry\.example/buurtsein-[a-z]+, newTag: )[^}]+")
_VERSION = re.compile(r'^version = "[^"]*"$', re.MULTILINE)
_NEED = re.compile(r'(?<!name = )"(buurtsein-[a-z]+(?:\[[a-z0-9,]+\])?)(?:==[^"]*)?"(?=[,\]\n])')


def set_version(root: Path, version: str) -> list[Path]:
    """Write the version, the exact requirements of each other, and the tags; return the files that changed."""
    folders = (root, *(one.folder for one in distributions(root).values()))
    texts = {path: _required(path.read_text(), version) for path in (folder / "pyproject.toml" for folder in folders)}
    for path in sorted(root.glob(OVERLAYS)):
        texts[path] = _TAG.sub(rf"\g<1>{version}", path.read_text())
    changed = [path for path, text in texts.items() if text != path.read_text()]
    for path in changed:
        path.write_text(texts[path])
    return changed


def _required(text: str, version: str) -> str:
    return _NEED.sub(rf'"\g<1>=={version}"', _VERSION.sub(f'version = "{version}"', text, count=1))


def next_after(version: str, released: tuple[Release, ...]) -> str:
    """Return the version if it may follow earlier releases; raise CommandError `version` with the reason otherwise."""
    wanted, last = number(version), released[-1] if released else None
    if version in {one.version for one in released}:
        raise CommandError("version", f"{version} was released before: choose a higher version")
    if last and wanted < last.number:
        raise CommandError("version", f"{version} is lower than {last.version}, the last release")
    return version
