"""What the orders desk tells the house, and the bodies its evidence leaves prove.

No account numbers: facts and proofs have other readers than the payer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from heliu.books.evidence.api import Entry
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell
from heliu.payments.orders.domain.machine import EventKind
from heliu.payments.orders.domain.order import PaymentOrder
from heliu.payments.orders.store import NewCase

INSTRUCTED: Final = "payments.payment_instructed.v1"
SETTLED: Final = "payments.payment_settled.v1"
REJECTED: Final = "payments.payment_rejected.v1"
RETURNED: Final = "payments.payment_returned.v1"
CASE_OPENED: Final = "payments.case_opened.v1"

FACT_OF: Final[Mapping[EventKind, str]] = {
    EventKind.SETTLED: SETTLED,
    EventKind.REJECTED: REJECTED,
    EventKind.RETURNED: RETURNED,
}


@dataclass(frozen=True, slots=True)
class News:
    """What became true of an order, with the rail's reason and the money that came back."""

    placed: PaymentOrder
    kind: str
    reason: str | None = None
    returned: int = 0


def tell_news(tx: Tx, news: Sequence[News], now: datetime) -> None:
    """Tell each fact to the house; `parties` are those who may know of it."""
    tell(
        tx,
        [
            Fact(derived_id("fact", one.kind, one.placed.id.hex), one.kind, _body(one), now)
            for one in news
        ],
    )


def tell_cases(
    tx: Tx, cases: Sequence[NewCase], orders: Mapping[UUID, PaymentOrder], now: datetime
) -> None:
    """payments.case_opened.v1 for each; the bank's own matter, so `parties` is empty."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", CASE_OPENED, case.id.hex),
                CASE_OPENED,
                {
                    "case": str(case.id),
                    "code": case.code.value,
                    "payment": str(case.order_id) if case.order_id else None,
                    "amount": _amount(orders, case.order_id),
                    "parties": [],
                },
                now,
            )
            for case in cases
        ],
    )


def proof_of_settlement(placed: PaymentOrder, said_by: str | None) -> Entry:
    """The evidence leaf of a settled payment; `said_by` is the SHA-256 of the rail's message."""
    return Entry("payment_settled", placed.id, {**_about(placed), "said_by": said_by})


def _body(news: News) -> dict[str, Any]:
    body = {**_about(news.placed), "parties": list(news.placed.order.parties)}
    if news.reason is not None:
        body["reason"] = news.reason
    if news.returned:
        body["returned"] = news.returned
    return body


def _about(placed: PaymentOrder) -> dict[str, Any]:
    order = placed.order
    return {
        "payment": str(placed.id),
        "end_to_end_id": placed.end_to_end_id,
        "route": placed.route.value,
        "basis": str(order.basis_id),
        "payee": order.payee.uscc,
        "amount": order.amount.minor,
        "currency": order.amount.currency,
        "ordered_on": order.on.isoformat(),
    }


def _amount(orders: Mapping[UUID, PaymentOrder], order: UUID | None) -> int | None:
    placed = None if order is None else orders.get(order)
    return None if placed is None else placed.order.amount.minor
