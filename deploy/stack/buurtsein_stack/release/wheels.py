"""Builds the wheels of all distributions from a commit, so that the same commit always gives the same bytes.

The source is exported from git to a separate folder, so that uncommitted files and file times get into no wheel.
`SOURCE_DATE_EPOCH` is the time of the commit.
"""

import tarfile
import tempfile
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_stack.jars import sha256
from buurtsein_stack.release.distributions import distributions
from buurtsein_stack.release.programs import printed_by, uv


def source(project: Path, commit: str, to: Path) -> Path:
    """Write a commit's files to the folder `to` and return `to`; raise CommandError `commit` for an unknown commit."""
    with tempfile.NamedTemporaryFile(suffix=".tar") as archive:
        printed_by(["git", "archive", f"--output={archive.name}", commit], project, code="commit")
        with tarfile.open(archive.name) as files:
            files.extractall(to, filter="data")
    return to


def commit_time(project: Path, commit: str) -> str:
    """Return a commit's time in seconds since 1970; raise CommandError `commit` for an unknown commit."""
    return printed_by(
        ["git", "show", "--no-patch", "--format=%ct", f"{commit}^{{commit}}"], project, code="commit"
    ).strip()


def build(project: Path, tree: Path, to: Path, epoch: str) -> list[Path]:
    """Build the wheel of each distribution in the source folder `tree` into the folder `to`; return the wheels' paths.

    `project` is the checkout whose uv and Python build them; nothing is fetched.

    Raises:
        CommandError: `wheel`, when one cannot be built.
    """
    common = ["build", "--wheel", "--offline", "--quiet", "--no-create-gitignore", "--out-dir", str(to)]
    for one in distributions(tree).values():
        command = [uv(project), *common, "--python", str(project / ".venv" / "bin" / "python"), str(one.folder)]
        printed_by(command, tree, code="wheel", env={"SOURCE_DATE_EPOCH": epoch})
    return sorted(to.glob("*.whl"))


def same(first: list[Path], second: list[Path]) -> None:
    """Check that two builds gave equal bytes; raise CommandError `different-bytes` with the names of unequal files."""
    one, other = ({path.name: sha256(path) for path in paths} for paths in (first, second))
    if differing := sorted(name for name in one | other if one.get(name) != other.get(name)):
        raise CommandError("different-bytes", f"two builds gave different bytes: {', '.join(differing)}")
