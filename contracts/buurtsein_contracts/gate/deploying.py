"""Decides offline whether a service may be deployed: whether it may read its topics and understands their events.

A service here is one of ours, or a consumer with an expectation file: `consumer` or `organisation/consumer`.
"""

from collections.abc import Iterator
from pathlib import Path

from buurtsein_contracts.expectations.model import ExpectationFile, read_all
from buurtsein_contracts.expectations.proof import Catalogue, prove, used_events
from buurtsein_contracts.expectations.wording import TO_THE_CONSUMER
from buurtsein_contracts.gate.check import Report, check
from buurtsein_contracts.gate.verdict import Finding
from buurtsein_contracts.topics import TOPICS, topic_named


class UnknownService(Exception):
    """Raised for the name of a service that owns no topic and that no consumer's expectations file names."""


def can_deploy(service: str, root: Path, consumers: Path) -> list[Finding]:
    """Return the reasons why a service may not be deployed; an empty result means that it may be deployed.

    Raises:
        UnknownService: nothing has this name; the message lists the names that exist.
        UnusableFile: an expectation file cannot be used.
    """
    files, catalogue = read_all(consumers), Catalogue.load(root)
    owned = {name for name, contract in catalogue.present.items() if topic_named(contract.topic).owner == service}
    own = [file for file in files if service in file.expectation.names]
    if not owned and not own:
        known = sorted({topic.owner for topic in TOPICS} | {file.expectation.names[1] for file in files})
        raise UnknownService(f"no service or consumer {service}; there are: {', '.join(known)}")
    concerned = owned | {name for file in own for name in used_events(file.expectation)}
    return [*_of_types(check(root), concerned), *_of_consumers(files, service, owned, catalogue)]


def _of_types(report: Report, types: set[str]) -> Iterator[Finding]:
    """Yield the findings that concern these event types or all events, such as findings about headers."""
    for finding in report.findings:
        if finding.rule in {"headers", "immutable", "audience"} or any(name in finding.where for name in types):
            yield finding


def _of_consumers(
    files: list[ExpectationFile], service: str, owned: set[str], catalogue: Catalogue
) -> Iterator[Finding]:
    for file in files:
        if service in file.expectation.names:
            yield from prove(file, catalogue, wording=TO_THE_CONSUMER)
        else:
            yield from prove(file, catalogue, frozenset(owned))
