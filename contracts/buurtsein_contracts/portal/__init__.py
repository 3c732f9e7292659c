"""The portal, a static site for developers of consumers: `build(folder)` writes it. Needs the extra `docs`."""

from buurtsein_contracts.portal.build import build

__all__ = ["build"]
