"""What came of it, in figures: the people's counts beside the bank's books. JSON-ready.

All but the milliseconds is the same for the same seed and scale.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from heliu.app.ecosystem.papers import FLOWS
from heliu.app.ecosystem.run import Stage
from heliu.app.ecosystem.tally import CUT, REFUSED, THROUGH, Tally
from heliu.app.finance.report import report
from heliu.app.finance.run import Run, all_documents
from heliu.app.laws import Law, examine_laws
from heliu.credit.loans.api import all_loans
from heliu.credit.products.api import Programme, programmes
from heliu.ground.db import Tx
from heliu.payments.orders.api import PaymentOrder, Route, orders_on, payment_cases

_CURRENCY: Final = "CNY"


def figures(stage: Stage) -> dict[str, Any]:
    """The whole account, with the laws of the books examined on one consistent view."""
    with stage.database.transaction() as tx:
        tx.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        laws = examine_laws(tx)
        in_force = programmes(tx)
        books = _books(tx, stage, in_force)
        orders = orders_on(tx, [loan.id for loan in all_loans(tx)])
        payments = _payments(orders, len(payment_cases(tx)))
    return {
        "first_day": stage.plan.days[0],
        "last_day": stage.plan.days[-1],
        **_seen(stage.tally),
        "programmes": [_programme(p, books["receivables"]) for p in in_force],
        "cases": _cases(books["cases"]),
        "payments": payments,
        "laws": [_law(law) for law in laws],
        "milliseconds": {what: _timed(stage.tally, what) for what in stage.tally.timed()},
    }


def _seen(tally: Tally) -> dict[str, Any]:
    """What the people outside counted."""
    return {
        "flows": {
            flow: {outcome: n for (of, outcome), n in sorted(tally.papers.items()) if of == flow}
            for flow in FLOWS
        },
        "complaints": dict(sorted(tally.complaints.items())),
        "acts": {
            "financed": tally.financed,
            "lent": tally.lent,
            "to_suppliers": tally.to_suppliers,
            "sent_on": tally.by_rail,
            "entrusted": tally.entrusted,
            "repeated": tally.replayed,
            "honest_refused": dict(sorted(tally.declined.items())),
        },
        "cash": {"receipts": tally.receipts, "amount": tally.back},
        "frauds": [
            {
                "fraud": fraud,
                "title": fraud.called._asdict(),
                "tried": outcomes.total(),
                **{name: outcomes[name] for name in (REFUSED, CUT, THROUGH)},
                "code": said.code,
                "reason": said.reason,
            }
            for fraud, outcomes, said in tally.fraud_outcomes()
        ],
        "kept_from_frauds": tally.held,
        "troubles": dict(sorted(tally.troubles.items())),
    }


def _books(tx: Tx, stage: Stage, in_force: Sequence[Programme]) -> dict[str, Any]:
    documents = [document for _, document in all_documents(tx)]
    run = Run(documents=documents)
    return report(tx, run, documents, in_force, stage.plan.days[-1])


def _programme(programme: Programme, receivables: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The treasurer's line of one programme, amounts in minor units."""
    version = f"{programme.code} v{programme.version}"
    own = [r for r in receivables if r["programme"] == version]
    loans = [r["loan"] for r in own if r["loan"]]
    repaid = [event for loan in loans for event in loan["events"] if event["kind"] == "repaid"]
    # A discount is earned when its loan is repaid; until then it is owed to the future.
    discounts = sum(loan["discount"] for loan in loans if loan["state"] == "repaid")
    return {
        "programme": programme.code,
        "name": programme.name._asdict(),
        "currency": programme.currency,
        "receivables": len(own),
        "invoiced": sum(r["verified"]["invoiced"] or 0 for r in own),
        "eligible": sum(r["verified"]["eligible"] or 0 for r in own),
        "loans": len(loans),
        "lent": sum(loan["principal"] for loan in loans),
        "repaid": sum(event["principal"] for event in repaid),
        "earned": sum(event["interest"] for event in repaid) + discounts,
        "open": sum(loan["open_principal"] for loan in loans),
        "states": dict(sorted(Counter(loan["state"] for loan in loans).items())),
        "cases": sum(len(loan["cases"]) for loan in loans),
    }


def _cases(opened: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Cases for a person by kind: how many, about how much."""
    found: dict[str, dict[str, int]] = {}
    for case in opened:
        sums = found.setdefault(str(case["kind"]), {"cases": 0, "amount": 0})
        sums["cases"] += 1
        sums["amount"] += case["amount"]
    return dict(sorted(found.items()))


def _payments(orders: Sequence[PaymentOrder], cases: int) -> dict[str, Any]:
    out = [order for order in orders if order.route is Route.RAIL]
    return {
        "currency": _CURRENCY,
        "by_rail": sum(order.order.amount.minor for order in out),
        "entrusted": sum(o.order.amount.minor for o in out if o.order.entrusted is not None),
        "states": dict(sorted(Counter(order.state.value for order in out).items())),
        "cases": cases,
    }


def _law(law: Law) -> dict[str, Any]:
    return {"law": law.code, "name": law.name._asdict(), "broken": list(law.broken)}


def _timed(tally: Tally, what: str) -> dict[str, float]:
    count, median, high, largest = tally.percentiles(what)
    return {"requests": count, "p50": median, "p99": high, "largest": largest}
