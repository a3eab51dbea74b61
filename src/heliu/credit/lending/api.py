"""Door of the lending desk."""

from heliu.credit.lending.domain.contract import (
    Act,
    Contract,
    EnterStage,
    Funds,
    Moment,
    Open,
    Papers,
    Standing,
)
from heliu.credit.lending.errors import contract_unknown
from heliu.credit.lending.postings import control, deposit
from heliu.credit.lending.reads import Glance, glance, standing, standing_of
from heliu.credit.lending.service_book import Done, book
from heliu.credit.lending.service_open import Opened, contract_id, open_contracts
from heliu.credit.lending.service_stage import Entered, enter_stages
from heliu.credit.lending.store_read import (
    Head,
    JournalRow,
    PlanRow,
    journal,
    lending_violations,
    listed,
)

__all__ = [
    "Act",
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
    "Opened",
    "Papers",
    "PlanRow",
    "Standing",
    "book",
    "contract_id",
    "contract_unknown",
    "control",
    "deposit",
    "enter_stages",
    "glance",
    "journal",
    "lending_violations",
    "listed",
    "open_contracts",
    "standing",
    "standing_of",
]
