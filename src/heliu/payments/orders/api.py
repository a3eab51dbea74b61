"""Door of the orders desk."""

from heliu.payments.orders.domain.entrusted import (
    EntrustedRule,
    Evidence,
    Paper,
    PaperKind,
    entrusted_fault,
)
from heliu.payments.orders.domain.machine import CaseCode, EventKind, Patience
from heliu.payments.orders.domain.order import (
    Entrusted,
    Order,
    Payee,
    PaymentOrder,
    Route,
    State,
    order_id,
)
from heliu.payments.orders.postings import journal_keys
from heliu.payments.orders.service_entrusted import AskEntrusted, entrust
from heliu.payments.orders.service_order import order_payments, payee_refusal
from heliu.payments.orders.service_pump import Pumped, pump
from heliu.payments.orders.service_rule import (
    VERDICTS,
    close_case,
    open_cases,
    propose_ruling,
    release_ruling,
    rulings_on,
)
from heliu.payments.orders.store_read import (
    Happened,
    PaymentCase,
    history_of,
    order_violations,
    orders_by_id,
    orders_on,
    payment_cases,
)
from heliu.payments.orders.store_rule import Ruling

__all__ = [
    "VERDICTS",
    "AskEntrusted",
    "CaseCode",
    "Entrusted",
    "EntrustedRule",
    "EventKind",
    "Evidence",
    "Happened",
    "Order",
    "Paper",
    "PaperKind",
    "Patience",
    "Payee",
    "PaymentCase",
    "PaymentOrder",
    "Pumped",
    "Route",
    "Ruling",
    "State",
    "close_case",
    "entrust",
    "entrusted_fault",
    "history_of",
    "journal_keys",
    "open_cases",
    "order_id",
    "order_payments",
    "order_violations",
    "orders_by_id",
    "orders_on",
    "payee_refusal",
    "payment_cases",
    "propose_ruling",
    "pump",
    "release_ruling",
    "rulings_on",
]
