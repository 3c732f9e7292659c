"""The narrator: Dutch with English subtitles, on a terminal or in a plain log; and the timeline of what was told."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass
class Stage:
    """Where the story is told."""

    console: Console
    timeline: list[dict[str, str]] = field(default_factory=list)
    scenes: int = 0

    def scene(self, nl: str, en: str) -> None:
        """A new part of the story."""
        self.scenes += 1
        self.console.print()
        self.console.rule(f"[bold]{self.scenes}. {nl}", align="left")
        self.console.print(f"   {en}", style="dim italic")
        self._note("scene", nl, en)

    def say(self, nl: str, en: str = "") -> None:
        """A sentence."""
        self.console.print(f" • {nl}", highlight=False)
        if en:
            self.console.print(f"   {en}", style="dim italic", highlight=False)
        self._note("say", nl, en)

    def quote(self, text: str) -> None:
        """Something shown as it is."""
        self.console.print(text, style="cyan", highlight=False, markup=False, soft_wrap=True)

    def table(self, table: Table) -> None:
        """A table."""
        self.console.print(table)

    def save(self, path: Path) -> None:
        """Write the timeline."""
        path.write_text(json.dumps(self.timeline, indent=2, ensure_ascii=False) + "\n")

    def _note(self, kind: str, nl: str, en: str) -> None:
        self.timeline.append({"at": datetime.now(UTC).isoformat(), "kind": kind, "nl": nl, "en": en})


def euros(cents: Any) -> str:
    """An amount as people in Belgium write it."""
    return f"€ {cents / 100:,.2f}".replace(",", " ").replace(".", ",")
