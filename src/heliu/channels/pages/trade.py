"""One trade as one object: ordered, delivered, invoiced, decided, lent, paid - for all who show it.

The same object for the supplier, the core enterprise and the bank: each page shows of it what its
visitor may see, and nobody draws a graph of his own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from heliu.credit.applications.api import Application, Receivable, latest_applications
from heliu.credit.loans.api import (
    Booked,
    Debt,
    EventKind,
    Loan,
    Payment,
    debt_on,
    events_of,
    loans_of,
    payments_of,
)
from heliu.decisions.verdicts.api import Verdict, find
from heliu.flows.confluence.api import latest_verifications
from heliu.flows.intake.api import Filed, Kind, find_documents
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.orders.api import PaymentOrder, orders_on


class Stage(StrEnum):
    """Where in the life of a trade a step stands, in order."""

    ORDER = "order"
    DESPATCH = "despatch"
    RECEIPT = "receipt"
    INVOICE = "invoice"
    CONFIRMATION = "confirmation"
    RECEIVABLE = "receivable"
    DECISION = "decision"
    FINANCING = "financing"
    PAYMENT = "payment"
    REPAYMENT = "repayment"


STAGE_TEXT: Final[Mapping[Stage, Text]] = {
    Stage.ORDER: Text("订单", "Order"),
    Stage.DESPATCH: Text("发货", "Despatch"),
    Stage.RECEIPT: Text("收货", "Receipt"),
    Stage.INVOICE: Text("发票", "Invoice"),
    Stage.CONFIRMATION: Text("确认", "Confirmation"),
    Stage.RECEIVABLE: Text("应收账款", "Receivable"),
    Stage.DECISION: Text("授信", "Decision"),
    Stage.FINANCING: Text("放款", "Financing"),
    Stage.PAYMENT: Text("支付", "Payment"),
    Stage.REPAYMENT: Text("回款", "Repayment"),
}
_STAGE_OF: Final[Mapping[Kind, Stage]] = {
    Kind.ORDER: Stage.ORDER,
    Kind.ORDER_RESPONSE: Stage.ORDER,
    Kind.DESPATCH_ADVICE: Stage.DESPATCH,
    Kind.WAYBILL: Stage.DESPATCH,
    Kind.LOGISTICS_EVENT: Stage.RECEIPT,
    Kind.RECEIPT_ADVICE: Stage.RECEIPT,
    Kind.INVOICE: Stage.INVOICE,
    Kind.CREDIT_NOTE: Stage.INVOICE,
    Kind.APPROVAL: Stage.CONFIRMATION,
}


class Mark(StrEnum):
    """How a step stands: it happened, it is awaited, or it was refused."""

    DONE = "done"
    AWAITED = "awaited"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trade: what it is, its own number, when, how much, and whose page it has.

    `id` is that of the document, application, loan or payment order; None for what is awaited.
    """

    stage: Stage
    mark: Mark
    number: str
    on: date | None
    amount: Money | None
    id: UUID | None


@dataclass(frozen=True, slots=True)
class Trade:
    """All that is known of one receivable, on one business day."""

    receivable: Receivable
    documents: tuple[Filed, ...]
    verification: Mapping[str, Any] | None
    application: Application | None
    verdict: Verdict | None
    loan: Loan | None
    events: tuple[Booked, ...]
    payments: tuple[Payment, ...]
    orders: tuple[PaymentOrder, ...]
    debt: Debt | None

    @property
    def open(self) -> bool:
        """Whether a loan on it is still to be repaid."""
        return self.debt is not None and self.debt.principal.minor + self.debt.interest.minor > 0

    def steps(self) -> list[Step]:
        """The trade from the order to the last cash, in order of stage, then of day."""
        found = [*self._papers(), self._receivable(), *self._decided(), *self._lent()]
        stages = list(Stage)
        return sorted(found, key=lambda s: (stages.index(s.stage), s.on or date.max))

    def _papers(self) -> list[Step]:
        steps = []
        for filed in self.documents:
            document = filed.document
            stage = _STAGE_OF.get(document.kind)
            if stage is None:
                continue
            refused = document.accepted is False or document.void
            mark = Mark.REFUSED if refused else Mark.DONE
            worth = _worth(filed)
            steps.append(Step(stage, mark, document.number, document.issued_on, worth, filed.id))
        return steps

    def _receivable(self) -> Step:
        of = self.receivable
        mark = Mark.DONE if of.eligible.minor > 0 else Mark.REFUSED
        return Step(Stage.RECEIVABLE, mark, of.invoice_no, of.verified_on, of.eligible, of.id)

    def _decided(self) -> list[Step]:
        made = self.application
        if made is None:
            return []
        mark = Mark.DONE if made.approved.minor > 0 else Mark.REFUSED
        return [Step(Stage.DECISION, mark, "", made.decided_on, made.approved, made.id)]

    def _lent(self) -> list[Step]:
        loan = self.loan
        if loan is None:
            return []
        steps = [
            Step(Stage.FINANCING, Mark.DONE, "", loan.opened_on, loan.principal, loan.id),
            *(
                Step(Stage.PAYMENT, Mark.DONE, "", p.paid_on, p.amount, p.id)
                for p in self.payments
                if p.kind == "proceeds"
            ),
        ]
        for booked in self.events:
            event = booked.event
            if event.kind is EventKind.REPAID:
                paid = Money(event.principal + event.interest, loan.principal.currency)
                steps.append(Step(Stage.REPAYMENT, Mark.DONE, "", event.on, paid, booked.cause_id))
        if self.open:
            steps.append(Step(Stage.REPAYMENT, Mark.AWAITED, "", loan.due_on, self._owed(), None))
        return steps

    def _owed(self) -> Money:
        assert self.debt is not None, "an open trade owes"
        return self.debt.principal + self.debt.interest


def trades(tx: Tx, receivables: Sequence[Receivable], on: date) -> list[Trade]:
    """Everything known of these receivables on business day `on`, in order, read set by set."""
    outlined = outlines(tx, receivables, on)
    ids = [receivable.id for receivable in receivables]
    verifications = latest_verifications(tx, ids)
    wanted = [id_ for verified in verifications.values() for id_ in verified["documents"]]
    documents = find_documents(tx, wanted)
    made = [one.application.verdict_id for one in outlined if one.application]
    verdicts = {verdict.id: verdict for verdict in find(tx, made)}
    lent = [one.loan.id for one in outlined if one.loan]
    payments, orders = payments_of(tx, lent), orders_on(tx, lent)

    def whole(of: Trade) -> Trade:
        verified = verifications.get(of.receivable.id)
        papers = [documents[i] for i in verified["documents"] if i in documents] if verified else []
        loan = of.loan
        return replace(
            of,
            documents=tuple(papers),
            verification=verified,
            verdict=verdicts.get(of.application.verdict_id) if of.application else None,
            payments=tuple(p for p in payments if loan and p.loan_id == loan.id),
            orders=tuple(o for o in orders if loan and o.order.basis_id == loan.id),
        )

    return [whole(one) for one in outlined]


def outlines(tx: Tx, receivables: Sequence[Receivable], on: date) -> list[Trade]:
    """The same without papers and payments: what a list of many shows.

    The verification is there where nothing was lent, the verdict where it refused: they say why.
    """
    ids = [receivable.id for receivable in receivables]
    applications, loans = latest_applications(tx, ids), loans_of(tx, ids)
    verifications = latest_verifications(tx, [id_ for id_ in ids if id_ not in loans])
    refused = [a.verdict_id for a in applications.values() if a.approved.minor == 0]
    verdicts = {verdict.id: verdict for verdict in find(tx, refused)}
    events = events_of(tx, [loan.id for loan in loans.values()])

    def outline(receivable: Receivable) -> Trade:
        application, loan = applications.get(receivable.id), loans.get(receivable.id)
        booked = tuple(events.get(loan.id, ())) if loan else ()
        return Trade(
            receivable=receivable,
            documents=(),
            verification=verifications.get(receivable.id),
            application=application,
            verdict=verdicts.get(application.verdict_id) if application else None,
            loan=loan,
            events=booked,
            payments=(),
            orders=(),
            debt=debt_on(loan, [b.event for b in booked], on) if loan else None,
        )

    return [outline(receivable) for receivable in receivables]


def _worth(filed: Filed) -> Money | None:
    document = filed.document
    totals = document.totals
    value = totals.payable if totals.payable is not None else totals.gross
    if value is None or document.currency is None:
        return None
    return Money.rounded(value, document.currency, mode=ROUND_HALF_UP)
