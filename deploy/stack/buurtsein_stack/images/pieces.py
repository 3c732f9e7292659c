"""Lists the images, and the packages of the project that each image contains.

Invariant: every folder in `services` with a pyproject.toml is an image; no list of services is kept here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.images.machine import ROOT
from buurtsein_stack.release.distributions import OURS, Distribution, closure, distributions


@dataclass(frozen=True, slots=True)
class Piece:
    """One image: its name, the module that it runs, and the packages that it contains."""

    name: str
    title: str
    module: str
    command: str
    """The argument that the module gets when a container is started without any."""
    version: str
    packages: tuple[str, ...]
    """The names of our own distributions in it."""
    locks: tuple[Path, ...]
    """The locks of the libraries in it."""

    @property
    def image(self) -> str:
        """Return the name of the image, without its version."""
        return f"buurtsein-{self.name}"


def pieces() -> dict[str, Piece]:
    """Return all images by name: one for each service, the operator's command, and the simulated outside systems.

    The operator's command knows the services by their manifests, so its image has their packages without the libraries.
    """
    ours = distributions(ROOT)
    services = [name.removeprefix(OURS) for name, one in ours.items() if one.folder.parent.name == "services"]
    found = [_piece(name, f"buurtsein_{name}", "run", ours) for name in services]
    manifests = [f"{OURS}{name}" for name in services]
    found.append(_piece("operate", "buurtsein_operate.cli", "--help", ours, also=manifests))
    laptop = _piece("operate", "buurtsein_stack.laptop", "--help", ours, also=[*manifests, f"{OURS}stack"])
    locks = (*laptop.locks, _lock("notifier"))
    title = "An issuer of tokens for made-up people, and a simulator of BE-Alert"
    found.append(replace(laptop, name="laptop", title=title, locks=locks))
    return {piece.name: piece for piece in found}


def chosen(names: list[str]) -> list[Piece]:
    """Return the images with these names; return all images when the list is empty.

    Raises:
        CommandError: there is no image of that name.
    """
    known = pieces()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CommandError("image", f"there is no image {unknown[0]}; there are {', '.join(known)}")
    return [piece for name, piece in known.items() if not names or name in names]


def _piece(name: str, module: str, command: str, ours: Mapping[str, Distribution], also: Sequence[str] = ()) -> Piece:
    one = ours[f"{OURS}{name}"]
    packages = tuple(sorted({*closure(one.name, ours), *also}))
    return Piece(name, str(one.project["description"]), module, command, one.version, packages, (_lock(name),))


def _lock(name: str) -> Path:
    return ROOT / f"requirements-{name}.lock"
