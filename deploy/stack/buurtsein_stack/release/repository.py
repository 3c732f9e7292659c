"""Checks the git repository before a release, and makes the two commits and the tag of the release.

The first commit sets the version, and is what everything is built from; the second adds it to the list of releases,
which has the hash of the first. Both are made in a separate worktree, and the branch gets them only at the end, so that
a dry run and a run that fails change nothing.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from buurtsein_chassis.command_errors import CommandError
from buurtsein_contracts import goldens
from buurtsein_operate import releases
from buurtsein_stack.release import notes
from buurtsein_stack.release.locks import stale
from buurtsein_stack.release.programs import printed_by
from buurtsein_stack.release.versions import next_after, set_version

LIST = "deploy/releases.toml"
CHANGELOG = "CHANGELOG.md"
UPGRADING = "docs/upgrading.md"
GOLDENS = "contracts/buurtsein_contracts/goldens"
_FIRST_WITH_EVENTS = (1, 0, 0)
_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "dry run"), ("EMAIL", "dry-run@localhost"))
}
"""The author of the commits of a dry run, which nobody sees."""


def ready(root: Path, version: str) -> None:
    """Check that this version can be released from this checkout; raise CommandError when it cannot.

    Raises:
        CommandError: `version`, `dirty`, `changelog` or `stale`, with what to do.
    """
    next_after(version, releases.read(root / LIST))
    if git(root, "tag", "--list", f"v{version}"):
        raise CommandError("version", f"the tag v{version} exists: choose a higher version")
    if changed := git(root, "status", "--porcelain"):
        raise CommandError("dirty", f"commit or remove what changed first: {changed.splitlines()[0][2:].strip()}")
    notes.unreleased((root / CHANGELOG).read_text())
    for sentence in stale(root):
        raise CommandError("stale", sentence)


@contextmanager
def apart(root: Path, place: Path) -> Iterator[Path]:
    """Yield a git worktree of the last commit in the folder `place`, and remove the worktree afterwards."""
    _remove(root, place)
    git(root, "worktree", "add", "--quiet", "--detach", str(place))
    try:
        yield place
    finally:
        _remove(root, place)


def commit_version(tree: Path, version: str, day: str, *, dry: bool) -> str:
    """Set the version and its release day in the worktree, commit the change, and return the commit.

    From version 1.0.0 on, the present versions of all events are marked as released, and never change again.
    """
    set_version(tree, version)
    if releases.number(version) >= _FIRST_WITH_EVENTS:
        goldens.release(tree / GOLDENS, version)
    for name, change in ((CHANGELOG, notes.released), (UPGRADING, notes.upgraded)):
        (tree / name).write_text(change((tree / name).read_text(), version, day))
    return _commit(tree, f"Release {version}", dry=dry)


def commit_line(tree: Path, release: releases.Release, *, dry: bool) -> str:
    """Add the release to `deploy/releases.toml` in the worktree, commit the change, and return the commit."""
    with (tree / LIST).open("a") as file:
        file.write(f"\n{line(release)}")
    releases.read(tree / LIST)
    return _commit(tree, f"List release {release.version}", dry=dry)


def line(release: releases.Release) -> str:
    """Return the TOML table that describes one release in `deploy/releases.toml`."""
    schemas = ", ".join(f"{name} = {number}" for name, number in sorted(release.schemas.items()))
    return f'[[release]]\nversion = "{release.version}"\ncommit = "{release.commit}"\nschemas = {{ {schemas} }}\n'


def publish(root: Path, release: releases.Release, last: str) -> None:
    """Tag the release's commit, and move the checkout's branch to the commit that adds the release to the list."""
    git(root, "merge", "--quiet", "--ff-only", last)
    git(root, "tag", "--annotate", f"v{release.version}", release.commit, "--message", f"Release {release.version}")


def git(root: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    """Run git in a folder and return what it printed; raise CommandError `git` when it fails."""
    return printed_by(["git", *arguments], root, code="git", env=env).strip()


def _commit(tree: Path, subject: str, *, dry: bool) -> str:
    git(tree, "commit", "--quiet", "--all", "--message", subject, env=_NOBODY if dry else None)
    return git(tree, "rev-parse", "HEAD")


def _remove(root: Path, place: Path) -> None:
    """Remove a git worktree, including a worktree that a killed run left behind."""
    shutil.rmtree(place, ignore_errors=True)
    git(root, "worktree", "prune")
