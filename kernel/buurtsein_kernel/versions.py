"""Counts the versions of a record, and remembers the names of the fields that each of the last versions changed.

A person who decides about an older version gets an error with these names. The values are not kept, because they may be
personal data.
"""

import json
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self, override

from pydantic import BaseModel, PrivateAttr

MOST_KEPT = 20
"""The most versions whose changed fields a record keeps."""
_MOST_DIGITS = 9


def version_in(seen: str) -> int | None:
    """Return the number of a version in `If-Match`, or None for another text."""
    return int(seen) if seen.isascii() and seen.isdecimal() and len(seen) <= _MOST_DIGITS else None


class Changed(BaseModel):
    """The number of a version, and the names of the fields that were different in the version before."""

    version: int
    fields: list[str]


class _Kept(BaseModel):
    """The part of a stored document that tells what the last versions changed."""

    changes: list[Changed] = []


class Versioned(BaseModel):
    """The base class of records that are stored as one document, and change by decisions with the header `If-Match`.

    The document holds the names of changed fields beside the record's own fields. A release that does not know these
    names drops them when it writes the document; `changed_since` then knows nothing about earlier versions.
    """

    told_as: ClassVar[Mapping[str, Sequence[str]]] = {}
    """The names under which answers show a field; an empty list for a field that not everybody who decides may see."""

    version: int = 1
    _stored: str = PrivateAttr(default="{}")
    _later: list[Changed] = PrivateAttr(default_factory=list)

    def read_from(self, document: str) -> Self:
        """Remember the document from which this record was read; return the record."""
        self._stored = document
        return self

    def written(self) -> str:
        """Return the document of this record, with the changes of its last versions."""
        changes = [one.model_dump() for one in self._changes]
        return json.dumps(self.model_dump(mode="json") | {"changes": changes}, ensure_ascii=False)

    def next_version(self) -> None:
        """Count a new version, and note which fields differ from the document from which this record was read."""
        self.version += 1
        if self._stored == "{}":
            return
        before = type(self).model_validate_json(self._stored).model_dump(exclude={"version"})
        after = self.model_dump(exclude={"version"})
        names = [name for name in after if after[name] != before[name]]
        fields = sorted({told for name in names for told in self.told_as.get(name, (name,))})
        self._later.append(Changed(version=self.version, fields=fields))

    def changed_since(self, seen: str) -> list[str] | None:
        """Return the names of the fields that changed after the version `seen`; None when these are not all known."""
        read = version_in(seen)
        if read is None or read >= self.version:
            return None
        later = [one for one in self._changes if one.version > read]
        if [one.version for one in later] != list(range(read + 1, self.version + 1)):
            return None
        return sorted({name for one in later for name in one.fields})

    @property
    def _changes(self) -> list[Changed]:
        return [*_Kept.model_validate_json(self._stored).changes, *self._later][-MOST_KEPT:]

    @override
    def __eq__(self, other: object) -> bool:
        """Compare the fields only, and not from which documents they were read."""
        return isinstance(other, Versioned) and type(self) is type(other) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment] # a record can change
