"""Door of the instants desk."""

from heliu.credit.instants.case import Till
from heliu.credit.instants.domain import ActKind, Answer, Ask, Payee
from heliu.credit.instants.reads import read_act, read_receivable, read_receivables
from heliu.credit.instants.service import answer
from heliu.credit.instants.shelf import Shelf
from heliu.credit.instants.store import tally as acts_since
from heliu.credit.instants.store import violations as act_violations

__all__ = [
    "ActKind",
    "Answer",
    "Ask",
    "Payee",
    "Shelf",
    "Till",
    "act_violations",
    "acts_since",
    "answer",
    "read_act",
    "read_receivable",
    "read_receivables",
]
