"""The JSON of answers: what an act did, in one flat form that a partner's programme can read.

Amounts are decimal strings in major units, rates fractions, days ISO dates. A financing has the
members of its decision, drawdown and payment together.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from heliu.books.evidence.api import decimal_text
from heliu.credit.applications.api import Answer as Decided
from heliu.credit.loans.api import Disbursed
from heliu.ground.errors import Refusal
from heliu.ground.money import Money, exponent
from heliu.ground.text import Text

# An answer names the weightiest findings and where to read them, not every one.
MOST_FOUND: Final = 8
MOST_CITED: Final = 4
_RANK: Final = {"blocking": 0, "reducing": 1, "notice": 2}
_ENCODE: Final = msgspec.json.Encoder().encode


class _Said(msgspec.Struct, frozen=True):
    code: str
    text: dict[str, str]
    cure: dict[str, str]
    facts: dict[str, Any]


_REFUSAL: Final = msgspec.json.Decoder(_Said)


def major(amount: Money) -> str:
    """The amount in major units with all places of its currency: 90000.00."""
    places = exponent(amount.currency)
    if places == 0:
        return str(amount.minor)
    sign, digits = ("-" if amount.minor < 0 else ""), str(abs(amount.minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def decision_body(decided: Decided, amount: Money, expires_at: str | None) -> dict[str, Any]:
    """A credit decision: what may be drawn, at what price, until when, and why not more."""
    application, verdict = decided.application, decided.verdict
    rate = application.annual_rate
    return {
        "receivable": application.receivable_id,
        "credit_decision": application.id,
        "approved": verdict.approved,
        "amount": major(amount),
        "currency": amount.currency,
        "annual_rate": None if rate is None else decimal_text(rate),
        "score": verdict.score,
        "grade": verdict.grade,
        "verdict": verdict.id,
        "expires_at": expires_at,
        "reasons": [
            {"code": reason.code, "text": reason.text.plain(), "cure": reason.cure.plain()}
            for reason in verdict.reasons
        ],
    }


def drawdown_body(disbursed: Disbursed) -> dict[str, Any]:
    """A drawdown: the loan and the supplier's money."""
    loan = disbursed.loan
    return {
        "receivable": loan.receivable_id,
        "credit_decision": loan.application_id,
        "drawdown": loan.id,
        "amount": major(loan.principal),
        "currency": loan.principal.currency,
        "annual_rate": decimal_text(loan.product.annual_rate),
        "recourse": loan.product.recourse.value,
        "discount": major(loan.discount),
        "proceeds": major(loan.proceeds),
        "opened_on": loan.opened_on.isoformat(),
        "due_on": loan.due_on.isoformat(),
        "journal": disbursed.transfers,
    }


def payment_body(payment: UUID, drawdown: UUID, paid: Money, status: str) -> dict[str, Any]:
    """A payment: how much of which drawdown, and where it stands."""
    return {
        "drawdown": drawdown,
        "payment": payment,
        "paid": major(paid),
        "currency": paid.currency,
        "payment_status": status,
    }


def findings_body(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What verification found against a receivable: what blocks it first, then what lowers it.

    `effect` is what a finding takes off the amount (None: it blocks, or is only worth knowing).
    """
    ranked = sorted(findings, key=lambda finding: _RANK[finding["severity"]])
    return [
        {
            "code": finding["code"],
            "severity": finding["severity"],
            "text": Text(*finding["message"]).plain(),
            "cure": Text(*finding["cure"]).plain(),
            "effect": major(Money(**finding["effect"])) if finding.get("effect") else None,
            "evidence": finding["evidence"][:MOST_CITED],
        }
        for finding in ranked[:MOST_FOUND]
    ]


def act_body(act: UUID, kind: str, *parts: dict[str, Any]) -> bytes:
    """The whole answer of an act of that id and kind."""
    body: dict[str, Any] = {"id": act, "kind": kind}
    for part in parts:
        body |= part
    return _ENCODE(body)


def refusal_text(refusal: Refusal) -> str:
    """A refusal as it is kept, to be told again in either language."""
    said = _Said(refusal.code, refusal.reason.plain(), refusal.cure.plain(), dict(refusal.facts))
    return _ENCODE(said).decode()


def read_refusal(text: str) -> Refusal:
    """The refusal that was kept."""
    said = _REFUSAL.decode(text)
    return Refusal(said.code, Text(**said.text), Text(**said.cure), said.facts)
