"""No file of the project contains a forbidden text (a machine's path, a secret), and no Python file is too long."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAX_LINES = 300
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/\w+)/")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{20,}\.eyJ[\w-]{20,}\.")


def files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    return [(path, path.read_text(errors="replace")) for path in files() if path.suffix not in {".png", ".ico"}]


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, SECRETS], ids=["paths", "secrets"])
def test_no_path_of_a_machine_and_no_secret_is_committed(pattern: re.Pattern[str]) -> None:
    here = Path(__file__)
    assert [str(path) for path, text in texts() if path != here and pattern.search(text)] == []


def test_the_patterns_find_planted_texts() -> None:
    assert MACHINE_PATHS.search("see /home/somebody/x")
    assert SECRETS.search("-----BEGIN RSA PRIVATE KEY-----")


def test_python_files_stay_short() -> None:
    long = {
        path.name: text.count("\n") for path, text in texts() if path.suffix == ".py" and text.count("\n") > MAX_LINES
    }
    assert long == {}
