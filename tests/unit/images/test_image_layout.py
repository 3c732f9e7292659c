"""`make images` writes an OCI image layout, with equal bytes each time."""

import gzip
import hashlib
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from buurtsein_stack.images.containerfile import CONTAINERFILE, configuration
from buurtsein_stack.images.layout import REF, Layout
from buurtsein_stack.images.tarball import EPOCH, pack

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a new folder that contains a file, a program, a link and an empty folder."""
    folder = tmp_path / "tree"
    (folder / "opt" / "empty").mkdir(parents=True)
    (folder / "opt" / "read.txt").write_text("hello\n")
    (folder / "opt" / "program").write_text("#!/usr/bin/python3.13\n")
    (folder / "opt" / "program").chmod(0o4777)
    (folder / "link").symlink_to("opt/read.txt")
    return folder


def written(to: Path, tree: Path, ref: str = "one") -> Layout:
    layout = Layout(to)
    archive = to / "top.tar"
    pack(archive, tree)
    layout.image(ref, [layout.layer(archive, "files")], {"User": "10001:10001", "Labels": {"a": "b"}}, "amd64")
    archive.unlink()
    return layout


def blob(layout: Layout, descriptor: dict[str, Any]) -> bytes:
    """Return a blob of an image layout, after checking its size and digest as every reader does."""
    assert DIGEST.fullmatch(descriptor["digest"])
    content: bytes = (layout.folder / "blobs" / "sha256" / descriptor["digest"].partition(":")[2]).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (
        descriptor["size"],
        descriptor["digest"].partition(":")[2],
    )
    return content


def test_a_layout_has_what_the_specification_demands(tmp_path: Path, tree: Path) -> None:
    layout = written(tmp_path / "layout", tree)
    assert json.loads((layout.folder / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    index = json.loads((layout.folder / "index.json").read_text())
    assert index["schemaVersion"] == 2
    assert index["mediaType"] == "application/vnd.oci.image.index.v1+json"
    [entry] = index["manifests"]
    assert entry["annotations"][REF] == "one"
    manifest = json.loads(blob(layout, entry))
    assert manifest["schemaVersion"] == 2
    assert manifest["mediaType"] == entry["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    config = json.loads(blob(layout, manifest["config"]))
    assert {key: config[key] for key in ("architecture", "os")} == {"architecture": "amd64", "os": "linux"}
    assert config["rootfs"]["type"] == "layers"
    plain = [hashlib.sha256(gzip.decompress(blob(layout, layer))).hexdigest() for layer in manifest["layers"]]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{digest}" for digest in plain]
    assert len(config["history"]) == len(plain)


def test_two_folders_with_the_same_files_give_the_same_digest(tmp_path: Path, tree: Path) -> None:
    [first] = written(tmp_path / "first", tree).manifests()
    (tree / "opt" / "read.txt").touch()
    (tree / "opt").chmod(0o700)
    [second] = written(tmp_path / "second", tree).manifests()
    assert first == second


def test_another_file_gives_another_digest(tmp_path: Path, tree: Path) -> None:
    [first] = written(tmp_path / "first", tree).manifests()
    (tree / "opt" / "read.txt").write_text("hallo\n")
    [second] = written(tmp_path / "second", tree).manifests()
    assert first["digest"] != second["digest"]


def test_files_belong_to_root_and_no_program_runs_as_another_user(tmp_path: Path, tree: Path) -> None:
    pack(tmp_path / "top.tar", tree)
    with tarfile.open(tmp_path / "top.tar") as tar:
        entries = {entry.name: entry for entry in tar}
    assert {(entry.uid, entry.gid, entry.mtime) for entry in entries.values()} == {(0, 0, EPOCH)}
    assert {name: entry.mode for name, entry in entries.items() if not entry.issym()} == {
        "opt": 0o755,
        "opt/empty": 0o755,
        "opt/read.txt": 0o644,
        "opt/program": 0o755,
    }
    assert entries["link"].linkname == "opt/read.txt"


def test_a_new_image_replaces_the_old_one_of_its_name_and_no_blob_stays_behind(tmp_path: Path, tree: Path) -> None:
    layout = written(tmp_path / "layout", tree)
    written(tmp_path / "layout", tree, "other")
    (tree / "opt" / "read.txt").write_text("hallo\n")
    written(tmp_path / "layout", tree)
    layout.tidy()
    assert [entry["annotations"][REF] for entry in layout.manifests()] == ["one", "other"]
    needed = [part for entry in layout.manifests() for part in (entry, *_parts(layout, entry))]
    assert {path.name for path in (layout.folder / "blobs" / "sha256").iterdir()} == {
        part["digest"].partition(":")[2] for part in needed
    }


def _parts(layout: Layout, entry: dict[str, Any]) -> list[dict[str, Any]]:
    manifest = layout.read(entry)
    return [manifest["config"], *manifest["layers"]]


def test_an_image_runs_what_the_containerfile_says() -> None:
    config = configuration(CONTAINERFILE.read_text())
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["python3.13", "/opt/buurtsein"]
    assert "PYTHONDONTWRITEBYTECODE=1" in config["Env"]


def test_an_instruction_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="RUN in a Containerfile"):
        configuration("FROM base\nRUN apt-get install more\n")
