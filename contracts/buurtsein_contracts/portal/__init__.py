"""Writes the portal, a static website for developers of consumers, with `build(folder)`. Needs the extra `docs`."""

from buurtsein_contracts.portal.build import build

__all__ = ["build"]
