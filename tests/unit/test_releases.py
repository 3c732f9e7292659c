"""The list of releases gives each version's commit and migrations; a wrong list is refused."""

import subprocess
from pathlib import Path

import pytest

from buurtsein_chassis.command_errors import CommandError
from buurtsein_chassis.manifest import service_names
from buurtsein_operate import releases

PROJECT = Path(__file__).parents[2]
LIST = PROJECT / "deploy/releases.toml"
LINE = '[[release]]\nversion = "{}"\ncommit = "' + "a" * 40 + '"\nschemas = {{ chassis = 1 }}\n'


def migrations_at(commit: str, folder: str) -> int:
    listed = subprocess.run(
        ["git", "ls-tree", "--name-only", f"{commit}:{folder}"], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout.split()
    return max(int(name[:4]) for name in listed if name.endswith(".sql"))


def folder_of(name: str) -> str:
    if name == releases.CHASSIS:
        return "chassis/buurtsein_chassis/sql"
    return f"services/{name}/buurtsein_{name}/migrations"


def test_every_release_has_the_migrations_of_its_commit() -> None:
    found = releases.read(LIST)
    assert found
    for release in found:
        assert release.schemas == {name: migrations_at(release.commit, folder_of(name)) for name in release.schemas}


def test_the_numbers_of_today_cover_the_chassis_and_every_service() -> None:
    today = releases.schemas()
    assert set(today) == {releases.CHASSIS, *service_names()}
    newest = releases.read(LIST)[-1].schemas
    assert all(today[name] >= number for name, number in newest.items())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("release = [", "cannot be read"),
        (LINE.format("1.0"), "version"),
        (LINE.format("1.0.0") + 'note = "x"\n', "release.0.note"),
        (LINE.format("1.0.0").replace("a" * 40, "main"), "commit"),
        (LINE.format("1.0.0").replace("= 1", '= "1"'), "schemas.chassis"),
        (LINE.format("1.10.0") + LINE.format("1.9.0"), "1.9.0 stands after 1.10.0"),
        (LINE.format("1.0.0") + LINE.format("1.0.0"), "1.0.0 stands after 1.0.0"),
    ],
)
def test_a_wrong_list_is_refused_with_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    wrong = tmp_path / "releases.toml"
    wrong.write_text(text)
    with pytest.raises(CommandError, match=said) as refused:
        releases.read(wrong)
    assert refused.value.code == "releases"


def test_a_list_that_is_missing_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        releases.read(tmp_path / "none.toml")
