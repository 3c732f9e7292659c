"""Renders the overlays in `deploy/kubernetes` with kustomize."""

import subprocess
from pathlib import Path
from typing import Any

import yaml

from harness.kubernetes.programs import kubectl

DEPLOY = Path(__file__).parents[3] / "deploy"
FOLDER = DEPLOY / "kubernetes"
OVERLAYS = sorted(path.name for path in (FOLDER / "overlays").iterdir())

type Object = dict[str, Any]


def rendered(folder: Path) -> list[Object]:
    """Return the objects that kustomize makes from a folder; raise AssertionError with kustomize's error message."""
    command = [kubectl(), "kustomize", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{folder.name}: {done.stderr.strip()}"
    return list(yaml.load_all(done.stdout, Loader=yaml.CSafeLoader))


def overlay(name: str) -> list[Object]:
    """Return the Kubernetes objects of the overlay with this name."""
    return rendered(FOLDER / "overlays" / name)
