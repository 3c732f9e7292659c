"""Defines the exception that every domain rule raises; clients may rely on its code, which does not change."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple


class Word(NamedTuple):
    """A word or sentence in the catalogues of all languages: its table, its name there, and values of its own."""

    table: str
    name: str
    values: Mapping[str, "Value"] = MappingProxyType({})


class Euros(NamedTuple):
    """An amount in euro cents, for a sentence that is written in the reader's language."""

    cents: int


class InLanguages(NamedTuple):
    """A text that is stored in Dutch, and also in each other language into which somebody translated it."""

    texts: Mapping[str, str]


type Value = str | int | date | Euros | Word | InLanguages | Sequence[Word] | Sequence[InLanguages] | Sequence[str]
"""A value for a name in braces in a catalogue's sentence; several are joined by commas, and sentences by spaces."""


class ProblemKind(StrEnum):
    """The kind of a domain error, which determines the HTTP status of the response."""

    INVALID = "invalid"
    CONFLICT = "conflict"
    MISSING = "missing"
    FORBIDDEN = "forbidden"
    STALE = "stale"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """Raised when a domain rule refuses a request: `code` for programs, `detail` in Dutch for people."""

    def __init__(
        self,
        code: str,
        detail: str,
        kind: ProblemKind = ProblemKind.INVALID,
        allowed: Sequence[str] = (),
        members: Mapping[str, Any] | None = None,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Make the error from the parts of its HTTP problem document (RFC 9457).

        `allowed` lists the transitions that are possible now, for a refused transition only; `members` are further
        members. `values` are filled into the sentences in other languages; `detail` already contains them.
        """
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.kind = kind
        self.allowed = tuple(allowed)
        self.members = dict(members or {})
        self.values = dict(values or {})


def conflict(code: str, detail: str, allowed: Sequence[str] = (), **values: Value) -> DomainError:
    """Return an error for a transition that the present state does not allow."""
    return DomainError(code, detail, ProblemKind.CONFLICT, allowed, values=values)


def missing(code: str, detail: str) -> DomainError:
    """Return an error for a resource that does not exist, or that the caller may not know of."""
    return DomainError(code, detail, ProblemKind.MISSING)


def forbidden(code: str, detail: str, **values: Value) -> DomainError:
    """Return an error for an action that the authenticated caller may not do."""
    return DomainError(code, detail, ProblemKind.FORBIDDEN, values=values)


def unavailable(code: str, detail: str) -> DomainError:
    """Return the error for something that cannot be done now, and can be tried again later."""
    return DomainError(code, detail, ProblemKind.UNAVAILABLE)


def require_seen(
    seen: str, present: int | str, state: str | None = None, now: str = "", since: Mapping[str, Any] | None = None
) -> None:
    """Raise `version_changed` unless the version or tag that a person read is still the present one.

    A handler calls this after it has locked and loaded the record that the person decides about. The error tells the
    present `state`, and `now`: the same state in Dutch words. `since` are further members of the error, about the
    changes after the version that the person read; values that are None are left out.
    """
    if seen != str(present):
        detail = f"Dit werd intussen gewijzigd{now and f': {now}'}. Haal het opnieuw op."
        members = {"state": state, "version": present} if state else {}
        members |= {name: value for name, value in (since or {}).items() if value is not None}
        raise DomainError("version_changed", detail, ProblemKind.STALE, members=members)
