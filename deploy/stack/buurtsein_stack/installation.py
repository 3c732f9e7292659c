"""Finds the installation (a folder with a municipality's settings) that the one-machine stack uses.

`BUURTSEIN_INSTALLATION` is a name in `installations/` or the path of a folder.
"""

import os
from pathlib import Path
from typing import Self

from buurtsein_operate import installation

SHIPPED = Path(__file__).resolve().parents[2] / "installations"


class Installation(installation.Installation):
    """The settings of one municipality and its police zone, for the one-machine stack."""

    @classmethod
    def load(cls, which: str | None = None) -> Self:
        """Read a municipality's settings from a folder or by name; raise CommandError `installation` or `consumers`."""
        wanted = which or os.environ.get("BUURTSEIN_INSTALLATION", "aalst")
        return cls.read(SHIPPED / wanted if (SHIPPED / wanted).is_dir() else Path(wanted).resolve())
