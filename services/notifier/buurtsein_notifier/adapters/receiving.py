"""Reads the receipts that peers post, by the adapter's class, which knows the format and the proof of its peer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from buurtsein_kernel.problems import DomainError, forbidden, missing
from buurtsein_notifier.adapters import NotAuthentic, Receiving
from buurtsein_notifier.adapters.usable import usable_receipts
from buurtsein_notifier.domain.receipt import Receipt


@dataclass(frozen=True, slots=True)
class ReceiptReader:
    """Reads receipts for the adapters of this installation; without a secret, all receipts are refused."""

    adapters: Mapping[str, Any]
    """The adapter classes of the settings, by name."""
    secret: SecretStr | None

    def read(self, name: str, headers: Mapping[str, str], body: bytes) -> Sequence[Receipt]:
        """Return the receipts in a request to the adapter with this name; those that cannot be stored are left out.

        Raises:
            DomainError: `receipts_not_taken`, `receipt_not_authentic` or `receipt_unreadable`.
        """
        adapter = self.adapters.get(name)
        if self.secret is None or not isinstance(adapter, Receiving):
            raise missing("receipts_not_taken", "Hier worden geen ontvangstberichten aangenomen.")
        try:
            return usable_receipts(list(adapter.parse_receipt(headers, body, self.secret.get_secret_value())))
        except NotAuthentic:
            raise forbidden(
                "receipt_not_authentic", "Dit ontvangstbericht is niet ondertekend zoals het moet."
            ) from None
        except Exception as error:  # whatever an adapter of somebody else raises for a body that it cannot read
            detail = "Dit ontvangstbericht kan niet gelezen worden."
            raise DomainError("receipt_unreadable", detail) from error
