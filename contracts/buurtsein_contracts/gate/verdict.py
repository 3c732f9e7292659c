"""Defines the results of the compatibility check: findings, and the verdict on a change between two versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """The level of a change in semantic versioning: major, minor, patch or none."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        """Return the name of the level, such as MINOR."""
        return self.name


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault that the compatibility check found, with its place, an example and what to do about it."""

    rule: str
    """The stable name of the rule."""
    where: str
    """The place of the fault: an event type, file or consumer, and the field when the fault is in one."""
    message: str
    way_out: str
    counterexample: str | None = None
    """A document, as JSON, that one side may send and the other side refuses."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of comparing two versions: the level of the change, the findings, and the changed fields."""

    level: Level
    findings: tuple[Finding, ...]
    changed: tuple[str, ...]
    """The paths of the fields that differ; a difference in documentation does not count."""

    @property
    def breaks(self) -> bool:
        """Return whether the change breaks consumers of the older version."""
        return self.level is Level.MAJOR

    def has(self, rule: str) -> bool:
        """Return whether a finding about the given rule exists."""
        return any(finding.rule == rule for finding in self.findings)


def raised(version: str, level: Level) -> str:
    """Return the next version number for a change; before 1.0, a breaking change raises the minor number."""
    major, minor, patch = (int(part) for part in version.split("."))
    if level is Level.MAJOR and major > 0:
        return f"{major + 1}.0.0"
    if level >= Level.MINOR:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + (level is Level.PATCH)}"


def highest(levels: Sequence[Level]) -> Level:
    """Return the highest of these levels of change."""
    return max(levels, default=Level.NONE)
