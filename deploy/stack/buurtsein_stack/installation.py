"""What is particular to one municipality: a folder with `installation.toml` and the files it names.

Invariant: no other code knows any municipality; `BUURTSEIN_INSTALLATION` is a name in `installations/` or a folder.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from buurtsein_chassis.command_errors import CommandError
from buurtsein_operate import consumers
from buurtsein_operate.consumers import Consumer

SHIPPED = Path(__file__).resolve().parents[2] / "installations"


@dataclass(frozen=True, slots=True)
class Installation:
    """A municipality with its police zone."""

    folder: Path
    name: str
    nis: str
    network_code: str
    police_zone: str
    postcodes: tuple[str, ...]
    source: str
    municipality_area: Path
    funding_schemes: Path
    consent_versions: tuple[str, ...]
    be_alert_versions: tuple[str, ...]
    cap_status: str
    cap_sender: str
    consumers: tuple[Consumer, ...]
    facts: Mapping[str, str]
    """Everything in the file as text, for the settings that a manifest asks for; a table's keys follow its name."""

    @classmethod
    def load(cls, which: str | None = None) -> Self:
        """Read an installation by name or folder.

        Raises:
            CommandError: `installation`, when it is not there or lacks something.
        """
        wanted = which or os.environ.get("BUURTSEIN_INSTALLATION", "aalst")
        folder = SHIPPED / wanted if (SHIPPED / wanted).is_dir() else Path(wanted).resolve()
        try:
            return cls._read(folder, tomllib.loads((folder / "installation.toml").read_text()))
        except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
            raise CommandError("installation", f"no usable installation in {folder}: {error!r}") from error

    @classmethod
    def _read(cls, folder: Path, facts: dict[str, object]) -> Self:
        cap, versions = facts["cap"], facts["versions"]
        if not isinstance(cap, dict) or not isinstance(versions, dict) or not isinstance(facts["postcodes"], list):
            raise KeyError("cap, versions or postcodes")
        return cls(
            folder=folder,
            name=str(facts["name"]),
            nis=str(facts["nis"]),
            network_code=str(facts["network_code"]),
            police_zone=str(facts["police_zone"]),
            postcodes=tuple(str(code) for code in facts["postcodes"]),
            source=str(facts["source"]),
            municipality_area=folder / str(facts["municipality_area"]),
            funding_schemes=folder / str(facts["funding_schemes"]),
            consent_versions=tuple(map(str, versions["consent"])),
            be_alert_versions=tuple(map(str, versions["be_alert"])),
            cap_status=str(cap["status"]),
            cap_sender=str(cap["sender"]),
            consumers=consumers.read(folder / consumers.FILE),
            facts={"folder": str(folder), **_flat(facts)},
        )


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """The facts of a table by name; of a list the items with commas, of a table inside each fact after its name."""
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}_")
        else:
            found[prefix + key] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return found
