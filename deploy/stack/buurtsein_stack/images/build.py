"""Builds images from the base layer and one layer with our packages, and writes them to `dist/images` (OCI layout).

Invariant: the same sources, locks and versions in Debian's archive give the same digest each time. With an engine of
the user's choice the same folder becomes an image by `deploy/images/Containerfile`, on any base with Python 3.13.
"""

import json
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from buurtsein_stack.images import base as bases
from buurtsein_stack.images.containerfile import CONTAINERFILE, configuration
from buurtsein_stack.images.engine import engine
from buurtsein_stack.images.layout import REF, Layer, Layout
from buurtsein_stack.images.machine import ROOT, WORK
from buurtsein_stack.images.pieces import Piece
from buurtsein_stack.images.sbom import sbom
from buurtsein_stack.images.site import PLACE, site
from buurtsein_stack.images.tarball import EPOCH, pack

LAYOUT = ROOT / "dist" / "images"
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Built:
    """An image that was built: its name in the OCI layout, its digest, and its uncompressed and compressed bytes."""

    ref: str
    digest: str
    size: int
    compressed: int


def build(chosen: Sequence[Piece], base_image: str = "", *, with_buildah: bool = False) -> list[Built]:
    """Build images into `dist/images`, and their SBOMs into `dist/images.sbom`.

    Args:
        chosen: which images.
        base_image: the image to build on, for buildah; by default the base that is made here.
        with_buildah: use buildah and the Containerfile; otherwise no engine is needed.

    Raises:
        CommandError: a step failed, or this machine lacks a program.
    """
    folder = bases.base()
    layout = Layout(LAYOUT)
    ground = layout.layer(bases.archive(folder), f"Debian {bases.SUITE} with Python 3.13")
    if with_buildah and not base_image:
        layout.image("base", [ground], {}, machine())
        base_image = f"oci:{LAYOUT}:base"
    for piece in chosen:
        tree = _tree(piece, folder)
        if with_buildah:
            _with_buildah(piece, tree, base_image)
        else:
            _without_engine(piece, tree, layout, ground)
    layout.tidy()
    return [built(layout, piece.image) for piece in chosen]


def _tree(piece: Piece, base: Path) -> Path:
    """Return a folder with the files that an image adds to its base: `/opt/buurtsein` and the SBOM."""
    tree = site(piece, base)
    text = sbom(piece, base, tree / PLACE)
    for folder in (tree / "usr/share/sbom", LAYOUT.with_name("images.sbom")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{piece.image}.cdx.json").write_text(text)
    return tree


def _without_engine(piece: Piece, tree: Path, layout: Layout, ground: Layer) -> None:
    top = WORK / f"{piece.name}.tar"
    pack(top, tree)
    layers = [ground, layout.layer(top, f"{piece.image} {piece.version}")]
    config = configuration(CONTAINERFILE.read_text()) | {"Labels": labels(piece)}
    layout.image(piece.image, layers, config, machine())


def _with_buildah(piece: Piece, tree: Path, base_image: str) -> None:
    """Build one image with buildah, and copy it from buildah's store to the layout."""
    name = f"localhost/{piece.image}:{piece.version}"
    options = ["--isolation", "chroot", "--timestamp", str(EPOCH), "--format", "oci", "--quiet"]
    told = [word for key, value in labels(piece).items() for word in ("--label", f"{key}={value}")]
    arguments: list[str | Path] = ["--build-arg", f"BASE={base_image}", "--file", CONTAINERFILE, "--tag", name]
    engine("buildah", "build", *options, *told, *arguments, tree)
    engine("buildah", "push", "--quiet", name, f"oci:{LAYOUT}:{piece.image}")


def labels(piece: Piece) -> dict[str, str]:
    """Return the labels of an image, under the label names of the OCI specification."""
    known = {
        "title": piece.image,
        "description": piece.title,
        "version": piece.version,
        "revision": revision(),
        "licenses": "EUPL-1.2",
        "vendor": "Buurtsein",
        "base.name": f"debian:{bases.SUITE}",
    }
    return {f"org.opencontainers.image.{key}": value for key, value in known.items()}


def revision() -> str:
    """Return the git commit of the sources; "" outside a git checkout."""
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def machine() -> str:
    """Return the name of this machine's processor architecture in the OCI specification."""
    return MACHINES.get(platform.machine(), platform.machine())


def built(layout: Layout, ref: str) -> Built:
    """Return an image's digest in an OCI layout, and its uncompressed and compressed size in bytes."""
    [entry] = [one for one in layout.manifests() if one["annotations"][REF] == ref]
    sizes = [layout.sizes(layer) for layer in layout.read(entry)["layers"]]
    return Built(ref, entry["digest"], sum(plain for plain, _ in sizes), sum(packed for _, packed in sizes))


def tell(images: Sequence[Built]) -> str:
    """Return a text that lists the built images, and write them to `dist/images.json` for scripts."""
    LAYOUT.with_name("images.json").write_text(json.dumps([asdict(one) for one in images], indent=1) + "\n")
    return "\n".join(map(_line, images))


def _line(one: Built) -> str:
    return f"{one.ref:20} {one.size / 1e6:4.0f} MB, {one.compressed / 1e6:3.0f} MB compressed  {one.digest}"
