"""What the core enterprise says to the payable, and what the seller said to the order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR

from heliu.flows.intake.api import Filed
from heliu.flows.verification.domain.case import TradeCase
from heliu.flows.verification.domain.catalog import finding
from heliu.flows.verification.domain.findings import Finding, cite_all
from heliu.ground.money import Money


@dataclass(frozen=True, slots=True)
class Approved:
    """The amount the core enterprise confirmed last, when, and by which document."""

    amount: Money
    on: date
    by: Filed


def approved_amount(
    approvals: Sequence[Filed], currency: str
) -> tuple[Approved | None, list[Finding]]:
    """The newest confirmation that states an amount; of several on one day, the lowest."""
    said: list[Approved] = []
    found: list[Finding] = []
    for filed in approvals:
        document = filed.document
        if document.accepted is not True or document.issued_on is None:
            continue
        if document.totals.payable is None or document.totals.payable <= 0:
            found.append(
                finding("approval.no_amount", cite_all([filed]), {"number": document.number})
            )
            continue
        amount = Money.rounded(document.totals.payable, currency, mode=ROUND_FLOOR)
        said.append(Approved(amount, document.issued_on, filed))
    if not said:
        return None, found
    newest = max(one.on for one in said)
    last = (one for one in said if one.on == newest)
    return min(last, key=lambda one: (one.amount.minor, str(one.by.id))), found


def rejections(case: TradeCase) -> Iterator[Finding]:
    """Rejected orders and payables. Only a later acceptance lifts a rejection."""
    number = case.invoice.document.number
    of_invoice = (a for a in case.approvals if number in a.document.references.get("invoice", ()))
    standing = _standing(of_invoice)
    if standing:
        yield finding("approval.rejected", cite_all(standing))
    for order in case.orders:
        of_order = (
            r
            for r in case.responses
            if order.document.number in r.document.references.get("order", ())
        )
        standing = _standing(of_order)
        if standing:
            yield finding("order.rejected", cite_all([order, *standing]))


def _standing(answers: Iterable[Filed]) -> list[Filed]:
    """The rejections that no later acceptance lifted; undated ones stand for ever."""
    live = [answer for answer in answers if not answer.document.void]
    accepted = [a.document.issued_on for a in live if a.document.accepted is True]
    last = max((day for day in accepted if day is not None), default=date.min)
    return [
        answer
        for answer in live
        if answer.document.accepted is False and (answer.document.issued_on or date.max) >= last
    ]
