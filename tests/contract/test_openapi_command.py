"""`make openapi` writes the documents, `make check` compares them; both refuse an unannounced breaking change."""

import subprocess
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from buurtsein_operate.openapi import documents

type Document = dict[str, Any]

NAME = "GET /v1/notes"


def loaded(path: Path) -> Any:
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


program = loaded(Path(__file__).parents[2] / "deploy" / "openapi.py")


def a_document() -> Document:
    note = {"type": "object", "required": ["author"], "properties": {"author": {"type": "string"}}}
    answer = {
        "description": "Found.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}},
    }
    paths = {"/v1/notes": {"get": {"responses": {"200": answer}}}}
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": {"Note": note}}}


def a_repository(tmp_path: Path, unreleased: str = "") -> Path:
    (tmp_path / "services" / "notes").mkdir(parents=True)
    (tmp_path / "CHANGELOG.md").write_text(f"## [Unreleased]\n\n{unreleased}\n")
    return tmp_path


def without_author() -> Document:
    document = a_document()
    del document["components"]["schemas"]["Note"]["properties"]["author"]
    document["components"]["schemas"]["Note"]["required"].remove("author")
    return document


def test_a_document_with_an_unannounced_break_is_not_overwritten(tmp_path: Path) -> None:
    root = a_repository(tmp_path)
    assert program.written(root, {"notes": a_document()}) == []
    before = (root / "services/notes/openapi.json").read_text()
    [refused] = program.written(root, {"notes": without_author()})
    assert NAME in refused
    assert "author" in refused
    assert (root / "services/notes/openapi.json").read_text() == before


def test_a_document_with_an_announced_break_is_written_and_passes_the_check(tmp_path: Path) -> None:
    root = a_repository(tmp_path, f"- Breaking: `{NAME}` no longer names the author.")
    program.written(root, {"notes": a_document()})
    assert program.written(root, {"notes": without_author()}) == []
    assert list(program.checked(root, {"notes": without_author()})) == []


def test_a_document_that_differs_from_the_code_is_refused(tmp_path: Path) -> None:
    root = a_repository(tmp_path)
    assert "make openapi" in next(program.checked(root, {"notes": a_document()}))
    program.written(root, {"notes": a_document()})
    assert list(program.checked(root, {"notes": a_document()})) == []
    assert "make openapi" in next(program.checked(root, {"notes": without_author()}))


def test_a_break_since_the_main_branch_is_refused_even_when_the_file_was_replaced(tmp_path: Path) -> None:
    root = a_repository(tmp_path)
    program.written(root, {"notes": a_document()})
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["commit", "-qm", "Begin"],
        ["switch", "-qc", "work"],
    ):
        subprocess.run([*git, *arguments], check=True)
    (root / "services/notes/openapi.json").unlink()
    program.written(root, {"notes": without_author()})
    [refused] = program.checked(root, {"notes": without_author()})
    assert NAME in refused


def test_the_committed_documents_are_those_of_the_code() -> None:
    assert list(program.checked(program.PROJECT, documents())) == []
