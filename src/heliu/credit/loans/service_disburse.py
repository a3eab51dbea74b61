"""Use cases of the loans desk: disburse approved receivables, settle cash, note dilution.

Each is one transaction of the caller's: claim, limit, loan, journal, payment, facts and evidence
become true together or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from heliu.books.evidence.api import Entry, append
from heliu.books.ledger.api import Ledger
from heliu.credit.applications.api import Application
from heliu.credit.limits.api import (
    Axis,
    LimitExceeded,
    LineKey,
    Move,
    Reserve,
    cancel,
    reserve,
    utilise,
)
from heliu.credit.loans import facts, postings, store
from heliu.credit.loans.domain.loan import EventKind, Loan, LoanEvent, price
from heliu.credit.loans.errors import ledger_refused, limit_exceeded
from heliu.credit.products.api import Programme
from heliu.flows.intake.api import Filed
from heliu.flows.screening.api import ClaimCommand, Unclaimable, claim, release
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

# A reservation lives as long as its transaction; the expiry only matters after a crash between.
_RESERVATION_TIME: Final = timedelta(minutes=5)
# Below this a draw is not worth its papers (major units); a smaller approved amount is drawn whole.
MINIMUM_DRAW: Final = 1000


@dataclass(frozen=True, slots=True)
class Disburse:
    """Draw an approved application on its programme; `claim` is what the buyer owes."""

    application: Application
    programme: Programme
    invoice: Filed
    claim: Money
    on: date


@dataclass(frozen=True, slots=True)
class Disbursed:
    """The loan that was opened, the supplier's payment, and where both are proven."""

    loan: Loan
    payment: store.Payment
    transfers: tuple[UUID, ...]


def disburse(
    tx: Tx, ledger: Ledger, actor: Actor, commands: Sequence[Disburse], now: datetime
) -> list[Disbursed | Refusal]:
    """Open and pay a loan for each command, in order; a refusal refuses only its own command.

    A receivable that already has a loan answers with that loan again.
    """
    known = store.loans_of(tx, [command.invoice.id for command in commands])
    outcomes: dict[UUID, Disbursed | Refusal] = _again(tx, known)
    new = [command for command in commands if command.invoice.id not in known]
    loans = _limited(tx, _claimed(tx, actor, new, now, outcomes), now, outcomes)
    booked = _post(tx, ledger, loans, now, outcomes)
    utilise(tx, [_use(loan) for loan in booked], now)
    store.add_loans(tx, booked, now)
    opened = [_opened(loan) for loan in booked]
    outcomes |= {disbursed.loan.receivable_id: disbursed for disbursed in opened}
    store.add_events(tx, [_disbursal(d) for d in opened], now)
    store.add_payments(tx, [d.payment for d in opened], now)
    store.add_refused_draws(
        tx,
        [
            (command.application.id, outcome)
            for command in new
            if isinstance(outcome := outcomes[command.invoice.id], Refusal)
        ],
        now,
    )
    facts.tell_disbursed(tx, booked, now)
    facts.tell_paid(tx, [d.payment for d in opened], now)
    append(tx, [entry for d in opened for entry in _evidence(d)])
    return [outcomes[command.invoice.id] for command in commands]


def _again(tx: Tx, known: Mapping[UUID, Loan]) -> dict[UUID, Disbursed | Refusal]:
    ids = [loan.id for loan in known.values()]
    payments = {p.loan_id: p for p in store.payments_of(tx, ids) if p.kind == "proceeds"}
    events = store.events_of(tx, ids)
    return {
        receivable: Disbursed(loan, payments[loan.id], events[loan.id][0].transfers)
        for receivable, loan in known.items()
    }


def _claimed(
    tx: Tx,
    actor: Actor,
    commands: Sequence[Disburse],
    now: datetime,
    outcomes: dict[UUID, Disbursed | Refusal],
) -> list[Disburse]:
    """Those whose receivable was free and is now ours."""
    asked: list[tuple[Disburse, ClaimCommand]] = []
    for command in commands:
        try:
            asked.append((command, ClaimCommand.of(command.invoice, command.application.id, now)))
        except Unclaimable as refusal:
            outcomes[command.invoice.id] = refusal
    won = []
    answers = claim(tx, actor, [wanted for _, wanted in asked])
    for (command, _), answer in zip(asked, answers, strict=True):
        if answer.refusal is None:
            won.append(command)
        else:
            outcomes[command.invoice.id] = answer.refusal
    return won


def _limited(
    tx: Tx, commands: Sequence[Disburse], now: datetime, outcomes: dict[UUID, Disbursed | Refusal]
) -> list[Loan]:
    """Reserve on every axis; the loan is as large as the narrowest one allows."""
    granted = reserve(tx, [_reservation(command, now) for command in commands], now)
    loans = []
    for command, answer in zip(commands, granted, strict=True):
        if isinstance(answer, LimitExceeded):
            outcomes[command.invoice.id] = limit_exceeded(answer)
            release(tx, [command.application.id], now)
        else:
            loans.append(_loan(command, answer.amount))
    return loans


def _post(
    tx: Tx,
    ledger: Ledger,
    loans: Sequence[Loan],
    now: datetime,
    outcomes: dict[UUID, Disbursed | Refusal],
) -> list[Loan]:
    """Post every loan's journal; a loan the ledger refuses gives its claim and limit back."""
    accounts = postings.accounts(tx, ledger, loans)
    batches = [postings.disbursal(loan, accounts) for loan in loans]
    answers = iter(ledger.post(tx, [transfer for batch in batches for transfer in batch]))
    booked = []
    for loan, batch in zip(loans, batches, strict=True):
        refusals = [answer.refusal for answer in islice(answers, len(batch))]
        refused = next((refusal for refusal in refusals if refusal is not None), None)
        if refused is None:
            booked.append(loan)
            continue
        outcomes[loan.receivable_id] = ledger_refused(refused)
        cancel(tx, [_use(loan)], now)
        release(tx, [loan.application_id], now)
    return booked


def _reservation(command: Disburse, now: datetime) -> Reserve:
    amount, currency = command.application.approved, command.application.approved.currency
    least = min(amount, Money.of(str(MINIMUM_DRAW), currency))
    lines = (
        LineKey(Axis.PROGRAMME, command.programme.code, currency),
        LineKey(Axis.OBLIGOR, command.programme.buyer_uscc, currency),
        LineKey(Axis.SUPPLIER, command.application.supplier_uscc, currency),
    )
    key = derived_id("reservation", str(command.application.id))
    return Reserve(key, amount, least, lines, now + _RESERVATION_TIME)


def _loan(command: Disburse, principal: Money) -> Loan:
    application, due_on = command.application, command.invoice.document.due_on
    assert due_on is not None, "verification lets no invoice without a due date pass"
    assert application.annual_rate is not None, "an approval has its price"
    product = replace(command.programme.product, annual_rate=application.annual_rate)
    return Loan(
        id=derived_id("loan", str(command.invoice.id)),
        receivable_id=command.invoice.id,
        invoice_no=command.invoice.document.number,
        application_id=application.id,
        reservation_id=derived_id("reservation", str(application.id)),
        programme=command.programme.code,
        programme_version=command.programme.version,
        product=product,
        supplier_uscc=application.supplier_uscc,
        buyer_uscc=command.programme.buyer_uscc,
        principal=principal,
        discount=price(product, principal, command.on, due_on),
        claim=command.claim,
        opened_on=command.on,
        due_on=due_on,
    )


def _use(loan: Loan) -> Move:
    return Move(derived_id("use", str(loan.id)), loan.reservation_id, loan.principal)


def _opened(loan: Loan) -> Disbursed:
    keys = postings.disbursal_keys(loan)
    payment = store.Payment(
        id=derived_id("payment", str(loan.id), "proceeds"),
        loan_id=loan.id,
        kind="proceeds",
        payee_uscc=loan.supplier_uscc,
        amount=loan.proceeds,
        transfer=keys[-1],
        paid_on=loan.opened_on,
    )
    return Disbursed(loan, payment, keys)


def _disbursal(disbursed: Disbursed) -> store.Booked:
    loan = disbursed.loan
    event = LoanEvent(loan.id, 1, EventKind.DISBURSED, loan.opened_on, loan.principal.minor, 0)
    return store.Booked(event, loan.application_id, disbursed.transfers)


def _evidence(disbursed: Disbursed) -> list[Entry]:
    loan, payment = disbursed.loan, disbursed.payment
    return [
        Entry("loan", loan.id, facts.loan_body(loan)),
        Entry("payment", payment.id, facts.payment_body(payment)),
    ]
