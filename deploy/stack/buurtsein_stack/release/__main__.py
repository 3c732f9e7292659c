"""Runs `make release VERSION=...`, which writes all files of a release to `dist/release/<version>`.

Without `--write` nothing else changes: no commit, no tag. The exit status is 2, with one sentence, when the version
cannot be released from this checkout or a step fails.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from buurtsein_chassis.command_errors import CommandError, machine_errors
from buurtsein_operate.releases import CHASSIS, Release, schemas
from buurtsein_stack.jars import sha256
from buurtsein_stack.release import notes, repository, sbom, wheels
from buurtsein_stack.release.distributions import distributions
from buurtsein_stack.release.locks import CONSTRAINT, deployed
from buurtsein_stack.release.programs import printed_by

console = Console(stderr=True, highlight=False, soft_wrap=True)


def main(
    version: Annotated[str, typer.Argument(help="The version, such as 1.2.3.")] = "",
    *,
    images: Annotated[bool, typer.Option("--images", help="Also make the images, which takes some minutes.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Also commit and tag; without it, only try.")] = False,
) -> None:
    """Make a release of the last commit."""
    try:
        with machine_errors():
            made = release(Path.cwd(), version, images=images, write=write)
    except CommandError as error:
        console.print(f"release: {error.sentence}", markup=False, style="red")
        sys.exit(2)
    then = f"committed and tagged v{version}: push both" if write else "dry run: nothing was committed"
    console.print(f"release: {made} ({then})", markup=False)


def release(root: Path, version: str, *, images: bool = False, write: bool = False) -> Path:
    """Make a release in a new folder and return the folder; raise CommandError with a remedy on failure."""
    if not version:
        raise CommandError("version", "say which version: make release VERSION=1.2.3")
    repository.ready(root, version)
    to, work = root / "dist" / "release" / version, root / ".local" / "release"
    with repository.apart(root, work / "tree") as tree:
        commit = repository.commit_version(tree, version, f"{datetime.now(UTC):%Y-%m-%d}", dry=not write)
        _make(root, commit, version, to, work)
        if images:
            with _step("images"):
                make_images(root, tree, to)
        _sum_up(to)
        new = Release(version=version, commit=commit, schemas=_schemas(tree))
        last = repository.commit_line(tree, new, dry=not write)
        if write:
            repository.publish(root, new, last)
    return to


def _make(root: Path, commit: str, version: str, to: Path, work: Path) -> None:
    """Write the files of a release into the new folder `to`, from the release's commit."""
    for folder in (to, work / "source", work / "again", work / "environments"):
        shutil.rmtree(folder, ignore_errors=True)
    (to / "sbom").mkdir(parents=True)
    tree = wheels.source(root, commit, work / "source")
    with _step("wheels, built twice and compared"):
        _build_twice(root, commit, tree, to / "wheels", work / "again")
    bills = sbom.write(root, tree, to / "wheels", to / "sbom", work / "environments")
    for name in distributions(tree):
        with _step(f"bill of materials of {name}"):
            next(bills)
    for name in (*deployed(tree), CONSTRAINT):
        shutil.copy(tree / name, to)
    (to / "notes.md").write_text(notes.of_version((tree / repository.CHANGELOG).read_text(), version))


def _build_twice(root: Path, commit: str, tree: Path, to: Path, again: Path) -> None:
    """Build the wheels twice, from separate copies of the source; raise CommandError when their bytes differ."""
    epoch = wheels.commit_time(root, commit)
    first = wheels.build(root, tree, to, epoch)
    other = wheels.source(root, commit, again)
    wheels.same(first, wheels.build(root, other, again / "dist", epoch))


def make_images(root: Path, tree: Path, to: Path, *names: str) -> None:
    """Make images (by default all) of the version in the worktree, in the folder `to/images`.

    Raises:
        CommandError: `images`, when one cannot be made here.
    """
    for name in (".venv", ".local/tools"):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).symlink_to(root / name)
    command = [str(root / ".venv" / "bin" / "python"), "-m", "buurtsein_stack.images", *names]
    printed_by(command, tree, code="images", env={"PYTHONPATH": str(tree / "deploy" / "stack")})
    for folder in ("images", "images.sbom"):
        shutil.move(tree / "dist" / folder, to / folder)


def _sum_up(to: Path) -> None:
    """Write `SHA256SUMS` over all files of the release, in the form that `sha256sum --check` reads."""
    paths = sorted(path for path in to.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(to)}\n" for path in paths]
    (to / "SHA256SUMS").write_text("".join(lines))


def _schemas(tree: Path) -> dict[str, int]:
    """Return the number of the newest migration of each service in the repository, and of the chassis."""
    return {
        name: newest for name, newest in schemas().items() if name == CHASSIS or (tree / "services" / name).is_dir()
    }


@contextmanager
def _step(name: str) -> Iterator[None]:
    """Show during the `with` block that a step is running: as a spinner on a terminal, else as a line."""
    if not console.is_terminal:
        console.print(f"release: {name}")
    with console.status(name):
        yield


if __name__ == "__main__":
    typer.run(main)
