"""What the gate says: a finding names its rule, the place, a counterexample and the way out; a verdict is their sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """What a change asks of the version number, in the words of semantic versioning."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3

    def __str__(self) -> str:
        """As people write it."""
        return self.name


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the gate refuses."""

    rule: str
    """Stable name of the rule."""
    where: str
    """The event type, file or consumer, and the field when there is one."""
    message: str
    way_out: str
    counterexample: str | None = None
    """A document that one side sends and the other refuses, as JSON."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What lies between two versions of a contract."""

    level: Level
    findings: tuple[Finding, ...]
    changed: tuple[str, ...]
    """The fields that differ, documentation left out."""

    @property
    def breaks(self) -> bool:
        """Whether somebody who built on the older version is hurt."""
        return self.level is Level.MAJOR

    def has(self, rule: str) -> bool:
        """Whether a rule has something to say."""
        return any(finding.rule == rule for finding in self.findings)


def raised(version: str, level: Level) -> str:
    """The next version number for a change; before 1.0 a break raises the middle number, as semver allows."""
    major, minor, patch = (int(part) for part in version.split("."))
    if level is Level.MAJOR and major > 0:
        return f"{major + 1}.0.0"
    if level >= Level.MINOR:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + (level is Level.PATCH)}"


def highest(levels: Sequence[Level]) -> Level:
    """The heaviest of some changes."""
    return max(levels, default=Level.NONE)
