"""Writes a software bill of materials (CycloneDX, JSON) for each of our distributions.

Each is read from an environment with the distribution's wheel and the libraries that the wheel needs, in the versions
of the project's lock. So the bill has the licences of the libraries, and says which library needs which.
"""

from collections.abc import Iterator
from pathlib import Path

from buurtsein_stack.release.distributions import Distribution, closure, distributions, libraries
from buurtsein_stack.release.locks import CONSTRAINT, deployed
from buurtsein_stack.release.programs import printed_by, uv


def write(project: Path, tree: Path, wheels: Path, to: Path, work: Path) -> Iterator[Path]:
    """Write the bills of materials, and yield the path of each one; raise CommandError `sbom` when one fails.

    Args:
        project: the checkout whose programs make them.
        tree: the source folder of the wheels.
        wheels: the folder of the wheels.
        to: the folder of the bills, which exists.
        work: a folder for the environments.
    """
    wanted = {lines[0]: lines for lines in deployed(tree).values()}
    for name, one in distributions(tree).items():
        python = _environment(project, tree, wanted.get(name, [name]), wheels, work / name)
        path = to / f"{name}-{one.version}.cdx.json"
        path.write_text(_bill(project, one, python))
        yield path


def _environment(project: Path, tree: Path, wanted: list[str], wheels: Path, place: Path) -> Path:
    """Install a distribution in a new environment, and return the path of that environment's Python."""
    ours, program = distributions(tree), uv(project)
    mine, python = str(project / ".venv" / "bin" / "python"), place / "bin" / "python"
    printed_by([program, "venv", "--quiet", "--clear", "--no-project", "--python", mine, str(place)], tree, code="sbom")
    install = [program, "pip", "install", "--quiet", "--python", str(python)]
    printed_by([*install, "--constraint", str(tree / CONSTRAINT), *libraries(wanted, ours)], tree, code="sbom")
    names = [f"{name}=={ours[name].version}" for name in closure(wanted[0], ours)]
    printed_by([*install, "--no-deps", "--no-index", "--find-links", str(wheels), *names], tree, code="sbom")
    return python


def _bill(project: Path, one: Distribution, python: Path) -> str:
    program = str(project / ".venv" / "bin" / "cyclonedx-py")
    described = ["--pyproject", str(one.folder / "pyproject.toml"), "--output-reproducible", "--output-format", "JSON"]
    return printed_by([program, "environment", *described, str(python)], one.folder, code="sbom")
