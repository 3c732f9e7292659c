"""The page on retention names each database column that can contain data about a person."""

import re
from pathlib import Path

import asyncpg
import pytest

from buurtsein_chassis.manifest import manifests, service_names
from buurtsein_contracts.topics import CONFIRMATIONS, ERASURES
from buurtsein_stack.servers import RunningServers
from harness.databases import fresh_database

PAGE = Path(__file__).parents[2] / "docs" / "operations" / "retention.md"
HEADING = "## Columns that hold a person"
TEXTUAL = """
select table_name || '.' || column_name from information_schema.columns
where table_schema = 'public'
    and data_type not in ('uuid', 'boolean', 'smallint', 'integer', 'bigint', 'double precision', 'date',
                          'timestamp with time zone')
"""
"""The columns of a type that can hold a pseudonym or a text about a person."""
WITHOUT = {
    "alert_step": "kind tag previous digest",
    "adapter_state": "adapter",
    "alert": "rule state network_ids kind purpose",
    "application": "scheme_id state",
    "campaign_run": "campaign",
    "contact_failure": "channel",
    "dead_letter": "consumer topic reason fingerprint state digest",
    "duty_call": "contact",
    "delivery": "cap_identifier adapter xml state reference reason correlation_id traceparent reached ways",
    "earlier_place": "postcode neighbourhood",
    "emergency_count": "category",
    "edition": "kind status document proposed_for",
    "enquiry": "consent_version status key_id",
    "erasure": "reason",
    "erasure_confirmation": "consumer",
    "erasure_request": "reason",
    "event_log": "topic type source data_schema correlation_id causation_id traceparent",
    "event_stream": "topic",
    "fact": "category severity",
    "idempotency": "client key request_sha256",
    "imported_row": "scope system",
    "inbox": "consumer",
    "incident": "category severity channel",
    "job_run": "job last_failure last_outcome",
    "judgement": "rule finding why",
    "member": "status",
    "monthly_figure": "kind subject",
    "network": "code kind state",
    "operator_action": "verb",
    "outbox_frozen": "topic reason",
    "parked": "consumer topic",
    "account_reading": "role reason",
    "evidence": "kind",
    "payment": "end_to_end_id state reason",
    "payment_account": "key_id",
    "payment_batch": "state key_id",
    "message_cost": "status",
    "person_vault": "key_id",
    "photo_act": "act party rectangles",
    "projection": "name task task_state outcome",
    "public_contact": "consent_version key_id",
    "report": "reference tracking_sha256 category severity route_to channel status postcode neighbourhood source_system"
    " source_number flags language closing_reason counts_as unit unit_rule unit_why",
    "receipt": "channel",
    "report_export": "format status",
    "report_reading": "role",
    "report_repeat": "digest",
    "report_step": "status party reason unit answer",
    "reporter": "language",
    "retention_run": "bound",
    "schema_migration": "name sha256 oldest_release",
    "stream_position": "consumer topic",
    "silence": "rule category",
    "held_fact": "rule network_ids reason",
    "switch": "name",
    "task": "kind",
    "vault_read": "role",
}
"""The columns of these types that hold no person, by table."""


def named(service: str) -> set[str]:
    """Return the columns of a service in the table of the page, each as `table.column`."""
    found = set()
    for line in PAGE.read_text().partition(HEADING)[2].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "every service" or service in cells[0].split(", "):
            table = ""
            for name in re.findall(r"`([^`]+)`", cells[1]):
                table, column = name.split(".") if "." in name else (table, name)
                found.add(f"{table}.{column}")
    return found


@pytest.mark.parametrize("service", service_names())
async def test_each_column_that_can_hold_a_person_is_on_the_page(servers: RunningServers, service: str) -> None:
    async with fresh_database(servers, service) as database:
        connection = await asyncpg.connect(database.superuser)
        columns = {row[0] for row in await connection.fetch(TEXTUAL)}
        await connection.close()
    without = {f"{table}.{column}" for table, columns in WITHOUT.items() for column in columns.split()}
    assert columns - without == named(service)


def test_each_service_that_reads_erasures_confirms_them() -> None:
    reading = {name for name, manifest in manifests().items() if ERASURES in manifest.reads}
    assert reading == {topic.owner for topic in CONFIRMATIONS}
    assert set(CONFIRMATIONS) <= set(manifests()["registry"].reads)
