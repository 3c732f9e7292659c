"""The committed schemas: `python -m buurtsein_contracts.goldens --check` proves that models and goldens agree.

Every event type and version has a folder `goldens/<type>/<version>/` with both schemas and its examples; `index.json`
lists all files with their sha256, and the topics, for readers in other languages.
"""

import argparse
import hashlib
import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.model import EventData
from buurtsein_contracts.schemas import reader_schema, writer_schema
from buurtsein_contracts.topics import TOPICS

FOLDER = Path(str(files("buurtsein_contracts"))) / "goldens"


def folder_of(data: type[EventData], root: Path = FOLDER) -> Path:
    """Where the goldens of an event's present version are."""
    return root / data.TYPE / data.VERSION


def examples_of(data: type[EventData], root: Path = FOLDER) -> list[bytes]:
    """The committed examples of an event's data, as JSON bytes."""
    return [path.read_bytes() for path in sorted((folder_of(data, root) / "examples").glob("*.json"))]


def expected_files(root: Path = FOLDER) -> dict[Path, str]:
    """What the goldens must hold according to the models, by path."""
    expected = {}
    for data in EVENTS:
        folder = folder_of(data, root)
        expected[folder / "writer.schema.json"] = _text(writer_schema(data))
        expected[folder / "reader.schema.json"] = _text(reader_schema(data))
    expected[root / "index.json"] = _text(_index(expected, root))
    return expected


def differences(root: Path = FOLDER) -> list[str]:
    """One line for each golden that is missing, different or no longer made by a model."""
    expected = expected_files(root)
    wrong = [f"differs or is missing: {path}" for path, text in expected.items() if _read(path) != text]
    strays = set(root.glob("*/*/*.schema.json")) - set(expected)
    without_example = [data.TYPE for data in EVENTS if not examples_of(data, root)]
    return [
        *wrong,
        *(f"no model makes: {path}" for path in strays),
        *(f"no example: {name}" for name in without_example),
    ]


def write(root: Path = FOLDER) -> None:
    """Make the goldens follow the models."""
    for path, text in expected_files(root).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _index(schemas: dict[Path, str], root: Path) -> dict[str, Any]:
    return {
        "topics": [
            {
                "name": t.name,
                "key": t.key,
                "owner": t.owner,
                "tier": t.tier,
                "retention_days": t.retention_days,
            }
            for t in TOPICS
        ],
        "events": [
            {"type": data.TYPE, "version": data.VERSION, "name": data.__name__, "topic": data.TOPIC.name}
            for data in EVENTS
        ],
        "files": {str(p.relative_to(root)): hashlib.sha256(text.encode()).hexdigest() for p, text in schemas.items()},
    }


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _text(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the goldens, or with `--check` compare; exit code 1 when they differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    if not parser.parse_args().check:
        write()
        return 0
    found = differences()
    sys.stdout.write("\n".join(found or [f"{len(EVENTS)} event types agree with their goldens"]) + "\n")
    if found:
        sys.stderr.write("Run `python -m buurtsein_contracts.goldens` and commit what it changes.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
