"""The Python client of the bank's open API: signs, retries with the same key, typed answers.

    with Client("https://bank.example", key="hk_...", secret="hs_...") as bank:
        for receivable in bank.receivables():
            financing = bank.finance(receivable.id, idempotency_key=f"{receivable.id}-1")

It stands on nothing of the house but its ground, so it may be taken out and used alone.
"""

from heliu.client.answers import (
    Acquisition,
    Cited,
    Complaint,
    CreditDecision,
    Document,
    Drawdown,
    Financing,
    Finding,
    LineComplaint,
    Outcome,
    Payment,
    PreApproval,
    Programme,
    ProgrammeVersion,
    Reason,
    Receivable,
    Said,
)
from heliu.client.calling import Options, Problem, Unreachable, WrongPlace
from heliu.client.client import Client
from heliu.client.requests import FinancingAsk, Payee

__all__ = [
    "Acquisition",
    "Cited",
    "Client",
    "Complaint",
    "CreditDecision",
    "Document",
    "Drawdown",
    "Financing",
    "FinancingAsk",
    "Finding",
    "LineComplaint",
    "Options",
    "Outcome",
    "Payee",
    "Payment",
    "PreApproval",
    "Problem",
    "Programme",
    "ProgrammeVersion",
    "Reason",
    "Receivable",
    "Said",
    "Unreachable",
    "WrongPlace",
]
