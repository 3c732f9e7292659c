"""Writes container images as an OCI image layout, without a container engine and with the standard library alone.

Invariant: an image's digest follows from its layers and configuration alone; nothing of this machine or moment is in
it. Format: OCI image specification 1.1, https://github.com/opencontainers/image-spec.
"""

import gzip
import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from buurtsein_stack.images.tarball import EPOCH

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
REF = "org.opencontainers.image.ref.name"
CREATED = datetime.fromtimestamp(EPOCH, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
CHUNK = 1 << 20

type Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer in the layout: its descriptor, and the digest of its uncompressed tar archive."""

    descriptor: Document
    diff_id: str
    what: str


class Layout:
    """A folder in the OCI image layout format, for one or more images; equal layers are stored once."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, and make the files of an empty OCI layout when the folder has none."""
        self.folder = folder
        (folder / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
        if not self._index.exists():
            self._write_index([])

    @property
    def _index(self) -> Path:
        return self.folder / "index.json"

    def layer(self, archive: Path, what: str) -> Layer:
        """Compress a tar archive into a layer; `what` describes the layer in the image's history."""
        plain, new = hashlib.sha256(), self.folder / "layer.new"
        with (
            archive.open("rb") as source,
            new.open("wb") as file,
            gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as target,
        ):
            while chunk := source.read(CHUNK):
                plain.update(chunk)
                target.write(chunk)
        with new.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        size = new.stat().st_size
        shutil.move(new, self._blob(digest))
        return Layer(_descriptor(LAYER, digest, size), f"sha256:{plain.hexdigest()}", what)

    def image(self, ref: str, layers: Sequence[Layer], config: Document, machine: str) -> str:
        """Write an image with these layers, lowest first, under a reference; return the digest of its manifest.

        Args:
            ref: the name of the image in this layout; an image that had it before loses it.
            layers: what `layer` returned.
            config: what the image runs: the object `config` of the OCI image configuration.
            machine: the processor, in the words of the specification, such as `amd64`.
        """
        about = {
            "created": CREATED,
            "architecture": machine,
            "os": "linux",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
            "history": [{"created": CREATED, "created_by": layer.what} for layer in layers],
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": self._json(CONFIG, about),
            "layers": [layer.descriptor for layer in layers],
            "annotations": dict(config.get("Labels", {})),
        }
        written = self._json(MANIFEST, manifest)
        others = [entry for entry in self.manifests() if entry["annotations"][REF] != ref]
        self._write_index([*others, written | {"annotations": {REF: ref}}])
        return str(written["digest"])

    def manifests(self) -> list[Document]:
        """Return the descriptors of all images in the index; each has its reference as an annotation."""
        return list(json.loads(self._index.read_text())["manifests"])

    def read(self, descriptor: Mapping[str, Any]) -> Document:
        """Return the JSON document to which a descriptor refers."""
        return dict(json.loads(self._blob(descriptor["digest"].removeprefix("sha256:")).read_text()))

    def sizes(self, layer: Mapping[str, Any]) -> tuple[int, int]:
        """Return the bytes of a layer's uncompressed tar archive, and of its compressed blob."""
        total = 0
        with gzip.open(self._blob(layer["digest"].removeprefix("sha256:"))) as archive:
            while chunk := archive.read(CHUNK):
                total += len(chunk)
        return total, int(layer["size"])

    def tidy(self) -> None:
        """Delete the blobs to which no image in the index refers."""
        kept: set[str] = set()
        for entry in self.manifests():
            manifest = self.read(entry)
            kept |= {part["digest"] for part in (entry, manifest["config"], *manifest["layers"])}
        for blob in (self.folder / "blobs" / "sha256").iterdir():
            if f"sha256:{blob.name}" not in kept:
                blob.unlink()

    def _json(self, media_type: str, document: Document) -> Document:
        content = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(content).hexdigest()
        self._blob(digest).write_bytes(content)
        return _descriptor(media_type, digest, len(content))

    def _blob(self, digest: str) -> Path:
        return self.folder / "blobs" / "sha256" / digest

    def _write_index(self, manifests: list[Document]) -> None:
        ordered = sorted(manifests, key=lambda entry: str(entry["annotations"][REF]))
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": ordered}
        new = self._index.with_suffix(".new")
        new.write_text(json.dumps(index, indent=1, sort_keys=True) + "\n")
        new.replace(self._index)


def _descriptor(media_type: str, digest: str, size: int) -> Document:
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": size}
