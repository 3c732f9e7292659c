"""Contains the messages about a broken expectation: one set for our developers, one set for the consumer's team.

Both sets report the same faults, with different solutions: we may have stopped sending something, while the consumer's
team may have named something that never existed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of findings, as templates for `str.format`: message parts, and a solution for each rule."""

    unknown: str
    """The message for an event type that does not exist; it contains `{type}`."""
    gone: str
    """The message for an enum value that does not exist; it contains `{value}`, `{path}`, `{version}` and `{known}`,
    the values that exist."""
    unhandled: str
    """The message for an enum value that the consumer does not handle, with `{value}`, `{path}` and `{version}`."""
    keep: str
    """The solution when a field, value or header does not exist."""
    no_enum: str
    absent: str
    """The solution when a field or header can be absent."""
    branch: str
    access: str
    """The solution when the consumer may not read the topic; it contains `{readers}`."""
    retention: str
    promise: str
    """The solution when we do not promise a field for the value of the other field."""


TO_US = Wording(
    unknown="{type}, which no model defines",
    gone="{value} is no longer sent",
    unhandled="{value} is not handled",
    keep="keep it, or agree with this consumer first",
    no_enum="keep it, or agree with this consumer first",
    absent="the consumer must handle its absence, and list it under `optional`",
    branch="the consumer must handle each of them, and list it under `values`",
    access="agree on another topic with this consumer; may read: {readers}",
    retention="ask the owner for a replay of the older events",
    promise="keep the promise (THERE_WHEN), or agree with this consumer first",
)

TO_THE_CONSUMER = Wording(
    unknown="{type}, which this package does not know",
    gone="{value} is not a value of {path} in {version}: the catalogue has {known}",
    unhandled="{value} is a value of {path} in {version}, which is closed, and is not handled",
    keep="remove it; `buurtsein-contracts show` lists what exists, and a newer package may have more",
    no_enum="remove it from `values`",
    absent="handle its absence, and list it under `optional`",
    branch="handle each of them, and list it under `values`",
    access="set `audience: police` or `audience: city`, for which the Kafka user has rights; may read: {readers}",
    retention="ask for fewer days here, and the operator for a replay of the older events",
    promise="list it under `optional`; the page of the event tells which fields are promised with which value",
)
