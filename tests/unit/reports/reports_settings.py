"""Defines settings with which the reports service starts, and SQL for a report that another body has not answered."""

from typing import Any

from unit.registry import registry_settings

OF_THE_REGISTRY = {
    "network_code",
    "police_zone",
    "be_alert_versions",
    "consent_versions",
    "erasure_consumers",
    "vault_key",
}
GOOD: dict[str, Any] = {
    **{name: value for name, value in registry_settings.GOOD.items() if name not in OF_THE_REGISTRY},
    "tracking_key": "t" * 32,
}
UNANSWERED = """
insert into report (report_id, reference, tracking_sha256, category, severity, route_to, channel, status, text,
    happened_from, latitude, longitude, reported_at, forwarded_to, answer_by)
values (gen_random_uuid(), 'AAAA-BBBB', '', 'zwerfvuil', 'Minor', array['city'], 'web', 'FORWARDED', 'Een kraan.',
    now(), 50.9, 4.0, now(), 'De Watergroep', current_date - 2)
"""
