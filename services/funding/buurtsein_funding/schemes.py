"""Reads the city's funding rules from a file: which costs the city pays, and how much."""

import tomllib
from pathlib import Path

from pydantic import ValidationError

from buurtsein_funding.domain.scheme import Schemes


def read_schemes(path: Path) -> Schemes:
    """Return the schemes in a TOML file; raise ValueError that says what is wrong with the file."""
    try:
        return Schemes.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        problems = (f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors())
        raise ValueError(f"{path}: {'; '.join(problems)}") from error
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
