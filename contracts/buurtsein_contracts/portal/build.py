"""The portal: everything a developer elsewhere needs, as pages that open from a file, offline.

Invariant: nothing on a page is fetched from anywhere; the same catalogue gives the same bytes.
"""

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
from buurtsein_contracts.portal.facts import facts_of
from buurtsein_contracts.portal.pages import FIRST_CONSUMER, FOLDER, GUIDES, Material, pages, read_services
from buurtsein_contracts.portal.rendering import environment
from buurtsein_contracts.portal.starting import starting_files

OPERATOR = "the operator of the installation"


def build(to: Path, consumers: Path = CONSUMERS, contact: str = OPERATOR) -> list[Path]:
    """Write the portal into a folder; the files written, `index.html` first.

    `contact`: where the readers of this installation send their expectations and ask their questions.

    What lies in `to/openapi/*.json` (services) and `to/package/*.whl` (this package) is shown on the pages.

    Raises:
        UnusableFile: an expectation in `consumers` is not usable.
    """
    to.mkdir(parents=True, exist_ok=True)
    return [*_pages(to, _material(to, consumers, contact)), *_copies(to), *starting_files(to)]


def _material(to: Path, consumers: Path, contact: str) -> Material:
    asyncapi = document(GOLDENS)
    expectations = [file.expectation for file in read_all(consumers)]
    messages = asyncapi["components"]["messages"]
    events = [facts_of(data, GOLDENS, messages, expectations) for data in EVENTS]
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
    """What pages need, and what a reader may want as files: the goldens, and the first consumer."""
    for source, name in ((FOLDER / "assets", "assets"), (GOLDENS, "schemas"), (FIRST_CONSUMER, "first-consumer")):
        shutil.copytree(source, to / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        yield from sorted(path for path in (to / name).rglob("*") if path.is_file())
