"""A release has one version in all packages, notes from the changelog, and equal bytes in two builds."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from buurtsein_chassis.command_errors import CommandError
from buurtsein_contracts import goldens
from buurtsein_operate import releases
from buurtsein_operate.releases import Release
from buurtsein_stack.release import notes, repository, wheels
from buurtsein_stack.release.distributions import OURS, distributions
from buurtsein_stack.release.versions import OVERLAYS, next_after, set_version

PROJECT = Path(__file__).parents[2]
LOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [0.1.0] - 2026-11-24\n\n- The first.\n"
RELEASED = (
    Release(version="0.1.0", commit="a" * 40, schemas={"chassis": 1}),
    Release(version="0.9.0", commit="b" * 40, schemas={"chassis": 2}),
)


def needs_among_ours(root: Path) -> dict[str, str]:
    """Return the version that each of our distributions requires of another, by `distribution -> requirement`."""
    found = {}
    for name, one in distributions(root).items():
        for need in map(Requirement, one.project.get("dependencies", ())):
            if need.name.startswith(OURS):
                found[f"{name} -> {need.name}"] = str(need.specifier)
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path in (PROJECT, *(one.folder for one in distributions(PROJECT).values())):
        to = tmp_path / path.relative_to(PROJECT)
        to.mkdir(parents=True, exist_ok=True)
        shutil.copy(path / "pyproject.toml", to)
    shutil.copytree(PROJECT / "deploy/kubernetes/overlays", tmp_path / "deploy/kubernetes/overlays")
    return tmp_path


def test_our_distributions_have_one_version_and_ask_exactly_that_of_each_other() -> None:
    (version,) = {one.version for one in distributions(PROJECT).values()}
    asked = needs_among_ours(PROJECT)
    assert len(asked) > 10
    assert set(asked.values()) == {f"=={version}"}


def test_the_overlays_of_kubernetes_run_the_images_of_this_version() -> None:
    (version,) = {one.version for one in distributions(PROJECT).values()}
    texts = [path.read_text() for path in PROJECT.glob(OVERLAYS)]
    assert [re.findall(r"newTag: ([^}]+)", text) for text in texts] == [[version] * 4] * 2


def test_the_adapter_kit_is_part_of_a_release() -> None:
    assert {"buurtsein-adapter-kit", "buurtsein-notifier"} <= set(distributions(PROJECT))


def test_a_new_version_is_set_in_every_distribution_and_every_requirement_and_nothing_else_changes(tree: Path) -> None:
    before = {path: path.read_text() for path in (*tree.rglob("pyproject.toml"), *tree.glob(OVERLAYS))}
    changed = set_version(tree, "7.8.9")
    assert set(changed) == set(before)
    assert {one.version for one in distributions(tree).values()} == {"7.8.9"}
    assert set(needs_among_ours(tree).values()) == {"==7.8.9"}
    assert set(distributions(tree)) == set(distributions(PROJECT))
    for path, text in before.items():
        new = path.read_text().splitlines()
        lines = [line for line, old in zip(new, text.splitlines(), strict=True) if line != old]
        assert all("7.8.9" in line for line in lines)


def test_a_requirement_without_a_version_gets_one(tree: Path) -> None:
    path = tree / "services/funding/pyproject.toml"
    path.write_text(re.sub(r"==[0-9.]+", "", path.read_text()))
    set_version(tree, "7.8.9")
    assert '"buurtsein-chassis[serve]==7.8.9"' in path.read_text()


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0.1.0", "0.1.0 was released before"),
        ("0.9.0", "0.9.0 was released before"),
        ("0.8.7", "lower than 0.9.0"),
        ("1.0", "not a version"),
        ("v1.0.0", "not a version"),
        ("", "not a version"),
    ],
)
def test_a_version_that_cannot_follow_is_refused_with_a_sentence(version: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        next_after(version, RELEASED)


@pytest.mark.parametrize("version", ["0.9.1", "0.10.0", "1.0.0"])
def test_a_higher_version_may_follow(version: str) -> None:
    assert next_after(version, RELEASED) == version


def test_the_notes_are_what_is_unreleased() -> None:
    assert notes.unreleased(LOG) == "### Added\n\n- A thing."


def test_the_changelog_of_a_release_begins_anew() -> None:
    log = notes.released(LOG, "0.2.0", "2026-11-28")
    assert "## [0.2.0] - 2026-11-28\n\n### Added\n\n- A thing." in log
    with pytest.raises(CommandError, match="nothing under Unreleased"):
        notes.unreleased(log)


@pytest.mark.parametrize("log", ["# Changelog\n", "## [Unreleased]\n\n### Added\n\n## [0.1.0]\n\n- The first.\n"])
def test_a_changelog_with_nothing_unreleased_is_refused_with_a_sentence(log: str) -> None:
    with pytest.raises(CommandError, match=r"Unreleased") as refused:
        notes.unreleased(log)
    assert refused.value.code == "changelog"


def test_two_builds_with_different_bytes_are_refused_by_name(tmp_path: Path) -> None:
    one, other = tmp_path / "1" / "a.whl", tmp_path / "2" / "a.whl"
    for path, content in ((one, b"1"), (other, b"2")):
        path.parent.mkdir()
        path.write_bytes(content)
    wheels.same([one], [one])
    with pytest.raises(CommandError, match=r"different bytes: a\.whl"):
        wheels.same([one], [other])
    with pytest.raises(CommandError, match=r"different bytes: a\.whl"):
        wheels.same([one], [])


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def checkout(tree: Path) -> Path:
    """Return a git repository with a commit of all files that a release reads first."""
    for path in (*PROJECT.glob("requirements*.lock"), PROJECT / "deploy/releases.toml", PROJECT / "docs/upgrading.md"):
        (tree / path.relative_to(PROJECT)).parent.mkdir(exist_ok=True)
        shutil.copy(path, tree / path.relative_to(PROJECT))
    (tree / "CHANGELOG.md").write_text(LOG)
    shutil.copytree(PROJECT / repository.GOLDENS, tree / repository.GOLDENS)
    git(tree, "init", "--quiet")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message", "Begin")
    return tree


def empty_the_changelog(root: Path) -> None:
    (root / "CHANGELOG.md").write_text(LOG.replace("- A thing.\n", ""))
    git(root, "commit", "--quiet", "--all", "--message", "Empty")


def let_a_lock_be_stale(root: Path) -> None:
    path = root / "requirements-funding.lock"
    path.write_text(path.read_text().replace("h11==", "h12=="))
    git(root, "commit", "--quiet", "--all", "--message", "Edit")


def leave_a_file(root: Path) -> None:
    (root / "left.txt").write_text("here")


def change_a_file(root: Path) -> None:
    (root / "CHANGELOG.md").write_text(LOG + "more\n")


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (leave_a_file, "commit or remove what changed first: left.txt"),
        (change_a_file, r"commit or remove what changed first: CHANGELOG\.md"),
        (empty_the_changelog, "nothing to release"),
        (let_a_lock_be_stale, r"requirements-funding\.lock is not made from"),
        (lambda root: git(root, "tag", "v7.8.9"), r"the tag v7\.8\.9 exists"),
    ],
)
def test_a_checkout_that_cannot_be_released_is_refused_with_a_sentence(
    checkout: Path, plant: Callable[[Path], object], said: str
) -> None:
    repository.ready(checkout, "7.8.9")
    plant(checkout)
    with pytest.raises(CommandError, match=said):
        repository.ready(checkout, "7.8.9")


def test_a_dry_run_changes_neither_files_nor_branch_nor_tags(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = git(checkout, "rev-parse", "HEAD")
    with repository.apart(checkout, tmp_path_factory.mktemp("apart") / "tree") as apart:
        commit = repository.commit_version(apart, "7.8.9", "2026-11-28", dry=True)
        repository.commit_line(apart, Release(version="7.8.9", commit=commit, schemas={"chassis": 1}), dry=True)
    assert (git(checkout, "rev-parse", "HEAD"), git(checkout, "status", "--porcelain")) == (before, "")
    assert git(checkout, "tag") == ""
    assert len(git(checkout, "worktree", "list").splitlines()) == 1


def test_the_worktree_of_a_run_that_was_killed_is_replaced(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("apart") / "tree"
    git(checkout, "worktree", "add", "--quiet", "--detach", str(place))
    (place / "left.txt").touch()
    with repository.apart(checkout, place) as apart:
        assert (apart / "CHANGELOG.md").exists()
        assert not (apart / "left.txt").exists()


@pytest.mark.parametrize(("version", "is_fixed"), [("0.9.0", False), ("1.0.0", True)])
def test_events_are_released_from_1_0_0_on(checkout: Path, version: str, *, is_fixed: bool) -> None:
    folder = checkout / repository.GOLDENS
    index = goldens.read_index(folder)
    fresh = [entry | {"released": None} for entry in index["events"]]
    goldens.write_json(folder / "index.json", index | {"events": fresh, "package": None})
    repository.commit_version(checkout, version, "2026-11-28", dry=True)
    assert bool(goldens.released(goldens.read_index(folder))) is is_fixed


def test_a_release_is_a_tagged_commit_and_one_that_lists_it(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "test@localhost")
    with repository.apart(checkout, tmp_path_factory.mktemp("apart") / "tree") as apart:
        commit = repository.commit_version(apart, "7.8.9", "2026-11-28", dry=False)
        new = Release(version="7.8.9", commit=commit, schemas={"chassis": 11, "funding": 4})
        repository.publish(checkout, new, repository.commit_line(apart, new, dry=False))
    assert releases.read(checkout / "deploy/releases.toml")[-1] == new
    assert git(checkout, "rev-parse", "v7.8.9^{commit}") == commit == git(checkout, "rev-parse", "HEAD^")
    assert {one.version for one in distributions(checkout).values()} == {"7.8.9"}
    assert "## [7.8.9] - 2026-11-28\n\n### Added\n\n- A thing." in (checkout / "CHANGELOG.md").read_text()
    headings = re.findall(r"^### .*$", (checkout / "docs/upgrading.md").read_text(), re.MULTILINE)
    assert headings[headings.index("### Unreleased") + 1] == "### 7.8.9 - 2026-11-28"
    index = goldens.read_index(checkout / repository.GOLDENS)
    assert index["package"] == "7.8.9"
    assert None not in {entry["released"] for entry in index["events"]}
    with pytest.raises(CommandError, match="released before"):
        repository.ready(checkout, "7.8.9")
