"""Takes the release notes from CHANGELOG.md, in the form of Keep a Changelog."""

import re

from buurtsein_chassis.command_errors import CommandError

_UNRELEASED = "## [Unreleased]"


def unreleased(changelog: str) -> str:
    """Return the text under Unreleased; raise CommandError `changelog` when there is none."""
    _, found, rest = changelog.partition(f"{_UNRELEASED}\n")
    if not found:
        raise CommandError("changelog", f"CHANGELOG.md has no heading {_UNRELEASED}")
    notes = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0].strip()
    if not re.search(r"^[-*] ", notes, re.MULTILINE):
        raise CommandError("changelog", "CHANGELOG.md says nothing under Unreleased: there is nothing to release")
    return notes


def released(changelog: str, version: str, day: str) -> str:
    """Return the changelog in which the text under Unreleased is under this version and day (as 2026-11-28)."""
    return changelog.replace(_UNRELEASED, f"{_UNRELEASED}\n\n## [{version}] - {day}", 1)
