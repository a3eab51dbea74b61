"""Door of the collateral desk."""

from heliu.credit.collateral.domain.cover import Coverage, CoverTerms, LotValue
from heliu.credit.collateral.domain.goods import GoodsBook, GoodsPolicy, Haircut
from heliu.credit.collateral.domain.lot import Holding, Lot, LotEvent, LotEventKind, LotStatus
from heliu.credit.collateral.domain.margin import MarginEvent, MarginKind, MarginState
from heliu.credit.collateral.domain.price import Doubt, Judged, Price
from heliu.credit.collateral.domain.releasing import ReleaseOrder
from heliu.credit.collateral.domain.watching import CaseKind
from heliu.credit.collateral.errors import lot_not_pledged
from heliu.credit.collateral.events import Pledged
from heliu.credit.collateral.goods_file import read_book, shipped_book
from heliu.credit.collateral.service_custody import Answer, Resume, answer, resume, watch
from heliu.credit.collateral.service_lots import Offer, Pledge, Verify, offer, pledge, verify
from heliu.credit.collateral.service_release import (
    EndPledge,
    Release,
    call_buy_back,
    release,
    seize,
)
from heliu.credit.collateral.service_value import (
    Appraised,
    Ask,
    ConfirmPrice,
    appraise,
    confirm_prices,
    coverage,
    price_of,
    take_prices,
)
from heliu.credit.collateral.store import (
    Security,
    Stored,
    lots,
    lots_of_contracts,
    secured,
    securities,
    violations,
)
from heliu.credit.collateral.store_custody import (
    Answered,
    Cause,
    Instruction,
    InstructionKind,
    Released,
    instructions,
    releases,
    unanswered,
)
from heliu.credit.collateral.store_value import CollateralCase, cases, margin_states

__all__ = [
    "Answer",
    "Answered",
    "Appraised",
    "Ask",
    "CaseKind",
    "Cause",
    "CollateralCase",
    "ConfirmPrice",
    "CoverTerms",
    "Coverage",
    "Doubt",
    "EndPledge",
    "GoodsBook",
    "GoodsPolicy",
    "Haircut",
    "Holding",
    "Instruction",
    "InstructionKind",
    "Judged",
    "Lot",
    "LotEvent",
    "LotEventKind",
    "LotStatus",
    "LotValue",
    "MarginEvent",
    "MarginKind",
    "MarginState",
    "Offer",
    "Pledge",
    "Pledged",
    "Price",
    "Release",
    "ReleaseOrder",
    "Released",
    "Resume",
    "Security",
    "Stored",
    "Verify",
    "answer",
    "appraise",
    "call_buy_back",
    "cases",
    "confirm_prices",
    "coverage",
    "instructions",
    "lot_not_pledged",
    "lots",
    "lots_of_contracts",
    "margin_states",
    "offer",
    "pledge",
    "price_of",
    "read_book",
    "release",
    "releases",
    "resume",
    "secured",
    "securities",
    "seize",
    "shipped_book",
    "take_prices",
    "unanswered",
    "verify",
    "violations",
    "watch",
]
