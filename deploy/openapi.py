"""Writes the OpenAPI document of each service to `services/<name>/openapi.json`; `--check` only compares.

A breaking change of `/v1` is refused unless a `Breaking:` line under Unreleased in CHANGELOG.md names the operation.
Writing compares the new document with the committed one. `--check` also compares it with the document of the last
release or, before the first release, of the main branch, so that a committed document that was replaced by hand does
not hide a break. Without git this second comparison is skipped.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from buurtsein_contracts.gate.engine import JsonCompat
from buurtsein_contracts.gate.openapi import breaking_changes, unannounced
from buurtsein_operate.openapi import documents

type Document = dict[str, Any]

PROJECT = Path(__file__).resolve().parents[1]
REGENERATE = "run `make openapi`"


def main() -> int:
    """Write or check the OpenAPI documents of this repository's services; exit with 1 when something is refused."""
    present = {name: document for name, document in documents().items() if (PROJECT / "services" / name).is_dir()}
    refused = list(checked(PROJECT, present)) if sys.argv[1:] == ["--check"] else written(PROJECT, present)
    sys.stdout.write("".join(f"openapi: {line}\n" for line in refused or [f"{len(present)} documents are right"]))
    return 1 if refused else 0


def written(root: Path, present: dict[str, Document]) -> list[str]:
    """Write each OpenAPI document whose changes break no client; return one line for each breaking change."""
    refused = []
    for name, document in present.items():
        path = _path(root, name)
        found = list(_broken(root, _read(path.read_text() if path.exists() else None), document))
        refused += found
        if not found:
            path.write_text(_text(document))
    return refused


def checked(root: Path, present: dict[str, Document]) -> Iterator[str]:
    """Yield one line for each document that differs from the code, and each breaking change not in the CHANGELOG."""
    at_base = _reader(root)
    for name, document in present.items():
        path = _path(root, name)
        if not path.exists() or path.read_text() != _text(document):
            yield f"{path.relative_to(root)} is not the document of the code: {REGENERATE}"
        yield from _broken(root, _read(at_base(path)), document)


def _broken(root: Path, old: Document | None, new: Document) -> Iterator[str]:
    if old is None or old == new:
        return
    for finding in unannounced(breaking_changes(old, new, JsonCompat()), (root / "CHANGELOG.md").read_text()):
        example = f"; for example: {finding.counterexample}" if finding.counterexample else ""
        yield f"{finding.where}: {finding.rule}: {finding.message}{example}\n    way out: {finding.way_out}"


def _reader(root: Path) -> Callable[[Path], str | None]:
    """Return a function that reads a file from the last release, or from the commit where the branch left main."""
    bases = (
        _git(root, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"),
        *(_git(root, "merge-base", "HEAD", main) for main in ("main", "origin/main")),
    )
    base = next((found.strip() for found in bases if found), None)
    return lambda path: _git(root, "show", f"{base}:{path.relative_to(root).as_posix()}") if base else None


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S607
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _path(root: Path, name: str) -> Path:
    return root / "services" / name / "openapi.json"


def _read(text: str | None) -> Document | None:
    return json.loads(text) if text else None


def _text(document: Document) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
