"""The only door of the ledger desk."""

from heliu.books.ledger.bulk import Bulk, Ticket
from heliu.books.ledger.domain.account import Account, AccountId, AccountType, NewAccount, Side
from heliu.books.ledger.domain.batch import TransferBatch
from heliu.books.ledger.domain.decide import Answers
from heliu.books.ledger.domain.transfer import Entry, Outcome, Phase, Status, Transfer, reversal
from heliu.books.ledger.errors import Fenced, LedgerBusy, Refused, Why
from heliu.books.ledger.laws import Violation, verify_ledger
from heliu.books.ledger.lease import Lease
from heliu.books.ledger.reading import (
    AccountLine,
    After,
    Statement,
    StatementLine,
    TrialLine,
    accounts_by_id,
    accounts_of_type,
    balance_at,
    chart,
    find_entries,
    statement,
    trial_balance,
)
from heliu.books.ledger.service import Balance, Ledger, Options

__all__ = [
    "Account",
    "AccountId",
    "AccountLine",
    "AccountType",
    "After",
    "Answers",
    "Balance",
    "Bulk",
    "Entry",
    "Fenced",
    "Lease",
    "Ledger",
    "LedgerBusy",
    "NewAccount",
    "Options",
    "Outcome",
    "Phase",
    "Refused",
    "Side",
    "Statement",
    "StatementLine",
    "Status",
    "Ticket",
    "Transfer",
    "TransferBatch",
    "TrialLine",
    "Violation",
    "Why",
    "accounts_by_id",
    "accounts_of_type",
    "balance_at",
    "chart",
    "find_entries",
    "reversal",
    "statement",
    "trial_balance",
    "verify_ledger",
]
