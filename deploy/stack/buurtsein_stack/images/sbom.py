"""Writes the CycloneDX 1.6 bill of materials of an image: Debian packages, libraries, and our own packages.

Invariant: the list is read from the files of the image, so it cannot differ from them. It has no creation time and no
serial number, so that the same image gives the same list.
"""

import json
from collections.abc import Iterator
from email.parser import Parser
from importlib.metadata import Distribution, distributions
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from buurtsein_stack.images.pieces import Piece


def sbom(piece: Piece, base: Path, site: Path) -> str:
    """Return the software bill of materials of an image as JSON text.

    Args:
        piece: the image.
        base: the folder of its lowest layer.
        site: the folder with its libraries and our packages.
    """
    itself = Component(name=piece.image, version=piece.version, type=ComponentType.CONTAINER, bom_ref=piece.image)
    parts = [*_debian(base), *_python(site)]
    bom = Bom(metadata=BomMetaData(component=itself), components=parts)
    bom.register_dependency(itself, parts)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    document["metadata"].pop("timestamp")
    document.pop("serialNumber")
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _debian(base: Path) -> Iterator[Component]:
    for file in sorted((base / "var/lib/dpkg/status.d").iterdir()):
        facts = Parser().parsestr(file.read_text(), headersonly=True)
        name, version, machine = facts["Package"], facts["Version"], facts["Architecture"]
        purl = PackageURL("deb", "debian", name, version, {"arch": machine})
        yield Component(name=name, version=version, purl=purl, bom_ref=str(purl))


def _python(site: Path) -> Iterator[Component]:
    for found in sorted(distributions(path=[str(site)]), key=lambda one: one.name):
        purl = PackageURL("pypi", None, found.name.lower().replace("_", "-"), found.version)
        yield Component(
            name=found.name, version=found.version, purl=purl, bom_ref=str(purl), licenses=list(_licences(found))
        )


def _licences(found: Distribution) -> Iterator[License]:
    """Yield a distribution's licence: its SPDX expression, or the first line of its metadata field `License`."""
    expression, text = found.metadata.get("License-Expression"), found.metadata.get("License", "")
    if expression:
        yield LicenseFactory().make_from_string(expression)
    elif text.strip():
        yield LicenseFactory().make_with_name(text.strip().splitlines()[0][:100])
