"""Names the documents of which reports keep editions, and tells when the police must agree to a new one."""

from enum import StrEnum

from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.editions import Edition, Last, Needed
from buurtsein_reports.domain.category import CategoryDocument, leaves_police

_POLICE = Needed(Route.POLICE, "police_decide", "Alleen de politie beslist dat iets niet meer voor de politie is.")


class EditionKind(StrEnum):
    """What an edition is of."""

    CATEGORIES = "categories"
    ROUTING = "routing"


def needed(last: Last, edition: Edition) -> Needed | None:
    """Return that one of both people must be of the police, when a change takes something away from them."""
    if edition.kind != EditionKind.CATEGORIES:
        return None
    before, after = (CategoryDocument.model_validate(one.document) for one in (last, edition))
    return _POLICE if leaves_police(before, after) else None
