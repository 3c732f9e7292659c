"""No files of our packages import each other in a circle; a circle that the test adds is found."""

import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


def circle_in(*packages: str) -> list[str]:
    """Return the files of an import circle, each one imported by the file before it; empty when there is no circle."""
    graph = grimp.build_graph(*packages, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_package_of_the_workspace_is_looked_at() -> None:
    marks = [mark for depth in ("*", "services/*", "deploy/*") for mark in ROOT.glob(f"{depth}/buurtsein_*/py.typed")]
    assert sorted(PACKAGES) == sorted(mark.parent.name for mark in marks)


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circle_in(*PACKAGES) == []


def test_a_planted_circle_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "planted_circle"
    package.mkdir()
    for name, text in (("__init__", ""), ("a", "from planted_circle import b"), ("b", "import planted_circle.c")):
        (package / f"{name}.py").write_text(text)
    (package / "c.py").write_text("def late():\n    from planted_circle.a import b\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    circle = circle_in("planted_circle")
    assert set(circle) == {"planted_circle.a", "planted_circle.b", "planted_circle.c"}
