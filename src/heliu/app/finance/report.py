"""What a finance run is told as: one entry per receivable, the files, the totals. JSON-ready.

It is read back from the books, so a second run over the same folder tells the same; only what
this very run met (milliseconds, documents set aside) is told once.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from heliu.app.finance.run import Run
from heliu.books.evidence.api import leaves
from heliu.credit.applications.api import Application, latest_applications
from heliu.credit.limits.api import LimitLine, all_lines
from heliu.credit.loans.api import (
    Booked,
    Debt,
    EventKind,
    Loan,
    Payment,
    ServicingCase,
    cases,
    debt_on,
    events_of,
    loans_of,
    payments_of,
    refused_draws,
)
from heliu.credit.products.api import Programme
from heliu.decisions.verdicts.api import MAX_REASONS, Verdict, find
from heliu.flows.confluence.api import Linker, documents_of, latest_verifications
from heliu.flows.intake.api import Filed, Outcome
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal


@dataclass(frozen=True, slots=True)
class _Books:
    """Everything the report needs, read once."""

    verifications: Mapping[UUID, dict[str, Any]]
    applications: Mapping[UUID, Application]
    verdicts: Mapping[UUID, Verdict]
    loans: Mapping[UUID, Loan]
    events: Mapping[UUID, list[Booked]]
    payments: Mapping[UUID, list[Payment]]
    cases: Mapping[UUID | None, list[ServicingCase]]
    leaves: Mapping[UUID, int]
    draws: Mapping[UUID, Refusal]
    elapsed: Mapping[UUID, float]


def report(
    tx: Tx, run: Run, documents: Sequence[Filed], programmes: Sequence[Programme], on: date
) -> dict[str, Any]:
    """The whole report of a run over `documents` (those of its folder)."""
    linker = Linker(run.documents)
    ids = {filed.id for filed in documents}
    invoices = [filed for filed in linker.invoices if filed.id in ids]
    books = _read(tx, run, invoices)
    by_buyer = {programme.buyer_uscc: programme for programme in programmes}
    receivables = [_receivable(linker, invoice, books, by_buyer, on) for invoice in invoices]
    return {
        "on": on,
        "files": [_file(outcome) for outcome in run.outcomes],
        "receivables": receivables,
        "cases": [_case(case) for group in books.cases.values() for case in group],
        "set_aside": [
            {"document": aside.filed.id, "file": aside.filed.file, "text": aside.reason._asdict()}
            for day in run.days
            for aside in day.set_aside
        ],
        "limits": [_limit(line) for line in all_lines(tx)],
        "summary": _summary(run.outcomes, receivables),
    }


def _read(tx: Tx, run: Run, invoices: Sequence[Filed]) -> _Books:
    ids = [invoice.id for invoice in invoices]
    loans = loans_of(tx, ids)
    loan_ids = [loan.id for loan in loans.values()]
    payments: dict[UUID, list[Payment]] = {}
    for payment in payments_of(tx, loan_ids):
        payments.setdefault(payment.loan_id, []).append(payment)
    opened: dict[UUID | None, list[ServicingCase]] = {}
    for case in cases(tx):
        opened.setdefault(case.loan_id, []).append(case)
    applications = latest_applications(tx, ids)
    verdict_ids = [application.verdict_id for application in applications.values()]
    proven = [*ids, *loan_ids, *verdict_ids, *(p.id for group in payments.values() for p in group)]
    return _Books(
        verifications=latest_verifications(tx, ids),
        applications=applications,
        verdicts={verdict.id: verdict for verdict in find(tx, verdict_ids)},
        loans=loans,
        events=events_of(tx, loan_ids),
        payments=payments,
        cases=opened,
        leaves={leaf.subject_id: leaf.position for leaf in leaves(tx, proven)},
        draws=refused_draws(tx, [application.id for application in applications.values()]),
        elapsed={d.receivable_id: d.elapsed_ms for day in run.days for d in day.decided},
    )


def _receivable(
    linker: Linker, invoice: Filed, books: _Books, by_buyer: Mapping[str, Programme], on: date
) -> dict[str, Any]:
    document = invoice.document
    programme = by_buyer.get(document.buyer.tax_id or "")
    application = books.applications.get(invoice.id)
    verdict = books.verdicts.get(application.verdict_id) if application else None
    loan = books.loans.get(invoice.id)
    verification = books.verifications.get(invoice.id, {})
    return {
        "id": invoice.id,
        "invoice": document.number,
        "issued_on": document.issued_on,
        "due_on": document.due_on,
        "seller": {"tax_id": document.seller.tax_id, "name": document.seller.name},
        "buyer": {"tax_id": document.buyer.tax_id, "name": document.buyer.name},
        "currency": document.currency,
        "programme": programme and f"{programme.code} v{programme.version}",
        "documents": [
            {"id": f.id, "kind": f.document.kind, "number": f.document.number, "file": f.file}
            for f in documents_of(linker.case(invoice))
        ],
        "verified": {
            "id": verification.get("id"),
            "as_of": verification.get("as_of"),
            "invoiced": verification.get("invoiced"),
            "eligible": verification.get("eligible"),
            "bins": Counter(claim["bin"] for claim in verification.get("claims", ())),
            "findings": verification.get("findings", []),
            "lines": verification.get("lines", []),
        },
        "decision": _decision(programme, application, verdict, loan, books.draws),
        "limit": loan and loan.principal.minor,
        "loan": loan and _loan(loan, books, on),
        "disbursed": loan.principal.minor if loan else 0,
        "paid": sum(p.amount.minor for p in books.payments.get(loan.id, ())) if loan else 0,
        "milliseconds": books.elapsed.get(invoice.id),
        "evidence": {
            "document": books.leaves.get(invoice.id),
            "verdict": verdict and books.leaves.get(verdict.id),
            "loan": loan and books.leaves.get(loan.id),
        },
    }


def _decision(
    programme: Programme | None,
    application: Application | None,
    verdict: Verdict | None,
    loan: Loan | None,
    draws: Mapping[UUID, Refusal],
) -> dict[str, Any]:
    if programme is None:
        return {"outcome": "no_programme", "reasons": []}
    if application is None or verdict is None:
        return {"outcome": "undecided", "reasons": []}
    said = [(r.code, r.text, r.cure) for r in verdict.reasons]
    if draw := draws.get(application.id):
        said.insert(0, (draw.code, draw.reason, draw.cure))
    return {
        "outcome": "financed" if loan else "refused",
        "verdict": verdict.id,
        "score": verdict.score,
        "grade": verdict.grade,
        "annual_rate": verdict.annual_rate,
        "requested": application.requested.minor,
        "approved": application.approved.minor,
        "decided_on": application.decided_on,
        "reasons": [
            {"code": code, "text": text._asdict(), "cure": cure._asdict()}
            for code, text, cure in said[:MAX_REASONS]
        ],
    }


def _loan(loan: Loan, books: _Books, on: date) -> dict[str, Any]:
    booked = books.events[loan.id]
    debt = debt_on(loan, [b.event for b in booked], on)
    return {
        "id": loan.id,
        "state": _state(loan, debt, booked[-1].event.kind, on),
        "recourse": loan.product.recourse,
        "principal": loan.principal.minor,
        "discount": loan.discount.minor,
        "annual_rate": loan.product.annual_rate,
        "opened_on": loan.opened_on,
        "due_on": debt.due_on,
        "open_principal": debt.principal.minor,
        "open_interest": debt.interest.minor,
        "events": [
            {
                "kind": b.event.kind,
                "on": b.event.on,
                "principal": b.event.principal,
                "interest": b.event.interest,
                "transfers": b.transfers,
            }
            for b in booked
        ],
        "payments": [
            {"id": p.id, "kind": p.kind, "amount": p.amount.minor, "on": p.paid_on}
            for p in books.payments.get(loan.id, ())
        ],
        "cases": [_case(case) for case in books.cases.get(loan.id, ())],
    }


def _state(loan: Loan, debt: Debt, last: EventKind, on: date) -> str:
    if debt.lost.minor:
        return "written_off"
    if debt.principal.minor == 0:
        return "bought_back" if last is EventKind.BOUGHT_BACK else "repaid"
    return "late" if on > loan.late_after(debt.due_on) else "open"


def _file(outcome: Outcome) -> dict[str, Any]:
    refusal = outcome.refusal
    return {
        "file": outcome.file,
        "outcome": outcome.status,
        "connector": outcome.connector,
        "sha256": outcome.sha256,
        "documents": outcome.documents,
        "refusal": refusal
        and {"code": refusal.code, "place": refusal.place, "text": refusal.message._asdict()},
    }


def _case(case: ServicingCase) -> dict[str, Any]:
    return {
        "id": case.id,
        "kind": case.kind,
        "loan": case.loan_id,
        "document": case.document_id,
        "amount": case.amount.minor,
        "currency": case.amount.currency,
        "on": case.opened_on,
    }


def _limit(line: LimitLine) -> dict[str, Any]:
    axis, subject, currency = line.key
    return {
        "axis": axis,
        "subject": subject,
        "currency": currency,
        "limit": line.amount,
        "utilised": line.utilised,
        "reserved": line.reserved,
    }


def _summary(outcomes: Sequence[Outcome], receivables: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Counts of files and decisions, and the money by currency, in minor units."""
    money: dict[str, Counter[str]] = {}
    for r in receivables:
        sums = money.setdefault(r["currency"] or "?", Counter())
        sums["invoiced"] += r["verified"]["invoiced"] or 0
        sums["eligible"] += r["verified"]["eligible"] or 0
        sums["disbursed"] += r["disbursed"]
        sums["paid_to_suppliers"] += r["paid"]
        if loan := r["loan"]:
            repaid = [e for e in loan["events"] if e["kind"] == "repaid"]
            sums["principal_repaid"] += sum(e["principal"] for e in repaid)
            # A discount is earned when its loan is repaid; until then it is owed to the future.
            earned = loan["discount"] if loan["state"] == "repaid" else 0
            sums["interest_earned"] += sum(e["interest"] for e in repaid) + earned
            sums["principal_open"] += loan["open_principal"]
    return {
        "files": Counter(outcome.status for outcome in outcomes),
        "decisions": Counter(r["decision"]["outcome"] for r in receivables),
        "money": money,
    }
