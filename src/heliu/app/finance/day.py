"""One business day: parties, credit notes, verification, decisions, disbursement, cash."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.app.finance.money_in import SetAside, cash_receipts, credit_notes
from heliu.app.finance.parties import party_commands
from heliu.books.ledger.api import Ledger
from heliu.credit.applications.api import Application, Apply, Policy, apply
from heliu.credit.loans.api import (
    Dilute,
    Disburse,
    dilute,
    disburse,
    loans_of,
    settle_cash,
)
from heliu.credit.products.api import Programme, digest
from heliu.flows.confluence.api import Linker, Verified, VerifyReceivable, verify_receivables
from heliu.flows.intake.api import Filed, Kind
from heliu.flows.screening.api import screen
from heliu.flows.verification.api import VerificationTerms
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.parties.party.api import record_parties


@dataclass(frozen=True, slots=True)
class Day:
    """What the days share: the books, the index of all documents, the programmes by buyer."""

    ledger: Ledger
    actor: Actor
    linker: Linker
    programmes: Mapping[str, Programme]
    policy: Policy


@dataclass(frozen=True, slots=True)
class Decided:
    """A receivable that was answered, and how long its day's batch took (milliseconds)."""

    receivable_id: UUID
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class DayResult:
    """What a day decided, and what could not be acted on."""

    decided: tuple[Decided, ...]
    set_aside: tuple[SetAside, ...]


def live_day(tx: Tx, day: Day, on: date, documents: Sequence[Filed], clock: Clock) -> DayResult:
    """Live through `on` with the documents that came.

    Every receivable a new document tells something about is verified and answered again: a
    supplier learns at once what is missing, and is financed on the day it comes.
    """
    now = clock.now()
    # First of all locks, so that no two transactions ever wait for each other in a circle.
    day.ledger.hold(tx)
    aside = _record_parties(tx, day, documents, on, now)
    day.linker.add(documents)
    dilute(tx, _dilutions(day, documents, on), now)
    touched = {
        invoice.id: invoice
        for invoice in day.linker.touched_by(documents)
        if invoice.document.buyer.tax_id in day.programmes
    }
    financed = loans_of(tx, list(touched))
    asking = [invoice for i, invoice in touched.items() if i not in financed]
    decided = _decide(tx, day, asking, on, now) if asking else []
    currencies = {programme.currency for programme in day.programmes.values()}
    accounts = {code: programme.buyer_account for code, programme in day.programmes.items()}
    receipts, unbookable = cash_receipts(documents, currencies, on)
    settle_cash(tx, day.ledger, receipts, accounts, now)
    return DayResult(tuple(decided), (*aside, *unbookable))


def _record_parties(
    tx: Tx, day: Day, documents: Sequence[Filed], on: date, now: datetime
) -> list[SetAside]:
    said = party_commands(documents, on, now)
    outcomes = record_parties(tx, day.actor, [command for _, command in said])
    return [
        SetAside(filed, outcome.reason)
        for (filed, _), outcome in zip(said, outcomes, strict=True)
        if isinstance(outcome, Refusal)
    ]


def _decide(tx: Tx, day: Day, invoices: Sequence[Filed], on: date, now: datetime) -> list[Decided]:
    started = time.perf_counter()
    verified = verify_receivables(tx, _to_verify(tx, day, invoices, on), now)
    answers = apply(tx, day.actor, [_application(day, v, on) for v in verified], day.policy, now)
    draws = [
        _draw(day, v, answer.application, on)
        for v, answer in zip(verified, answers, strict=True)
        if answer.application.approved.minor
    ]
    disburse(tx, day.ledger, day.actor, draws, now)
    elapsed = (time.perf_counter() - started) * 1000
    return [Decided(v.receivable_id, elapsed) for v in verified]


def _to_verify(tx: Tx, day: Day, invoices: Sequence[Filed], on: date) -> list[VerifyReceivable]:
    findings = screen(tx, invoices, day.linker.sold(), on)
    commands = []
    for invoice in sorted(invoices, key=lambda f: (f.document.issued_on or on, f.file, f.id)):
        programme = _programme(day, invoice)
        commands.append(
            VerifyReceivable(
                case=day.linker.case(invoice),
                terms=_terms(programme, on),
                terms_sha256=digest(programme),
                screening=tuple(findings.get(invoice.id, ())),
            )
        )
    return commands


def _terms(programme: Programme, on: date) -> VerificationTerms:
    return VerificationTerms(
        tolerances=programme.tolerances,
        requirements=programme.requirements,
        currency=programme.currency,
        as_of=on,
        core_enterprise=programme.buyer_uscc,
        suppliers=frozenset(s.uscc for s in programme.suppliers),
        max_tenor_days=programme.product.max_tenor_days,
    )


def _application(day: Day, verified: Verified, on: date) -> Apply:
    programme = _programme(day, verified.invoice)
    seller = verified.seller_tax_id
    return Apply(programme, verified, day.linker.sold_by(seller), on)


def _draw(day: Day, verified: Verified, application: Application, on: date) -> Disburse:
    programme = _programme(day, verified.invoice)
    return Disburse(application, programme, verified.invoice, verified.result.eligible, on)


def _programme(day: Day, invoice: Filed) -> Programme:
    return day.programmes[invoice.document.buyer.tax_id or ""]


def _dilutions(day: Day, documents: Sequence[Filed], on: date) -> list[Dilute]:
    notes = [f for f in documents if f.document.kind is Kind.CREDIT_NOTE]
    return credit_notes(notes, day.linker, on)
