"""The portal of documents: `build(folder)` writes it, `buurtsein-contracts docs` says so. Needs the extra `docs`."""

from buurtsein_contracts.portal.build import build

__all__ = ["build"]
