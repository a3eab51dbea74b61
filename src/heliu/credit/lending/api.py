"""Door of the lending desk."""

from heliu.credit.lending.borrowing import agreed_payees, standings
from heliu.credit.lending.domain.contract import (
    APPLICATION,
    Act,
    Cancel,
    Contract,
    EnterStage,
    Funds,
    Moment,
    Open,
    Papers,
    Refund,
    Standing,
)
from heliu.credit.lending.errors import contract_unknown
from heliu.credit.lending.postings import control, deposit
from heliu.credit.lending.reads import Glance, glance, standing, standing_of
from heliu.credit.lending.service_apply import OpenApplied, open_applied
from heliu.credit.lending.service_book import Done, book
from heliu.credit.lending.service_cancel import Cancelled, cancel
from heliu.credit.lending.service_open import Opened, contract_id, open_contracts
from heliu.credit.lending.service_refund import refund
from heliu.credit.lending.service_settle import Receipt, settle
from heliu.credit.lending.service_stage import Entered, enter_stages
from heliu.credit.lending.service_sweep import Swept, Taking, sweep
from heliu.credit.lending.store_end import Source
from heliu.credit.lending.store_read import (
    Head,
    JournalRow,
    PlanRow,
    journal,
    lending_violations,
    listed,
)

__all__ = [
    "APPLICATION",
    "Act",
    "Cancel",
    "Cancelled",
    "Contract",
    "Done",
    "EnterStage",
    "Entered",
    "Funds",
    "Glance",
    "Head",
    "JournalRow",
    "Moment",
    "Open",
    "OpenApplied",
    "Opened",
    "Papers",
    "PlanRow",
    "Receipt",
    "Refund",
    "Source",
    "Standing",
    "Swept",
    "Taking",
    "agreed_payees",
    "book",
    "cancel",
    "contract_id",
    "contract_unknown",
    "control",
    "deposit",
    "enter_stages",
    "glance",
    "journal",
    "lending_violations",
    "listed",
    "open_applied",
    "open_contracts",
    "refund",
    "settle",
    "standing",
    "standing_of",
    "standings",
    "sweep",
]
