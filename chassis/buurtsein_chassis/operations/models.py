"""The bodies of requests and answers under `/v1/operations`."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from buurtsein_kernel.text import Plain

MOST_AT_ONCE = 100
"""Dead letters that one request acts on or asks for by number."""

Id = Annotated[int, Field(ge=1, lt=2**63)]
Word = Annotated[str, Field(min_length=1, max_length=200)]
Key = Annotated[str, Field(max_length=1000)]
Reason = Annotated[str, Field(min_length=3, max_length=500), Plain]


class Act(BaseModel):
    """Whatever changes something needs a reason, which is written down."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    reason: Reason


class ActOnDeadLetters(Act):
    """Dead letters by number."""

    ids: list[Id] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ReleaseParked(Act):
    """A stream with parked events, as it was listed."""

    consumer: Word
    topic: Word
    key: Key
    position: int = Field(ge=0, lt=2**63)
    first: int = Field(ge=1, lt=2**63)


class Unfreeze(Act):
    """A frozen stream."""

    topic: Word
    key: Key


class PublishAgain(Act):
    """Events of the log since a time, perhaps of one key; `after` is `next` of the answer before."""

    topic: Word
    since: AwareDatetime
    key: Key | None = None
    after: int = Field(default=0, ge=0, lt=2**63)


class RebuildProjection(Act):
    """What to do with streams of which the topic lacks events: refuse, or keep their rows as they are."""

    keep_incomplete: bool = False


class Outcome(BaseModel):
    """What became of one thing that was acted on; `would-be` on a dry run."""

    outcome: str


class LetterOutcome(Outcome):
    """What became of one dead letter."""

    id: int


class LetterOutcomes(BaseModel):
    """What became of each dead letter, in the order asked."""

    outcomes: list[LetterOutcome]


class Events(BaseModel):
    """How many events it was about."""

    events: int


class EventsAgain(Events):
    """How many events go out again; with `next` there are more, to be asked for with `after`."""

    next: int | None = None


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
    """The same with its headers, and its value when it was asked for."""

    headers: dict[str, str]
    value: str | None = None


class ParkedStream(BaseModel):
    """A stream of one consumer with events that wait for an earlier one."""

    consumer: str
    topic: str
    key: str
    position: int = Field(description="The last version applied.")
    first: int = Field(description="The first version that waits; those between are missing.")
    events: int
    seconds: float = Field(description="How long the oldest has waited.")
    dead: int = Field(description="Open dead letters of this stream.")


class FrozenStream(BaseModel):
    """A stream of which nothing is published, since the broker refused an event."""

    topic: str
    key: str
    events: int
    reason: str
    frozen_at: datetime


class OutboxStatus(BaseModel):
    """What is still to be published."""

    pending: int = Field(description="Counted up to 100000.")
    oldest_seconds: float
    frozen_streams: int


class ScheduledJob(BaseModel):
    """A job, its last run and its next one. Failures are told by class and place of the error."""

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
    """The scheduled work of a service, and when its tables were last cut to their bounds."""

    jobs: list[ScheduledJob]
    retention_ran_at: datetime | None = Field(description="The oldest of the bounds; absent when one never ran.")


class ProjectionTask(BaseModel):
    """What was asked of a projection last, and how that stands."""

    task: Literal["rebuild", "verify"]
    state: Literal["asked", "running", "done", "failed", "stopped"]
    asked_at: datetime
    ended_at: datetime | None
    records_read: int
    records_of: int = Field(description="Records that the topics hold; 0 before the first was read.")
    reason: str | None = Field(
        default=None, description="Why it failed: `incomplete`, or class and place of the error in the code."
    )
    differing: int | None = Field(default=None, description="Rows that were not as the events tell.")
    differing_keys: list[str] | None = Field(default=None, description="The first of them.")
    incomplete: int | None = Field(default=None, description="Streams of which the topic lacks events.")
    incomplete_keys: list[str] | None = Field(default=None, description="The first of them.")


class ShownProjection(BaseModel):
    """What a service keeps of each stream of others' events."""

    name: str
    version: int = Field(description="As this release declares it.")
    stored_version: int | None = Field(description="Of the rows; absent when no worker ever saw the projection.")
    stale: bool
    rebuilt_at: datetime | None
    task: ProjectionTask | None


class Projections(BaseModel):
    """The projections of a service."""

    projections: list[ShownProjection]


class Summary(BaseModel):
    """What of a service may need an operator."""

    service: str
    outbox: OutboxStatus
    dead_letters: int = Field(description="Open ones, counted up to 100000.")
    parked_streams: int
    failed_jobs: list[str]
    overdue_jobs: list[str]
    stale_projections: list[str] = Field(description="Their rows are of an earlier version: rebuild them.")
    retention_ran_at: datetime | None
