"""Reads the release notes from CHANGELOG.md, which has the form of Keep a Changelog."""

import re

from buurtsein_chassis.command_errors import CommandError

_UNRELEASED = "## [Unreleased]"


def unreleased(changelog: str) -> str:
    """Return the text under the heading Unreleased; raise CommandError `changelog` when it is empty."""
    notes = _under(_UNRELEASED, changelog)
    if not re.search(r"^[-*] ", notes, re.MULTILINE):
        raise CommandError("changelog", "CHANGELOG.md says nothing under Unreleased: there is nothing to release")
    return notes


def of_version(changelog: str, version: str) -> str:
    """Return a released version's notes, with a title; raise CommandError `changelog` when there are none."""
    return f"# Buurtsein {version}\n\n{_under(f'## [{version}]', changelog)}\n"


def released(changelog: str, version: str, day: str) -> str:
    """Return the changelog with the text under Unreleased moved under a version and day (as 2026-11-28)."""
    return changelog.replace(_UNRELEASED, f"{_UNRELEASED}\n\n## [{version}] - {day}", 1)


def upgraded(page: str, version: str, day: str) -> str:
    """Return the upgrade page with the text under Unreleased moved under a version and day."""
    heading = rf"\1 Unreleased\n\nNothing needs to be done.\n\n\1 {version} - {day}"
    return re.sub(r"^(#+) Unreleased$", heading, page, count=1, flags=re.MULTILINE)


def _under(heading: str, changelog: str) -> str:
    """Return the text under the heading that begins with `heading`; raise CommandError if there is no such heading."""
    found = re.search(rf"^{re.escape(heading)}.*$", changelog, re.MULTILINE)
    if found is None:
        raise CommandError("changelog", f"CHANGELOG.md has no heading {heading}")
    return re.split(r"^## ", changelog[found.end() :], maxsplit=1, flags=re.MULTILINE)[0].strip()
