"""Journal lines of the vector format: the accounts its oracle books a loan's transactions on.

These are the peer's own accounts, kept apart from the bank's chart: the vectors name them. A
bank's products carry their postings as data.
"""

from dataclasses import dataclass
from typing import Final

from heliu.credit.engine.domain.state import Transaction, TransactionKind


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the vector format names it."""

    kind: str
    name: str
    code: str


PRINCIPAL: Final = Account("asset", "Loans Receivable", "112601")
RECEIVABLE: Final = Account("asset", "Interest/Fee Receivable", "112603")
SUSPENSE: Final = Account("liability", "Suspense/Clearing account", "145023")
OVERPAID: Final = Account("liability", "Overpayment account", "l1")
_OPPOSITE: Final = {"debit": "credit", "credit": "debit"}


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a journal entry (minor units, > 0)."""

    side: str
    account: Account
    amount: int


def lines(transaction: Transaction) -> list[Line]:
    """The balanced lines of one transaction; a reversed one is followed by its mirror."""
    if transaction.kind is TransactionKind.DISBURSEMENT:
        booked = [
            Line("debit", PRINCIPAL, transaction.amount - transaction.overpaid),
            Line("debit", OVERPAID, transaction.overpaid),
            Line("credit", SUSPENSE, transaction.amount),
        ]
    else:
        charged = transaction.interest + transaction.fees + transaction.penalties
        booked = [
            Line("credit", PRINCIPAL, transaction.principal),
            Line("credit", RECEIVABLE, charged),
            Line("credit", OVERPAID, transaction.overpaid),
            Line("debit", SUSPENSE, transaction.amount),
        ]
    booked = [line for line in booked if line.amount]
    if not transaction.reversed:
        return booked
    return booked + [Line(_OPPOSITE[b.side], b.account, b.amount) for b in booked]
