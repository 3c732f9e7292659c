"""Defines the content that a release approves: texts, languages, kind, networks, area, channels and validity.

The ETag of an alert changes when this content changes. A release with an older ETag is refused, and the answer lists
the differences.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from buurtsein_notifier.domain.alert import Alert
from buurtsein_notifier.domain.facts import Network

_BOUND = {"kind", "category", "severity", "certainty", "response", "channels", "valid_minutes", "status"}
_ALSO_BOUND = {"release_by", "release_roles", "expires_at", "why", "follows", "message"}

_DECIDED = {
    *("state", "releases", "released_at", "reports_at_release", "refusal", "refused_by", "settled_by"),
    *(
        "cap_identifier",
        "version",
        "authors",
        "steps",
        "last_step",
        "break_glass",
        "held_back",
        "references",
        "sent_at",
        "feedback",
    ),
    "costs",
}
"""The fields that decisions change; they are not a part of the content that a person reads before a decision."""
_OF_WRITTEN = {"origin", "area", "purpose", "follows"}
"""The fields that only alerts written by a person have."""


def bound(alert: Alert, networks: Sequence[Network]) -> dict[str, Any]:
    """Return the content, as JSON, that a person approves by releasing the alert to these networks."""
    read = alert.model_dump(mode="json", include=_BOUND | _ALSO_BOUND)
    read |= {f"texts.{language}": one.model_dump() for language, one in alert.languages.items()}
    read["area"] = _digest(alert.area.model_dump(mode="json")) if alert.area else None
    read["networks"] = {
        str(one.network_id): [one.name, one.nis, _digest(one.area.model_dump(mode="json"))] for one in networks
    }
    return read


def hash_of_content(alert: Alert, networks: Sequence[Network]) -> str:
    """Return a hash of the content that a person approves by releasing the alert to these networks."""
    return _digest(bound(alert, networks))


def tag_of(alert: Alert, networks: Sequence[Network]) -> str:
    """Return the ETag of an alert: a hash of all that a person reads before a release, such as texts and networks.

    For the alert of a rule, the service's previous version computes the same ETag. Both versions may run together.
    """
    read = alert.model_dump(mode="json", exclude=_DECIDED | _OF_WRITTEN)
    read |= alert.model_dump(mode="json", include=_OF_WRITTEN, exclude_defaults=True)
    addressed = [one.model_dump(mode="json", include={"network_id", "name", "nis", "area"}) for one in networks]
    return _digest([read, addressed])


def differences(read: dict[str, Any], present: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what differs between the content that a person read and the present one: field, before and after."""
    before, after = _flat(read), _flat(present)
    changed = [name for name in sorted(before | after) if before.get(name) != after.get(name)]
    return [{"field": name, "before": before.get(name), "after": after.get(name)} for name in changed]


def _flat(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content with one entry for each text and each network."""
    flat: dict[str, Any] = {}
    for name, value in content.items():
        if name == "networks":
            flat |= {f"networks.{one}": told for one, told in value.items()}
        elif name.startswith("texts."):
            flat |= {f"{name}.{part}": text for part, text in value.items()}
        else:
            flat[name] = value
    return flat


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
