"""Runs the whole compatibility check: models, committed schemas, released versions and the package's version."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from buurtsein_contracts.envelope import headers_schema
from buurtsein_contracts.events import EVENTS
from buurtsein_contracts.fields import Schema
from buurtsein_contracts.gate.compare import compare
from buurtsein_contracts.gate.contract import Contract, committed, of_model
from buurtsein_contracts.gate.engine import Containment, JsonCompat
from buurtsein_contracts.gate.state import example_findings, field_findings
from buurtsein_contracts.gate.verdict import Finding, Level, highest, raised
from buurtsein_contracts.goldens import altered, differences, lost_audiences, package_version, read_index, semver
from buurtsein_contracts.model import EventData

REGENERATE = "run `python -m buurtsein_contracts.goldens` and commit what it changes"


@dataclass(slots=True)
class Report:
    """The result of the compatibility check: its findings, and the level of the change of each event type."""

    findings: list[Finding] = field(default_factory=list)
    levels: dict[str, Level] = field(default_factory=dict)
    """For each event type that changed: how heavy the change is, compared with its last released version."""

    @property
    def passed(self) -> bool:
        """Return whether the compatibility check found no fault."""
        return not self.findings


def check(root: Path, events: Sequence[type[EventData]] = EVENTS, engine: Containment | None = None) -> Report:
    """Check the models against the committed schemas and the released versions; return all findings."""
    report = Report()
    prover = engine or JsonCompat()
    before = committed(root)
    report.findings += _immutable(root)
    report.findings += _audiences(root)
    for data in events:
        _check_event(data, [old for old in before if old.type == data.TYPE], prover, report)
        report.findings += example_findings(data, root)
    report.findings += _vanished(before, events)
    report.findings += _headers(root, prover)
    report.findings += _package(root, report.levels)
    if not report.findings:
        report.findings += [Finding("goldens", "goldens", line, REGENERATE) for line in differences(root)]
    return report


def _immutable(root: Path) -> Iterator[Finding]:
    for name in altered(root):
        yield Finding("immutable", name, "this released file was changed", f"restore it: git checkout -- {name}")


def _audiences(root: Path) -> Iterator[Finding]:
    for topic, audience in lost_audiences(root):
        message = f"{audience} could read it when it was released, and can no longer"
        yield Finding("audience", topic, message, "keep the audience of the topic")


def _check_event(data: type[EventData], before: list[Contract], engine: Containment, report: Report) -> None:
    new = of_model(data)
    report.findings += field_findings(new)
    if not before:
        report.levels[new.type] = Level.MINOR
        return
    verdicts = {old.version: compare(old, new, engine) for old in before}
    report.findings += _distinct([f for verdict in verdicts.values() for f in verdict.findings])
    last = max(before, key=lambda old: semver(old.version))
    level = verdicts[last.version].level
    if level is not Level.NONE:
        report.levels[new.type] = level
    if level is not Level.MAJOR:
        report.findings += _version(new, last, level)


def _distinct(findings: list[Finding]) -> list[Finding]:
    """Return one finding for each rule and place, because one change can break several released versions."""
    return list({(finding.rule, finding.where): finding for finding in findings}.values())


def _version(new: Contract, last: Contract, level: Level) -> Iterator[Finding]:
    wanted = raised(last.version, level)
    if new.version != wanted:
        message = f"its change since {last.version} is {level}, and its VERSION says {new.version}"
        way_out = f'set VERSION = "{wanted}" on {new.name}, then {REGENERATE}'
        yield Finding("semver", new.label, message, way_out)


def _vanished(before: list[Contract], events: Sequence[type[EventData]]) -> Iterator[Finding]:
    types = {data.TYPE for data in events}
    for name in dict.fromkeys(old.type for old in before if old.type not in types):
        yield Finding(
            "vanished",
            name,
            "it was released, and no model defines it any more",
            "keep the model as long as its topic keeps events",
        )


def _headers(root: Path, engine: Containment) -> Iterator[Finding]:
    now = headers_schema()
    if read_index(root).get("package") is None:
        return
    for path in sorted(root.glob("headers/*/headers.schema.json")):
        old = json.loads(path.read_text())
        document = engine.outside(_closed(old), now) or engine.outside(_closed(now), old)
        lost = set(old["required"]) ^ set(now["required"]) or set(old["properties"]) - set(now["properties"])
        if document or lost:
            message = f"attributes on every event are not those of {path.parent.name}: {', '.join(sorted(lost))}"
            yield Finding("headers", "headers", message, "keep all headers, and add only optional ones", document)


def _closed(schema: Schema) -> Schema:
    return schema | {"additionalProperties": False}


def _package(root: Path, levels: dict[str, Level]) -> Iterator[Finding]:
    """Yield a finding if the package's version is too low for the largest change since its last release."""
    last = read_index(root).get("package")
    if last is None:
        return
    wanted = raised(last, highest(list(levels.values())))
    if semver(package_version()) < semver(wanted):
        message = f"released as {last}; these changes make it {wanted}, and it says {package_version()}"
        yield Finding("package", "buurtsein-contracts", message, f'version = "{wanted}" in contracts/pyproject.toml')
