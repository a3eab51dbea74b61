"""Door of the loans desk."""

from heliu.credit.loans.domain.loan import Debt, EventKind, Loan, LoanEvent, debt_on
from heliu.credit.loans.domain.servicing import ActKind, LoanAct, Source
from heliu.credit.loans.domain.settlement import Allocation, CaseKind, CashIn
from heliu.credit.loans.errors import limit_exceeded
from heliu.credit.loans.postings import ALLOWANCE, Event, deposits
from heliu.credit.loans.service_acts import LoanFile, Serviced, loan_file, service
from heliu.credit.loans.service_disburse import Disburse, Disbursed, disburse, minimum_draw
from heliu.credit.loans.service_settle import Dilute, Repaid, Settled, dilute, settle_cash
from heliu.credit.loans.store import (
    Booked,
    JournalLine,
    Payment,
    ServicingCase,
    all_loans,
    cases,
    events_of,
    journal_of,
    known_cash,
    last_opened,
    loan_of_transfer,
    loans_by_id,
    loans_of,
    loans_query,
    opened_since,
    payments_of,
    refused_draws,
)
from heliu.credit.loans.store_acts import WaitingCash, waiting
from heliu.credit.loans.store_laws import loan_violations
from heliu.credit.loans.store_staff import Moved, money_moved

__all__ = [
    "ALLOWANCE",
    "ActKind",
    "Allocation",
    "Booked",
    "CaseKind",
    "CashIn",
    "Debt",
    "Dilute",
    "Disburse",
    "Disbursed",
    "Event",
    "EventKind",
    "JournalLine",
    "Loan",
    "LoanAct",
    "LoanEvent",
    "LoanFile",
    "Moved",
    "Payment",
    "Repaid",
    "Serviced",
    "ServicingCase",
    "Settled",
    "Source",
    "WaitingCash",
    "all_loans",
    "cases",
    "debt_on",
    "deposits",
    "dilute",
    "disburse",
    "events_of",
    "journal_of",
    "known_cash",
    "last_opened",
    "limit_exceeded",
    "loan_file",
    "loan_of_transfer",
    "loan_violations",
    "loans_by_id",
    "loans_of",
    "loans_query",
    "minimum_draw",
    "money_moved",
    "opened_since",
    "payments_of",
    "refused_draws",
    "service",
    "settle_cash",
    "waiting",
]
