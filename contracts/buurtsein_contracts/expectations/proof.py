"""Checks an expectation against the models, all released versions, and the topics with their access rights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from buurtsein_contracts.envelope import headers_schema, kafka_headers
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.expectations.model import FOR_EVER, Expectation, ExpectationFile, ExpectedEvent
from buurtsein_contracts.expectations.wording import TO_US, Wording
from buurtsein_contracts.fields import Field, fields_of
from buurtsein_contracts.gate.contract import Contract, committed, of_model
from buurtsein_contracts.gate.verdict import Finding
from buurtsein_contracts.topics import Topic, topic_named


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The contracts of all events: those of the present models, and those of each released version."""

    present: dict[str, Contract]
    released: tuple[Contract, ...]

    @classmethod
    def load(cls, root: Path) -> "Catalogue":
        """Load the models, and the contracts of released versions from a folder of committed schemas (the goldens)."""
        return cls({data.TYPE: of_model(data) for data in EVENTS}, tuple(committed(root)))

    def versions(self, type_name: str) -> list[Contract]:
        """Return the contract of each version of an event type whose events can still be on the topic."""
        return [self.present[type_name], *(old for old in self.released if old.type == type_name)]


def prove(
    file: ExpectationFile, catalogue: Catalogue, only: frozenset[str] | None = None, wording: Wording = TO_US
) -> Iterator[Finding]:
    """Yield a finding for each event, field, value or header that a consumer uses and that our events do not have.

    `only` limits the check to some event types; `wording` chooses whom the messages address.
    """
    who = file.expectation
    for number, expected in enumerate(who.expects):
        if only is not None and expected.type not in only:
            continue
        where = file.at("expects", number, "type")
        if expected.type not in catalogue.present:
            yield _unknown(who, expected.type, where, catalogue, wording)
            continue
        yield from _fields(file, number, catalogue, wording)
        yield from _values(file, number, catalogue.present[expected.type], wording)
        yield from _promises(file, number, catalogue.versions(expected.type), wording)
        yield from _headers(file, number, wording)
        topics = [topic_named(name) for name in catalogue.present[expected.type].topics]
        topic = next((topic for topic in topics if _may_read(who, topic)), None)
        if topic is None:
            yield _no_access(who, topics, where, wording)
            continue
        yield from _retention(file, number, topic, wording)


def _unknown(who: Expectation, name: str, where: str, catalogue: Catalogue, wording: Wording) -> Finding:
    stem = name.rpartition(".")[0]
    majors = [known for known in catalogue.present if known.rpartition(".")[0] == stem]
    rule = "expect-version" if majors else "expect-type"
    way_out = f"there is {', '.join(majors)}" if majors else "see `buurtsein-contracts list`"
    return Finding(rule, where, f"{who.label} reads {wording.unknown.format(type=name)}", way_out)


def _fields(file: ExpectationFile, number: int, catalogue: Catalogue, wording: Wording) -> Iterator[Finding]:
    expected = file.expectation.expects[number]
    now = [catalogue.present[expected.type]]
    for index, path in enumerate(expected.fields):
        where = file.at("expects", number, "fields", index)
        yield from _there(file.expectation, path, where, catalogue.versions(expected.type), wording)
    for index, path in enumerate(expected.optional):
        where = file.at("expects", number, "optional", index)
        yield from _there(file.expectation, path, where, now, wording, may_lack=True)


def _there(
    who: Expectation, path: str, where: str, versions: Sequence[Contract], wording: Wording, *, may_lack: bool = False
) -> Iterator[Finding]:
    for contract in versions:
        fields = fields_of(contract.writer)
        if path not in fields:
            message = f"{who.label} uses {path}, and {contract.label} does not have it"
            yield Finding("expect-field", where, message, wording.keep)
            return
        if not may_lack and not always_there(fields, path):
            message = f"{who.label} counts on {path}, and {contract.label} may leave it out"
            yield Finding("expect-required", where, message, wording.absent)
            return


def always_there(fields: dict[str, Field], path: str) -> bool:
    """Return whether every event of a contract has the field at a path.

    That is so when the field and each part of its path are required. For a field of a list's items, the list must be
    required, and each item must have the field.
    """
    parts = path.split(".")
    parents = [".".join(parts[: n + 1]).removesuffix("[]") for n in range(len(parts))]
    return all(fields[parent].required for parent in parents)


def _values(file: ExpectationFile, number: int, contract: Contract, wording: Wording) -> Iterator[Finding]:
    fields = fields_of(contract.reader)
    for path, handled in file.expectation.expects[number].values.items():
        where, field = file.at("expects", number, "values", path), fields.get(path)
        if field is None or not field.values:
            message = f"{file.expectation.label} handles values of {path}, which is no enum of {contract.label}"
            yield Finding("expect-value", where, message, wording.no_enum)
            continue
        gone = sorted(set(handled) - set(field.values))
        unhandled = [] if field.is_open else sorted(set(field.values) - set(handled))
        if gone or unhandled:
            values = {"path": path, "version": contract.version, "known": ", ".join(field.values)}
            words = [wording.gone.format(value=value, **values) for value in gone]
            words += [wording.unhandled.format(value=value, **values) for value in unhandled]
            message = f"{file.expectation.label}, {contract.label} {path}: {'; '.join(words)}"
            yield Finding("expect-value", where, message, wording.keep if gone else wording.branch)


def _promises(file: ExpectationFile, number: int, versions: Sequence[Contract], wording: Wording) -> Iterator[Finding]:
    for path, asked in file.expectation.expects[number].when.items():
        for contract in versions:
            promised = contract.reader.get("x-there-when", {}).get(path, {})
            if not any(set(values) <= set(promised.get(field, ())) for field, values in asked.items()):
                when = " and ".join(f"{field} is {' or '.join(values)}" for field, values in asked.items())
                message = f"{file.expectation.label} counts on {path} when {when}; {contract.label} does not promise it"
                yield Finding("expect-when", file.at("expects", number, "when", path), message, wording.promise)
                break


def headers_there() -> dict[str, bool]:
    """Return the names of the Kafka headers that a record can have, each with True when every record has it."""
    schema = headers_schema()
    beside = {name: name == "content-type" for name, _ in kafka_headers({"traceparent": ""}) if "ce_" not in name}
    return {f"ce_{name}": name in schema["required"] for name in schema["properties"]} | beside


def _headers(file: ExpectationFile, number: int, wording: Wording) -> Iterator[Finding]:
    expected, there = file.expectation.expects[number], headers_there()
    for key, names in (("headers", expected.headers), ("optional_headers", expected.optional_headers)):
        for index, name in enumerate(names):
            where = file.at("expects", number, key, index)
            if name not in there:
                message = f"{file.expectation.label} uses the header {name}, which no record has"
                yield Finding("expect-header", where, message, wording.keep)
            elif key == "headers" and not there[name]:
                message = f"{file.expectation.label} counts on the header {name}, which may be absent"
                yield Finding("expect-header", where, message, wording.absent)


def _may_read(who: Expectation, topic: Topic) -> bool:
    """Return whether a consumer may read a topic: our services may read all, others the topics for their audience."""
    return who.audience in topic.audiences if who.audience else who.is_of_a_service


def _no_access(who: Expectation, topics: Sequence[Topic], where: str, wording: Wording) -> Finding:
    names = " or ".join(topic.name for topic in topics)
    readers = ", ".join(audience for topic in topics for audience in topic.audiences) or "nobody outside"
    whose = f"of the {who.audience}" if who.audience else "without an audience"
    message = f"{who.label} reads {names} as {who.principal}, a user {whose}, who may not"
    return Finding("expect-access", where, message, wording.access.format(readers=readers))


def _retention(file: ExpectationFile, number: int, topic: Topic, wording: Wording) -> Iterator[Finding]:
    wanted = file.expectation.expects[number].retention_days
    if wanted is None or topic.retention_days is None:
        return
    if wanted == FOR_EVER or wanted > topic.retention_days:
        asked = wanted if wanted == FOR_EVER else f"{wanted} days"
        message = f"{file.expectation.label} needs {asked} of {topic.name}, which keeps {topic.retention_days}"
        where = file.at("expects", number, "retention_days")
        yield Finding("expect-retention", where, message, wording.retention)


def used_events(expectation: Expectation) -> dict[str, ExpectedEvent]:
    """Return by event type the part of an expectation that says what the consumer uses of events of that type."""
    return {expected.type: expected for expected in expectation.expects}
