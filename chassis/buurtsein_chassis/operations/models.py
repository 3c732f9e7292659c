"""Defines the bodies of requests and responses under `/v1/operations`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from buurtsein_contracts.envelope import MAX_VALUE_BYTES
from buurtsein_kernel.text import Plain

MOST_AT_ONCE = 100
"""The most dead letters that one request can name by id."""

Id = Annotated[int, Field(ge=1, lt=2**63)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(max_length=1000)]
Reason = Annotated[str, Field(min_length=3, max_length=500), Plain]


class Act(BaseModel):
    """The base class of operators' requests that change something; each contains a reason, which is recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    reason: Reason


class ActOnDeadLetters(Act):
    """A request to redrive or discard dead letters, by their ids."""

    ids: list[Id] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ReleaseParked(Act):
    """A request to apply the parked events of a stream although an earlier event of the stream is missing.

    All fields but the reason are as in the list of parked streams: when the stream has moved since, nothing is done.
    """

    consumer: Word
    topic: Word
    key: Key
    position: int = Field(ge=0, lt=2**63)
    first: int = Field(ge=1, lt=2**63)


class Unfreeze(Act):
    """A request to publish the events of a frozen stream again."""

    topic: Word
    key: Key


class PublishAgain(Act):
    """A request to publish a topic's events again that were recorded since a given time.

    For the next part of the events, `after` is the member `next` of the last response.
    """

    topic: Word
    since: AwareDatetime
    key: Key | None = None
    after: int = Field(default=0, ge=0, lt=2**63)


class TopicRecord(BaseModel):
    """A record as it is on a topic, with its headers and its value as text."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    headers: dict[Word, Annotated[str, Field(max_length=1000)]] = Field(max_length=50)
    value: str = Field(max_length=MAX_VALUE_BYTES)


class Recover(Act):
    """A request to copy events from a topic back into the event log; a key's records must be in order of sequence."""

    topic: Word
    records: list[TopicRecord] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Settle(Act):
    """A request to mark all recovered events about a subject as settled, so that new events about it are allowed."""

    topic: Word
    subject: Word


class RebuildProjection(Act):
    """A request to rebuild a projection.

    With `keep_incomplete`, rows stay as they are when not all of their events are on the topics any more.
    """

    keep_incomplete: bool = False


class Outcome(BaseModel):
    """The result of an operator's request or, for a dry run, the result that it would have."""

    outcome: str


class LetterOutcome(Outcome):
    """The result of a redrive or discard for one dead letter."""

    id: int


class LetterOutcomes(BaseModel):
    """The result of a redrive or discard for each dead letter, in the order of the request."""

    outcomes: list[LetterOutcome]


class Events(BaseModel):
    """The number of events that an operator's request affected."""

    events: int


class EventsAgain(Events):
    """The number of events that this request publishes again.

    When there are more events, `next` is the value of `after` for the next request.
    """

    next: int | None = None


class RecordOutcomes(BaseModel):
    """The result for each record of a request to recover events, in the order of the request."""

    outcomes: list[str]


class RecoveredEvent(BaseModel):
    """A recovered event: it is in the event log again, but the service's own tables do not contain its effect yet."""

    id: int = Field(description="Its id in the event log.")
    topic: str
    key: str
    version: int
    event_id: str
    type: str
    subject: str
    occurred_at: datetime
    recovered_at: datetime


class DeadLetter(BaseModel):
    """A record that a consumer could not apply."""

    id: int
    consumer: str
    topic: str
    partition: int
    offset: int
    event_id: str | None
    key: str | None
    version: int | None
    reason: str
    fingerprint: str
    detail: str
    state: str
    attempts: int
    first_at: datetime
    last_at: datetime
    settled_at: datetime | None


class WholeDeadLetter(DeadLetter):
    """A dead letter with the headers of its record, and with the value when the request asks for it."""

    headers: dict[str, str]
    value: str | None = None


class ParkedStream(BaseModel):
    """A stream of which a consumer has parked events, because an earlier event is missing."""

    consumer: str
    topic: str
    key: str
    position: int = Field(description="The last applied version.")
    first: int = Field(description="The first parked version; those between are missing.")
    events: int
    seconds: float = Field(description="For how long the oldest event has been parked.")
    dead: int = Field(description="Open dead letters of this stream.")


class FrozenStream(BaseModel):
    """A stream of which nothing is published, because the broker refused one of its events."""

    topic: str
    key: str
    events: int
    reason: str
    frozen_at: datetime


class OutboxStatus(BaseModel):
    """The number and age of the events in the outbox, which are not yet published, and the number of frozen streams."""

    pending: int = Field(description="Counted up to 100000.")
    oldest_seconds: float
    frozen_streams: int


class ScheduledJob(BaseModel):
    """A job with its last and next run; a failure is shown by the error's class and place, without its message."""

    name: str
    schedule: str
    running: bool
    next_run_at: datetime | None
    last_started_at: datetime | None
    last_ended_at: datetime | None
    last_outcome: str | None
    last_succeeded_at: datetime | None
    last_failed_at: datetime | None
    last_failure: str | None
    runs: int
    failures: int
    failures_in_a_row: int
    overdue_seconds: float


class Jobs(BaseModel):
    """The jobs of a service, and when retention last ran for all its tables."""

    jobs: list[ScheduledJob]
    retention_ran_at: datetime | None = Field(description="When retention last ran for all tables; absent for never.")


class ProjectionTask(BaseModel):
    """The last task of a projection, a rebuild or a verification, with its progress and outcome."""

    task: Literal["rebuild", "verify"]
    state: Literal["asked", "running", "done", "failed", "stopped"]
    asked_at: datetime
    ended_at: datetime | None
    records_read: int
    records_of: int = Field(description="Records on the topics; 0 before the first is read.")
    reason: str | None = Field(
        default=None, description="Why the task failed: `incomplete`, or the class and place of the error."
    )
    differing: int | None = Field(default=None, description="Rows that differed from what the events give.")
    differing_keys: list[str] | None = Field(default=None, description="The first keys of these rows.")
    incomplete: int | None = Field(default=None, description="Streams whose events are not all on the topics.")
    incomplete_keys: list[str] | None = Field(default=None, description="The first keys of these streams.")


class ShownProjection(BaseModel):
    """A projection of a service, with the version of its rows and its last task."""

    name: str
    version: int = Field(description="The version that this release declares.")
    stored_version: int | None = Field(description="The version of the rows; absent before the first worker ran.")
    stale: bool
    rebuilt_at: datetime | None
    task: ProjectionTask | None


class Projections(BaseModel):
    """All projections of a service, with the version of their rows and their last task."""

    projections: list[ShownProjection]


class Summary(BaseModel):
    """The numbers of a service that show whether an operator must act."""

    service: str
    outbox: OutboxStatus
    dead_letters: int = Field(description="Open dead letters, counted up to 100000.")
    parked_streams: int
    failed_jobs: list[str]
    overdue_jobs: list[str]
    recovered_events: int = Field(description="Recovered events that are not settled, counted up to 100000.")
    stale_projections: list[str] = Field(description="Projections to rebuild: their rows have another version.")
    retention_ran_at: datetime | None
