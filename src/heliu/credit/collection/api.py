"""Door of the collection desk."""

from heliu.credit.collection.domain.case import (
    Arrears,
    Case,
    CaseEvent,
    CaseEventKind,
    Clock,
    Debtor,
)
from heliu.credit.collection.domain.contact import Contact
from heliu.credit.collection.domain.policy import Policy, Remedy, Step
from heliu.credit.collection.domain.promise import Promise, Promised, PromiseState
from heliu.credit.collection.domain.proposal import Proposal, Propose
from heliu.credit.collection.domain.queue import Waiting
from heliu.credit.collection.policy_file import shipped
from heliu.credit.collection.service_contact import Law, Result, contact, promise, record_results
from heliu.credit.collection.service_day import File, case_file, queue, work_day
from heliu.credit.collection.service_propose import Rule, propose, reject, release
from heliu.credit.collection.store import Worked, open_cases, violations
from heliu.credit.collection.store_work import Ruling, waiting

__all__ = [
    "Arrears",
    "Case",
    "CaseEvent",
    "CaseEventKind",
    "Clock",
    "Contact",
    "Debtor",
    "File",
    "Law",
    "Policy",
    "Promise",
    "PromiseState",
    "Promised",
    "Proposal",
    "Propose",
    "Remedy",
    "Result",
    "Rule",
    "Ruling",
    "Step",
    "Waiting",
    "Worked",
    "case_file",
    "contact",
    "open_cases",
    "promise",
    "propose",
    "queue",
    "record_results",
    "reject",
    "release",
    "shipped",
    "violations",
    "waiting",
    "work_day",
]
