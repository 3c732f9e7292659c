"""Makes refusals whose code has more than one cause, so that each language can tell the cause."""

from buurtsein_kernel.problems import DomainError, Value, Word


def because(code: str, detail: str, why: str, **values: Value) -> DomainError:
    """Return the error `code` with a Dutch sentence; `why` names the cause in the table `refused` of the texts."""
    return DomainError(code, detail, values={"why": Word("refused", why), **values})
