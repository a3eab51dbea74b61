"""One business day: parties, credit notes, verification, decisions, disbursement, cash."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from heliu.app.finance.money_in import cash_receipts, credit_notes
from heliu.app.finance.parties import party_commands
from heliu.books.ledger.api import Ledger
from heliu.credit.applications.api import Application, Apply, Policy, apply
from heliu.credit.loans.api import (
    Dilute,
    Disburse,
    Disbursed,
    ServicingCase,
    Settled,
    dilute,
    disburse,
    loans_of,
    settle_cash,
)
from heliu.credit.products.api import Programme, digest
from heliu.decisions.verdicts.api import Verdict
from heliu.flows.confluence.api import Linker, Verified, VerifyReceivable, verify_receivables
from heliu.flows.intake.api import Filed, Kind
from heliu.flows.screening.api import screen
from heliu.flows.verification.api import VerificationTerms
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.parties.party.api import record_parties


@dataclass(slots=True)
class Day:
    """What the days share: the books, the index of all documents, the programmes by buyer."""

    ledger: Ledger
    actor: Actor
    linker: Linker
    programmes: Mapping[str, Programme]
    policy: Policy
    undecided: dict[UUID, Filed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decided:
    """One receivable's day: what was verified, decided and, if approved, drawn or refused."""

    verified: Verified
    application: Application
    verdict: Verdict
    draw: Disbursed | Refusal | None
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class DayResult:
    """Everything a day brought."""

    on: date
    decided: tuple[Decided, ...]
    settled: tuple[Settled, ...]
    dilutions: tuple[ServicingCase, ...]


def live_day(
    tx: Tx, day: Day, on: date, documents: Sequence[Filed], clock: Clock, *, last: bool = False
) -> DayResult:
    """Live through `on` with the documents that came; on the `last` day nothing stays undecided."""
    now = clock.now()
    record_parties(tx, day.actor, party_commands(documents, on, now))
    day.linker.add(documents)
    diluted = dilute(tx, _dilutions(day, documents, on), now)
    touched = {filed.id: filed for filed in day.linker.touched_by(documents)}
    financed = loans_of(tx, list(touched | day.undecided))
    waiting = {i: f for i, f in (day.undecided | touched).items() if i not in financed}
    asked = waiting if last else {i: f for i, f in waiting.items() if i in touched}
    decided = _decide(tx, day, list(asked.values()), on, now, last=last)
    done = {d.verified.receivable_id for d in decided}
    day.undecided = {i: f for i, f in waiting.items() if i not in done}
    settled = settle_cash(
        tx,
        day.ledger,
        cash_receipts(documents, on),
        {code: programme.buyer_account for code, programme in day.programmes.items()},
        now,
    )
    return DayResult(on, tuple(decided), tuple(settled), tuple(diluted))


def _decide(
    tx: Tx, day: Day, invoices: Sequence[Filed], on: date, now: datetime, *, last: bool
) -> list[Decided]:
    started = time.perf_counter()
    ours = [i for i in invoices if i.document.buyer.tax_id in day.programmes]
    if not ours:
        return []
    commands = _to_verify(tx, day, ours, on)
    verified = verify_receivables(tx, commands, now)
    ready = [v for v in verified if last or v.eligible.minor]
    asked = [_application(day, v, on) for v in ready]
    applications = apply(tx, day.actor, asked, day.policy, now)
    by_id = {a.application.receivable_id: a for a in applications}
    draws = [
        _draw(day, v, by_id[v.receivable_id].application, on)
        for v in ready
        if by_id[v.receivable_id].application.approved.minor
    ]
    outcomes = dict(
        zip(
            (d.invoice.id for d in draws),
            disburse(tx, day.ledger, day.actor, draws, now),
            strict=True,
        )
    )
    elapsed = (time.perf_counter() - started) * 1000
    return [
        Decided(
            v,
            by_id[v.receivable_id].application,
            by_id[v.receivable_id].verdict,
            outcomes.get(v.receivable_id),
            elapsed,
        )
        for v in ready
    ]


def _to_verify(tx: Tx, day: Day, invoices: Sequence[Filed], on: date) -> list[VerifyReceivable]:
    findings = screen(tx, invoices, day.linker.invoices_and_credits(), on)
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
