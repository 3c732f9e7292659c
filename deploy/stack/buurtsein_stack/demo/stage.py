"""Prints the demo's story in Dutch and English, and keeps a timeline of the printed sentences."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass
class Stage:
    """Prints text to a console, and remembers each text with its time."""

    console: Console
    timeline: list[dict[str, str]] = field(default_factory=list)
    scenes: int = 0

    def scene(self, nl: str, en: str) -> None:
        """Print the title of a new part of the story."""
        self.scenes += 1
        self.console.print()
        self.console.rule(f"[bold]{self.scenes}. {nl}", align="left")
        self.console.print(f"   {en}", style="dim italic")
        self._note("scene", nl, en)

    def say(self, nl: str, en: str = "") -> None:
        """Print a sentence in Dutch, and in English below it."""
        self.console.print(f" • {nl}", highlight=False)
        if en:
            self.console.print(f"   {en}", style="dim italic", highlight=False)
        self._note("say", nl, en)

    def quote(self, text: str) -> None:
        """Print a text unchanged, such as a message that was sent."""
        self.console.print(text, style="cyan", highlight=False, markup=False, soft_wrap=True)

    def table(self, table: Table) -> None:
        """Print a table to the console; the timeline does not contain it."""
        self.console.print(table)

    def save(self, path: Path) -> None:
        """Write the timeline of printed texts to a file as JSON."""
        path.write_text(json.dumps(self.timeline, indent=2, ensure_ascii=False) + "\n")

    def _note(self, kind: str, nl: str, en: str) -> None:
        self.timeline.append({"at": datetime.now(UTC).isoformat(), "kind": kind, "nl": nl, "en": en})


def euros(cents: Any) -> str:
    """Return an amount in cents as text in euros, as people in Belgium write it."""
    return f"€ {cents / 100:,.2f}".replace(",", " ").replace(".", ",")
