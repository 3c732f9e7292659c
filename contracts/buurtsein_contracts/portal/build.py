"""Writes the portal: pages for developers of consumers, which open from a file without a network.

Invariant: no page loads anything from the network, and the same catalogue gives the same bytes.
"""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from buurtsein_contracts.asyncapi import document
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.expectations.model import CONSUMERS, read_all
from buurtsein_contracts.expectations.schema import expectation_schema
from buurtsein_contracts.goldens import FOLDER as GOLDENS
from buurtsein_contracts.goldens import write_json
from buurtsein_contracts.portal.details import details_of
from buurtsein_contracts.portal.pages import FIRST_CONSUMER, FOLDER, GUIDES, Material, pages, read_services
from buurtsein_contracts.portal.rendering import environment
from buurtsein_contracts.portal.starting import starting_files

OPERATOR = "the operator of the installation"


def build(to: Path, consumers: Path = CONSUMERS, contact: str = OPERATOR) -> list[Path]:
    """Write the portal into a folder; return the files written, `index.html` first.

    The pages show the OpenAPI documents in `to/openapi/*.json` and this package from `to/package/*.whl`, when they are
    there.

    Args:
        to: The folder.
        consumers: The folder of expectations.
        contact: Where readers send expectations and questions.

    Raises:
        UnusableFile: an expectation file has a fault.
    """
    to.mkdir(parents=True, exist_ok=True)
    return [*_pages(to, _material(to, consumers, contact)), *_copies(to), *starting_files(to)]


def _material(to: Path, consumers: Path, contact: str) -> Material:
    asyncapi = document(GOLDENS)
    expectations = [file.expectation for file in read_all(consumers)]
    messages = asyncapi["components"]["messages"]
    events = [details_of(data, GOLDENS, messages, expectations) for data in EVENTS]
    packages = [path.name for path in sorted((to / "package").glob("*.whl"))]
    return Material(events, asyncapi, read_services(to / "openapi"), packages, contact)


def _pages(to: Path, material: Material) -> Iterator[Path]:
    templates = environment()
    for page in pages(material, templates):
        words = {"title": page.title, "file": page.file, "guides": GUIDES, "events": material.events}
        (to / page.file).write_text(templates.get_template(page.template).render(words | page.words))
        yield to / page.file
    (to / "asyncapi.json").write_text(json.dumps(material.asyncapi, indent=2, ensure_ascii=False) + "\n")
    yield to / "asyncapi.json"
    write_json(to / "expectation.schema.json", expectation_schema())
    yield to / "expectation.schema.json"


def _copies(to: Path) -> Iterator[Path]:
    """Copy the assets of the pages, the committed schemas and the example consumer; yield the copied files.

    Files that are compressed in the package (`.gz`) are written as they were.
    """
    for source, name in ((FOLDER / "assets", "assets"), (GOLDENS, "schemas"), (FIRST_CONSUMER, "first-consumer")):
        shutil.copytree(source, to / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        for packed in (to / name).rglob("*.gz"):
            packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
            packed.unlink()
        yield from sorted(path for path in (to / name).rglob("*") if path.is_file())
