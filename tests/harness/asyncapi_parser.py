"""Asks the official parser of AsyncAPI, which runs in Node, for the errors and warnings about documents."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness import tools
from harness.programs import run

SCRIPT = """import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";
const found = {};
for (const [name, wanted] of Object.entries(JSON.parse(readFileSync("documents.json", "utf8")))) {
  const { diagnostics } = await new Parser().parse(JSON.stringify(wanted));
  found[name] = diagnostics.map(({ code, severity, message }) => ({ code, severity, message }));
}
console.log(JSON.stringify(found));
"""


def packages(folder: Path) -> Path:
    """Put the npm packages of the parser and of AsyncAPI's schemas into a folder, and return the folder."""
    (folder / "node_modules").symlink_to(tools.node_modules(tools.PARSER))
    (folder / "parse.mjs").write_text(SCRIPT)
    return folder


def diagnosed(folder: Path, documents: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the parser's code, severity and message for each fault, by the name of the document.

    All documents are parsed by one process, because its start takes most of the time.
    """
    (folder / "documents.json").write_text(json.dumps(documents))
    found: dict[str, list[dict[str, Any]]] = json.loads(run(["node", "parse.mjs"], folder))
    return found
