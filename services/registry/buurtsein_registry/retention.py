"""Defines how long the registry keeps personal data, memberships and applications after their end."""

from buurtsein_chassis.retention import Bound
from buurtsein_contracts.events.erasure import ErasureReason
from buurtsein_contracts.events.network import EndReason
from buurtsein_kernel.clock import SystemClock
from buurtsein_registry.domain.ending import ended
from buurtsein_registry.domain.person import erased
from buurtsein_registry.domain.states import NetworkState
from buurtsein_registry.settings import Settings

_MEMBER_SINCE = "select from member m where m.person = t.person and (m.left_at is null or m.left_at >= $1)"
_COORDINATORS = """select c ->> 'person' from network n, jsonb_array_elements(n.document -> 'coordinators') c
    where n.state <> 'ENDED'"""
_GIVEN_UP = (NetworkState.DRAFT, NetworkState.CHARTER_READY, NetworkState.REJECTED)
_APPROVED = """select from event_log e where e.topic = 'bin.networks' and e.key = t.network_id::text
    and e.type = 'be.bin.network.approved.v1'"""


def bounds(settings: Settings) -> list[Bound]:
    """Return the retention limits; their periods are settings, which the installation's data controller must confirm.

    A network that was approved once is not deleted: it names persons with a public function, and only by pseudonym.
    An application that nobody continues is ended, and the event NetworkEnded is recorded.
    """
    given_up = ", ".join(f"'{state}'" for state in _GIVEN_UP)
    return [
        Bound(
            "person_vault",
            "person_vault",
            settings.retention_person_days,
            f"t.updated_at < $1 and not exists ({_MEMBER_SINCE}) and t.person not in ({_COORDINATORS})",
            event_of=lambda row: erased(row["person"], ErasureReason.RETENTION_ENDED, SystemClock().now()),
        ),
        Bound("member", "member", settings.retention_member_days, "t.left_at < $1"),
        Bound(
            "network.given_up",
            "network",
            settings.retention_application_days,
            f"t.state in ({given_up}) and t.updated_at < $1 and not exists ({_APPROVED})",
            event_of=lambda row: ended(row["network_id"], EndReason.WITHDRAWN, None, None, SystemClock().now()),
        ),
        Bound(
            "network.withdrawn",
            "network",
            settings.retention_application_days,
            f"t.state = 'ENDED' and t.updated_at < $1 and not exists ({_APPROVED})",
        ),
        Bound("vault_read", "vault_read", settings.retention_read_days, "t.read_at < $1"),
        Bound("enquiry.closed", "enquiry", settings.retention_answered_enquiry_days, "t.closed_at < $1"),
        Bound("enquiry.open", "enquiry", settings.retention_enquiry_days, "t.closed_at is null and t.sent_at < $1"),
        Bound("task", "task", settings.retention_task_days, "t.done_at < $1"),
        Bound("erasure", "erasure", settings.retention_operator_action_days, "t.erased_at < $1"),
    ]
