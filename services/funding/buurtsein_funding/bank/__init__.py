"""Makes payment files for the city's bank, and reads from the bank's files which payments succeeded.

It knows nothing of applications; each payment has an end-to-end id, which the bank repeats in its answers.
"""

from buurtsein_funding.bank.account import Account, Iban, StructuredMessage, masked
from buurtsein_funding.bank.order import Order, Orders, Payer
from buurtsein_funding.bank.pain001 import schema_problems, to_pain001
from buurtsein_funding.bank.results import Result, read_results

__all__ = [
    "Account",
    "Iban",
    "Order",
    "Orders",
    "Payer",
    "Result",
    "StructuredMessage",
    "masked",
    "read_results",
    "schema_problems",
    "to_pain001",
]
