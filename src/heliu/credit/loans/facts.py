"""What the loans desk tells the house, and the bodies its evidence leaves prove."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from heliu.books.evidence.api import Entry
from heliu.credit.loans import store
from heliu.credit.loans.domain.loan import Loan, LoanEvent
from heliu.credit.products.api import Product
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell


def loan_body(loan: Loan) -> dict[str, Any]:
    """Everything that was agreed, for the evidence log."""
    return {
        "receivable_id": loan.receivable_id,
        "application_id": loan.application_id,
        "programme": f"{loan.programme} v{loan.programme_version}",
        "product": _product_body(loan.product),
        "principal": loan.principal.minor,
        "discount": loan.discount.minor,
        "claim": loan.claim.minor,
        "currency": loan.principal.currency,
        "opened_on": loan.opened_on,
        "due_on": loan.due_on,
    }


def payment_body(payment: store.Payment) -> dict[str, Any]:
    """Who was paid how much by which transfer, for the evidence log."""
    return {
        "loan_id": payment.loan_id,
        "kind": payment.kind,
        "payee": payment.payee_uscc,
        "amount": payment.amount.minor,
        "currency": payment.amount.currency,
        "transfer": payment.transfer,
        "paid_on": payment.paid_on,
    }


def tell_disbursed(tx: Tx, opened: Sequence[tuple[Loan, store.Payment]], now: datetime) -> None:
    """credit.loan_disbursed.v1 for each, with the payment of its proceeds."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "disbursed", str(loan.id)),
                "credit.loan_disbursed.v1",
                loan_body(loan)
                | {
                    "loan_id": loan.id,
                    "payment_id": payment.id,
                    "proceeds": payment.amount.minor,
                    "parties": [loan.supplier_uscc, loan.buyer_uscc],
                },
                now,
            )
            for loan, payment in opened
        ],
    )


def tell_paid(tx: Tx, payments: Sequence[store.Payment], now: datetime) -> None:
    """credit.payment_made.v1 for each payment that is not a loan's proceeds."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "paid", str(payment.id)),
                "credit.payment_made.v1",
                payment_body(payment)
                | {"payment_id": str(payment.id), "parties": [payment.payee_uscc]},
                now,
            )
            for payment in payments
        ],
    )


def tell_repaid(tx: Tx, repaid: Sequence[tuple[Loan, LoanEvent]], now: datetime) -> None:
    """credit.loan_repaid.v1: principal and interest a receipt settled, for each."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "repaid", str(loan.id), str(event.no)),
                "credit.loan_repaid.v1",
                {
                    "loan_id": str(loan.id),
                    "principal": event.principal,
                    "interest": event.interest,
                    "currency": loan.principal.currency,
                    "on": event.on.isoformat(),
                    "parties": [loan.supplier_uscc, loan.buyer_uscc],
                },
                now,
            )
            for loan, event in repaid
        ],
    )


def event_body(event: LoanEvent, currency: str) -> dict[str, Any]:
    """What happened to a loan, for the evidence log and for partners."""
    return {
        "loan_id": event.loan_id,
        "no": event.no,
        "kind": event.kind.value,
        "on": event.on,
        "principal": event.principal,
        "interest": event.interest,
        "currency": currency,
        "due_on": event.due_on,
        "observed_until": event.observed_until,
        "undoes": event.of_no,
    }


def event_id(event: LoanEvent) -> UUID:
    """The id of an event that came from no command of its own."""
    return derived_id("loan event", event.loan_id.hex, str(event.no))


def proof_of_event(key: UUID, loan: Loan, event: LoanEvent) -> Entry:
    """The leaf that proves what happened to a loan."""
    return Entry("loan_event", key, event_body(event, loan.principal.currency))


def tell_serviced(tx: Tx, serviced: Sequence[tuple[Loan, LoanEvent]], now: datetime) -> None:
    """credit.loan_serviced.v1: extended, bought back, written off, recovered, reversed."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "serviced", str(loan.id), str(event.no)),
                "credit.loan_serviced.v1",
                event_body(event, loan.principal.currency)
                | {"parties": [loan.supplier_uscc, loan.buyer_uscc]},
                now,
            )
            for loan, event in serviced
        ],
    )


def tell_cases(
    tx: Tx, cases: Sequence[store.ServicingCase], loans: Mapping[UUID, Loan], now: datetime
) -> None:
    """credit.case_opened.v1 for each; told to the loan's parties, or to the bank alone."""
    tell(
        tx,
        [
            Fact(
                derived_id("fact", "case", str(case.id)),
                "credit.case_opened.v1",
                {
                    "case_id": str(case.id),
                    "kind": case.kind.value,
                    "loan_id": str(case.loan_id) if case.loan_id else None,
                    "amount": case.amount.minor,
                    "currency": case.amount.currency,
                    "parties": _parties(case, loans),
                },
                now,
            )
            for case in cases
        ],
    )


def _parties(case: store.ServicingCase, loans: Mapping[UUID, Loan]) -> list[str]:
    loan = loans.get(case.loan_id) if case.loan_id else None
    return [loan.supplier_uscc, loan.buyer_uscc] if loan else []


def _product_body(product: Product) -> dict[str, Any]:
    return {
        "kind": product.kind.value,
        "annual_rate": str(product.annual_rate),
        "day_count": product.day_count.value,
        "max_tenor_days": product.max_tenor_days,
        "grace_days": product.grace_days,
        "recourse": product.recourse.value,
    }
