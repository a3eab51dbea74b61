"""The only door of the ledger desk."""

from heliu.books.ledger.domain.account import Account, AccountId, AccountType, NewAccount, Side
from heliu.books.ledger.domain.batch import TransferBatch
from heliu.books.ledger.domain.decide import Answers
from heliu.books.ledger.domain.transfer import Entry, Outcome, Phase, Status, Transfer, reversal
from heliu.books.ledger.errors import Fenced, LedgerBusy, Refused, Why
from heliu.books.ledger.service import Balance, Ledger, Options

__all__ = [
    "Account",
    "AccountId",
    "AccountType",
    "Answers",
    "Balance",
    "Entry",
    "Fenced",
    "Ledger",
    "LedgerBusy",
    "NewAccount",
    "Options",
    "Outcome",
    "Phase",
    "Refused",
    "Side",
    "Status",
    "Transfer",
    "TransferBatch",
    "Why",
    "reversal",
]
