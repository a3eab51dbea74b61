"""One business day: parties, credit notes, verification, decisions, disbursement, cash."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.app.finance.money_in import SetAside, cash_receipts, credit_notes, payer_of
from heliu.app.finance.parties import party_commands
from heliu.books.ledger.api import Ledger
from heliu.credit.applications.api import (
    Answer,
    Apply,
    Policy,
    Receivable,
    apply,
    keep_receivables,
    receivable_of,
    requested,
)
from heliu.credit.lending.api import Moment, Receipt, Source
from heliu.credit.lending.api import settle as repay_named
from heliu.credit.loans.api import (
    CashIn,
    Dilute,
    Disburse,
    Disbursed,
    dilute,
    disburse,
    loans_of,
    settle_cash,
)
from heliu.credit.products.api import Programme, digest
from heliu.decisions.features.api import Pair, PairFeatures, follow, observe, pair_features
from heliu.flows.confluence.api import (
    Linker,
    Verified,
    VerifyReceivable,
    features,
    verify_receivables,
)
from heliu.flows.intake.api import Filed, Kind
from heliu.flows.screening.api import screen
from heliu.flows.verification.api import VerificationTerms
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.parties.party.api import record_parties


@dataclass(frozen=True, slots=True)
class Day:
    """What the days share: the books, the index of all documents, the programmes by buyer."""

    ledger: Ledger
    actor: Actor
    linker: Linker
    programmes: dict[str, Programme]
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
    started = time.perf_counter()
    receivables, aside = take_in(tx, day, on, documents, now)
    decided = _decide(tx, day, receivables, on, now, started) if receivables else []
    unbookable = settle(tx, day, on, documents, now)
    return DayResult(tuple(decided), (*aside, *unbookable))


def take_in(
    tx: Tx, day: Day, on: date, documents: Sequence[Filed], now: datetime
) -> tuple[list[Receivable], list[SetAside]]:
    """Parties, features and verification: what the documents tell, without moving any money.

    Returns the receivables that they tell something about and that may still be financed, kept
    ready; and what could not be taken in. Doing it again changes nothing.
    """
    aside = _record_parties(tx, day, documents, on, now)
    day.linker.add(documents)
    observe(tx, documents, now)
    touched = {
        invoice.id: invoice
        for invoice in day.linker.touched_by(documents)
        if invoice.document.buyer.tax_id in day.programmes
    }
    financed = loans_of(tx, list(touched))
    asking = [invoice for i, invoice in touched.items() if i not in financed]
    return (_verified(tx, day, asking, on, now) if asking else []), aside


def settle(tx: Tx, day: Day, on: date, documents: Sequence[Filed], now: datetime) -> list[SetAside]:
    """Credit notes and cash: what the documents do to loans; returns what could not be booked."""
    dilute(tx, _dilutions(day, documents, on), now)
    currencies = {programme.currency for programme in day.programmes.values()}
    accounts = {code: programme.buyer_account for code, programme in day.programmes.items()}
    receipts, unbookable = cash_receipts(documents, currencies, on)
    payers = {filed.id: payer_of(filed) for filed in documents}
    came = [(one, payers[one.document_id]) for one in receipts]
    settle_cash(tx, day.ledger, _unnamed(tx, day, came, on, now), accounts, now)
    return unbookable


def _unnamed(
    tx: Tx, day: Day, came: Sequence[tuple[CashIn, Source | None]], on: date, now: datetime
) -> list[CashIn]:
    """Cash that repays no contract of the loan book by its name: the receivables' own."""
    asked = [Receipt(one.id, one.amount, on, one.remittance, payer) for one, payer in came]
    outcomes = repay_named(tx, day.ledger, day.actor, asked, Moment(on, now))
    return [one for (one, _), done in zip(came, outcomes, strict=True) if isinstance(done, Refusal)]


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


def _decide(
    tx: Tx, day: Day, receivables: Sequence[Receivable], on: date, now: datetime, started: float
) -> list[Decided]:
    pairs = list(dict.fromkeys(Pair(r.supplier, r.buyer) for r in receivables))
    found = pair_features(tx, pairs, on)
    commands = [_apply(day, r, found[Pair(r.supplier, r.buyer)], on) for r in receivables]
    answers = apply(tx, day.actor, commands, day.policy, now)
    draws = [
        _draw(day, receivable, answer, on)
        for receivable, answer in zip(receivables, answers, strict=True)
        if answer.application.approved.minor
    ]
    drawn = disburse(tx, day.ledger, day.actor, draws, now)
    financed = [d.loan.receivable_id for d in drawn if isinstance(d, Disbursed)]
    follow(tx, financed, on, now)
    elapsed = (time.perf_counter() - started) * 1000
    return [Decided(receivable.id, elapsed) for receivable in receivables]


def _verified(
    tx: Tx, day: Day, invoices: Sequence[Filed], on: date, now: datetime
) -> list[Receivable]:
    """Verify `invoices` and keep what was found ready for the acts."""
    verified = verify_receivables(tx, _to_verify(tx, day, invoices, on), now)
    receivables = [_receivable(day, one, on) for one in verified]
    keep_receivables(tx, receivables, now)
    return receivables


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


def _receivable(day: Day, verified: Verified, on: date) -> Receivable:
    programme = _programme(day, verified.invoice)
    return receivable_of(programme, verified, features(verified, on=on))


def _apply(day: Day, receivable: Receivable, pair: PairFeatures, on: date) -> Apply:
    programme = day.programmes[receivable.buyer]
    # The same evidence on the same day is the same question, and gets the same verdict.
    enrolled = programme.supplier(receivable.supplier) is not None
    asked = (str(receivable.verification_id), str(pair.state_version), day.policy.release_id)
    key = derived_id("decision", *asked)
    return Apply(key, receivable, programme, requested(programme, receivable), pair, enrolled, on)


def _draw(day: Day, receivable: Receivable, answer: Answer, on: date) -> Disburse:
    application = answer.application
    programme = day.programmes[receivable.buyer]
    return Disburse(application, programme, receivable, application.approved, None, on)


def _programme(day: Day, invoice: Filed) -> Programme:
    return day.programmes[invoice.document.buyer.tax_id or ""]


def _dilutions(day: Day, documents: Sequence[Filed], on: date) -> list[Dilute]:
    notes = [f for f in documents if f.document.kind is Kind.CREDIT_NOTE]
    return credit_notes(notes, day.linker, on)
