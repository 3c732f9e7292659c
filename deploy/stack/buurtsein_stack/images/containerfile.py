"""Reads the Containerfile, so that images built with and without a container engine start in the same way.

Invariant: user, variables and entry point of the images are said in `deploy/images/Containerfile` and nowhere else.
"""

import json
from collections.abc import Iterator
from typing import Any

from buurtsein_stack.images.machine import ROOT

CONTAINERFILE = ROOT / "deploy" / "images" / "Containerfile"
KEYS = {"USER": "User", "WORKDIR": "WorkingDir", "STOPSIGNAL": "StopSignal"}


def configuration(text: str) -> dict[str, Any]:
    """Return the `config` object of an OCI image (user, entry point and so on) from a Containerfile's text.

    Raises:
        ValueError: the text has an instruction that is not understood here.
    """
    found: dict[str, Any] = {"Env": []}
    for instruction, rest in _instructions(text):
        match instruction:
            case "ENV":
                found["Env"].append(rest)
            case "ENTRYPOINT":
                found["Entrypoint"] = json.loads(rest)
            case "USER" | "WORKDIR" | "STOPSIGNAL":
                found[KEYS[instruction]] = rest
            case "ARG" | "FROM" | "COPY":
                continue
            case _:
                raise ValueError(f"{instruction} in a Containerfile is not understood")
    return found


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            yield instruction, rest.strip()
