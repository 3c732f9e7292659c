"""Defines settings of a registry on one machine, for tests that start the service."""

from pathlib import Path
from typing import Any

from unit.notifier import notifier_settings

_OF_THE_NOTIFIER = {"adapter", "bealert_url", "cap_sender"}
GOOD: dict[str, Any] = {
    **{name: value for name, value in notifier_settings.GOOD.items() if name not in _OF_THE_NOTIFIER},
    "nis": "41002",
    "municipality_area": Path(__file__).with_name("municipality.geojson"),
    "address_file": Path(__file__).with_name("addresses.csv"),
    "network_code": "AALST",
    "police_zone": "PZ Proef",
    "be_alert_versions": "2026-1",
    "consent_versions": "2026-1",
    "erasure_consumers": "police-backoffice",
    "vault_key": "x" * 32,
}
FORGOTTEN = """
with stalled as (
    insert into network (network_id, code, kind, state, name, version, document, state_since)
    values (gen_random_uuid(), 'BIN-1', 'BIN', 'UNDER_REVIEW', 'n', 1, '{}', now() - interval '40 days')
    returning network_id
)
insert into task (task_id, kind, network_id, due_on, opened_at)
select gen_random_uuid(), 'inform_fod', network_id, current_date - 2, now() - interval '32 days' from stalled;
insert into event_log (event_id, topic, key, version, type, source, subject, data_schema, occurred_at, data)
values (gen_random_uuid(), 'bin.erasures', 'p', 1, 't', 's', 's', 'd', now() - interval '40 days', '{}');
"""
"""SQL for a charter, a task and an erasure that nobody goes on with."""
WITHOUT_COORDINATOR = """
insert into network (network_id, code, kind, state, name, version, document, schema)
values (gen_random_uuid(), 'BIN-2', 'BIN', 'RECOGNISED', 'n', 1, $1, $2)
"""
"""SQL for a recognised network, whose document and schema number are the arguments."""
