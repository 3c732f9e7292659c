"""The one error a rule of the domain raises; its code is stable and part of what clients may rely on."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any


class ProblemKind(StrEnum):
    """What the caller can do about it; each kind has one HTTP status."""

    INVALID = "invalid"
    CONFLICT = "conflict"
    MISSING = "missing"
    FORBIDDEN = "forbidden"
    STALE = "stale"


class DomainError(Exception):
    """A refusal: `code` for programs, `detail` in Dutch for people, `allowed` the transitions open now."""

    def __init__(
        self,
        code: str,
        detail: str,
        kind: ProblemKind = ProblemKind.INVALID,
        allowed: Sequence[str] = (),
        members: Mapping[str, Any] | None = None,
    ) -> None:
        """`allowed` is given for a refused transition only; `members` are what the answer has besides."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.kind = kind
        self.allowed = tuple(allowed)
        self.members = dict(members or {})


def conflict(code: str, detail: str, allowed: Sequence[str] = ()) -> DomainError:
    """A transition that the present state does not allow."""
    return DomainError(code, detail, ProblemKind.CONFLICT, allowed)


def missing(code: str, detail: str) -> DomainError:
    """Something asked for that is not there, or not there for this caller."""
    return DomainError(code, detail, ProblemKind.MISSING)


def forbidden(code: str, detail: str) -> DomainError:
    """The caller is known, and may not do this."""
    return DomainError(code, detail, ProblemKind.FORBIDDEN)


def stale(code: str, detail: str) -> DomainError:
    """What the caller decided on has changed since they read it."""
    return DomainError(code, detail, ProblemKind.STALE)


def require_seen(seen: str, present: int | str) -> None:
    """Raise `version_changed` unless the version or tag that a person read is still the present one.

    A handler calls this when it has loaded, under lock, what the person decides about.
    """
    if seen != str(present):
        raise stale("version_changed", "Dit werd intussen gewijzigd. Haal het opnieuw op.")
