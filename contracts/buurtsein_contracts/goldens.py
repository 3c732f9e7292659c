"""Writes the goldens (the committed schemas and examples) from the models; `--check` only compares them.

Every event type and version has a folder `goldens/<type>/<version>/` with its writer and reader schema in standard
keywords only, the reader schema with our annotations (`annotated.schema.json`), examples, and documents that must be
refused (`invalid/<field>.<keyword>.json`). `index.json` lists all files with their sha256, for readers in other
languages. Invariant: a file of a released version never changes; a model that changes needs a new VERSION first.
"""

import argparse
import hashlib
import json
import shutil
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from buurtsein_contracts.envelope import ENVELOPE_VERSION, headers_schema
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.model import EventData
from buurtsein_contracts.schemas import annotated_schema, plain, reader_schema, writer_schema
from buurtsein_contracts.topics import TOPICS

FOLDER = Path(str(files("buurtsein_contracts"))) / "goldens"
ANNOTATED = "annotated.schema.json"
"""The name of the reader schema with our annotations: descriptions in Dutch, privacy tags and known enum values."""
HEADERS = f"headers/{ENVELOPE_VERSION}/headers.schema.json"

type Index = dict[str, Any]


def folder_of(data: type[EventData], root: Path = FOLDER) -> Path:
    """Return the folder with the committed schemas and examples (goldens) of an event's present version."""
    return root / data.TYPE / data.VERSION


def examples_of(data: type[EventData], root: Path = FOLDER) -> list[bytes]:
    """Return the committed examples of an event's data, as JSON bytes."""
    return [path.read_bytes() for path in sorted((folder_of(data, root) / "examples").glob("*.json"))]


def read_index(root: Path = FOLDER) -> Index:
    """Return the content of the committed file `index.json`: `package`, `topics`, `events` and `files`.

    `events` has every version, with the version of the package that released it.
    """
    path = root / "index.json"
    index: Index = json.loads(path.read_text()) if path.exists() else {"package": None, "events": [], "files": {}}
    return index


def released(index: Index) -> list[dict[str, Any]]:
    """Return the index entries of event versions that were released, so that other teams may already use them."""
    return [entry for entry in index["events"] if entry.get("released")]


def released_files(index: Index) -> dict[str, str]:
    """Return the names of released files, which must not change any more, each with its sha256 from the index."""
    folders = {f"{entry['type']}/{entry['version']}/" for entry in released(index)}
    return {
        name: digest
        for name, digest in index["files"].items()
        if any(name.startswith(folder) for folder in folders) or (name.startswith("headers/") and index.get("package"))
    }


def package_version() -> str:
    """Return the version of this package as installed."""
    return version("buurtsein-contracts")


def altered(root: Path = FOLDER) -> list[str]:
    """Return the names of released files that are gone, or whose content no longer has the sha256 in the index."""
    return [name for name, digest in released_files(read_index(root)).items() if _digest(root / name) != digest]


def lost_audiences(root: Path = FOLDER) -> list[tuple[str, str]]:
    """Return each topic of a released index that an audience can no longer read, with the name of the audience."""
    index = read_index(root)
    now = {(topic.name, audience) for topic in TOPICS for audience in topic.audiences}
    told = [(one["name"], audience) for one in index.get("topics", ()) for audience in one["audiences"]]
    return [one for one in told if one not in now] if index.get("package") else []


def expected_schemas(root: Path = FOLDER) -> dict[Path, str]:
    """Return the schema files that the models produce, as text by path."""
    expected = {root / HEADERS: _text(headers_schema())}
    for data in EVENTS:
        folder = folder_of(data, root)
        expected[folder / "writer.schema.json"] = _text(plain(writer_schema(data)))
        expected[folder / "reader.schema.json"] = _text(plain(reader_schema(data)))
        expected[folder / ANNOTATED] = _text(annotated_schema(data))
    return expected


def differences(root: Path = FOLDER) -> list[str]:
    """Return one line for each committed schema that is missing, differs from its model, or belongs to no model."""
    expected = expected_schemas(root)
    wrong = [f"differs or is missing: {path}" for path, text in expected.items() if _read(path) != text]
    index = read_index(root)
    known = {root / name for name in index["files"]} | set(expected)
    without_example = [data.TYPE for data in EVENTS if not examples_of(data, root)]
    return [
        *wrong,
        *(f"a released file that was changed: {root / name}" for name in altered(root)),
        *(f"a schema without a model: {path}" for path in sorted(set(root.glob("*/*/*.schema.json")) - known)),
        *(f"no example: {name}" for name in without_example),
        *(
            []
            if wrong or _text(_index(index, root)) == _read(root / "index.json")
            else ["index.json is not up to date"]
        ),
    ]


def write(root: Path = FOLDER) -> list[str]:
    """Write the schemas from the models and return an empty list; if anything is refused, write nothing and return it.

    A released file is refused when it was changed or deleted, or would change. A released topic is refused when an
    audience can no longer read it.
    """
    index = read_index(root)
    expected, fixed = expected_schemas(root), released_files(index)
    later = [name for name in fixed if (text := expected.get(root / name)) and _sha256(text.encode()) != fixed[name]]
    lost = (f"{topic} for {audience}" for topic, audience in lost_audiences(root))
    if refused := sorted({*altered(root), *later, *lost}):
        return refused
    for path, text in expected.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        _inherit_examples(path.parent)
    (root / "index.json").write_text(_text(_index(index, root)))
    return []


def release(root: Path = FOLDER, by: str | None = None) -> None:
    """Mark the present version of every event as released by a version of this package; None for the installed one."""
    index, package = read_index(root), by or package_version()
    for entry in index["events"]:
        entry["released"] = entry.get("released") or package
    (root / "index.json").write_text(_text(index | {"package": package}))


def write_json(path: Path, document: object) -> None:
    """Write a JSON document in the format of the committed schemas, and create its folder when needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(document))


def _inherit_examples(folder: Path) -> None:
    """Copy the examples of the previous version of an event to a new version that has none."""
    earlier = sorted(folder.parent.glob("*/examples"), key=lambda path: semver(path.parent.name))
    earlier = [path for path in earlier if path.parent != folder]
    for kind in ("examples", "invalid"):
        if earlier and not (folder / kind).exists() and (source := earlier[-1].parent / kind).exists():
            shutil.copytree(source, folder / kind)


def semver(text: str) -> tuple[int, ...]:
    """Return the numbers of a version: `1.10.0` gives (1, 10, 0)."""
    return tuple(int(part) for part in text.split("."))


def _index(before: Index, root: Path) -> Index:
    kept = {(entry["type"], entry["version"]): entry for entry in released(before)}
    present = {(data.TYPE, data.VERSION): _entry(data) for data in EVENTS}
    entries = kept | {key: entry for key, entry in present.items() if key not in kept}
    return {
        "package": before.get("package"),
        "topics": [
            {
                "name": t.name,
                "key": t.key,
                "owner": t.owner,
                "audiences": list(t.audiences),
                "retention_days": t.retention_days,
            }
            for t in TOPICS
        ],
        "events": [entries[key] for key in sorted(entries, key=lambda key: (_order(key[0]), semver(key[1])))],
        "files": {str(path.relative_to(root)): _digest(path) for path in _files(entries, root)},
    }


def _entry(data: type[EventData]) -> dict[str, Any]:
    return {
        "type": data.TYPE,
        "version": data.VERSION,
        "name": data.__name__,
        "topic": data.TOPIC.name,
        "also_on": [topic.name for topic in data.ALSO_ON],
        "key": data.TOPIC.key,
        "subject": data.SUBJECT or data.TOPIC.key,
        "released": None,
    }


def _order(type_name: str) -> int:
    types = [data.TYPE for data in EVENTS]
    return types.index(type_name) if type_name in types else len(types)


def _files(entries: dict[tuple[str, str], Any], root: Path) -> list[Path]:
    found = [path for type_name, number in entries for path in (root / type_name / number).rglob("*.json")]
    return sorted([*root.glob("headers/*/*.json"), *found])


def _digest(path: Path) -> str | None:
    return _sha256(path.read_bytes()) if path.exists() else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _text(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the committed schemas (goldens), mark them as released, or compare them with the models (`--check`)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare, write nothing")
    parser.add_argument(
        "--release",
        action="store_true",
        help="mark the present versions as released",
    )
    chosen = parser.parse_args()
    if chosen.check:
        found = differences()
        sys.stdout.write("\n".join(found or [f"{len(EVENTS)} event types agree with their goldens"]) + "\n")
        return 1 if found else 0
    refused = write()
    if refused:
        way_out = "raise the event's VERSION, or restore it (git checkout)"
        sys.stderr.write(f"released, so it may not change; {way_out}: {', '.join(refused)}\n")
        return 1
    if chosen.release:
        release()
    return 0


if __name__ == "__main__":
    sys.exit(main())
