"""Names the documents of the reports service that have editions, and tells when police must agree to a new one."""

from enum import StrEnum

from buurtsein_contracts.events.incident import Route
from buurtsein_kernel.editions import Edition, Last, Needed
from buurtsein_reports.domain.category import CategoryDocument, leaves_police

_POLICE = Needed(Route.POLICE, "police_decide", "Alleen de politie beslist dat iets niet meer voor de politie is.")


class EditionKind(StrEnum):
    """The document of an edition: the categories, or the units with their routing rules."""

    CATEGORIES = "categories"
    ROUTING = "routing"


def needed(last: Last, edition: Edition) -> Needed | None:
    """Return `Needed` for the police if a change of categories would take reports away from them; else None."""
    if edition.kind != EditionKind.CATEGORIES:
        return None
    before, after = (CategoryDocument.model_validate(one.document) for one in (last, edition))
    return _POLICE if leaves_police(before, after) else None
