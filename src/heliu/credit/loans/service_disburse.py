"""Disburse approved receivables: E秒放款.

It is one transaction of the caller's: claim, limit, loan, journal, payment, facts and evidence
become true together or not at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from itertools import islice
from typing import Final
from uuid import UUID

from heliu.books.evidence.api import Entry, record
from heliu.books.ledger.api import Ledger
from heliu.credit.applications.api import Application, Receivable
from heliu.credit.limits.api import (
    LimitExceeded,
    Move,
    Reserve,
    axes,
    reserve,
    utilise,
)
from heliu.credit.limits.api import release as give_back
from heliu.credit.loans import facts, postings, store
from heliu.credit.loans.domain.loan import EventKind, Loan, LoanEvent, price
from heliu.credit.loans.errors import ledger_refused, limit_exceeded
from heliu.credit.products.api import Product, Programme
from heliu.flows.screening.api import ClaimCommand, Unclaimable, claim, release
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

# Below this a draw is not worth its papers (major units); a smaller approved amount is drawn whole.
MINIMUM_DRAW: Final = 1000


@dataclass(frozen=True, slots=True)
class Disburse:
    """Draw an approved application on its programme.

    `reserved` is the reservation its decision holds on the limits; None draws on what is free.
    `amount` (> 0) may be less than was approved.
    """

    application: Application
    programme: Programme
    receivable: Receivable
    amount: Money
    reserved: UUID | None
    on: date


@dataclass(frozen=True, slots=True)
class Disbursed:
    """The loan that was opened, the supplier's payment, and where both are proven.

    `again`: the receivable had this loan before.
    """

    loan: Loan
    payment: store.Payment
    transfers: tuple[UUID, ...]
    again: bool = False


def minimum_draw(amount: Money) -> Money:
    """The least of `amount` that a limit must have room for."""
    return min(amount, _minimum(amount.currency))


@cache
def _minimum(currency: str) -> Money:
    return Money.of(str(MINIMUM_DRAW), currency)


def disburse(
    tx: Tx, ledger: Ledger, actor: Actor, commands: Sequence[Disburse], now: datetime
) -> list[Disbursed | Refusal]:
    """Open and pay a loan for each command, in order; a refusal refuses only its own command.

    A receivable that already has a loan answers with that loan again.
    """
    if not commands:
        return []
    known = store.loans_of(tx, [command.receivable.id for command in commands])
    outcomes: dict[UUID, Disbursed | Refusal] = _again(tx, known)
    # Of two draws on one receivable in a batch, the first one counts.
    first = {c.receivable.id: c for c in reversed(commands) if c.receivable.id not in known}
    new = list(first.values())[::-1]
    loans = _limited(tx, _claimed(tx, actor, new, now, outcomes), now, outcomes)
    opened = [_opened(*booked) for booked in _post(tx, ledger, loans, now, outcomes)]
    outcomes |= {disbursed.loan.receivable_id: disbursed for disbursed in opened}
    store.add_loans(tx, [d.loan for d in opened], now)
    store.add_events(tx, [_disbursal(d) for d in opened], now)
    store.add_payments(tx, [d.payment for d in opened], now)
    store.add_refused_draws(
        tx,
        [
            (command.application.id, outcome)
            for command in new
            if isinstance(outcome := outcomes[command.receivable.id], Refusal)
        ],
        now,
    )
    facts.tell_disbursed(tx, [(d.loan, d.payment) for d in opened], now)
    record(tx, [entry for d in opened for entry in _evidence(d)])
    return [outcomes[command.receivable.id] for command in commands]


def _again(tx: Tx, known: Mapping[UUID, Loan]) -> dict[UUID, Disbursed | Refusal]:
    if not known:
        return {}
    ids = [loan.id for loan in known.values()]
    payments = {p.loan_id: p for p in store.payments_of(tx, ids) if p.kind == "proceeds"}
    events = store.events_of(tx, ids)
    return {
        receivable: Disbursed(loan, payments[loan.id], events[loan.id][0].transfers, again=True)
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
        claimed = command.receivable.claimed
        if claimed is None:
            outcomes[command.receivable.id] = Unclaimable(command.receivable.id, "identity")
        else:
            asked.append((command, ClaimCommand(claimed, command.application.id, now)))
    won = []
    answers = claim(tx, actor, [wanted for _, wanted in asked])
    for (command, _), answer in zip(asked, answers, strict=True):
        if answer.refusal is None:
            won.append(command)
        else:
            outcomes[command.receivable.id] = answer.refusal
    return won


def _limited(
    tx: Tx, commands: Sequence[Disburse], now: datetime, outcomes: dict[UUID, Disbursed | Refusal]
) -> list[Loan]:
    """Use the limits on every axis; a loan is as large as the narrowest one allows."""
    held = [command for command in commands if command.reserved is not None]
    utilise(tx, [_use(command) for command in held], now)
    loans = {command.receivable.id: _loan(command, command.amount) for command in held}
    free = [command for command in commands if command.reserved is None]
    granted = reserve(tx, [_reservation(command) for command in free], now)
    for command, answer in zip(free, granted, strict=True):
        if isinstance(answer, LimitExceeded):
            outcomes[command.receivable.id] = limit_exceeded(answer)
            release(tx, [command.application.id], now)
        else:
            loans[command.receivable.id] = _loan(command, answer.amount)
    return [loans[c.receivable.id] for c in commands if c.receivable.id in loans]


def _post(
    tx: Tx,
    ledger: Ledger,
    loans: Sequence[Loan],
    now: datetime,
    outcomes: dict[UUID, Disbursed | Refusal],
) -> list[tuple[Loan, tuple[UUID, ...]]]:
    """Post every loan's journal; a loan the ledger refuses gives its claim and limit back.

    Returns the loans that were booked, with the keys of their transfers.
    """
    accounts = postings.accounts(tx, ledger, loans, new=True)
    batches = [postings.disbursal(loan, accounts) for loan in loans]
    answers = iter(ledger.post(tx, [transfer for batch in batches for transfer in batch]))
    booked = []
    for loan, batch in zip(loans, batches, strict=True):
        refusals = [answer.refusal for answer in islice(answers, len(batch))]
        refused = next((refusal for refusal in refusals if refusal is not None), None)
        if refused is None:
            booked.append((loan, tuple(transfer.key for transfer in batch)))
            continue
        outcomes[loan.receivable_id] = ledger_refused(refused)
        unused = derived_id("unused", str(loan.id), str(loan.reservation_id))
        give_back(tx, [Move(unused, loan.reservation_id, loan.principal)], now)
        release(tx, [loan.application_id], now)
    return booked


def _reservation(command: Disburse) -> Reserve:
    least = minimum_draw(command.amount)
    lines = axes(command.programme, command.application.supplier_uscc)
    return Reserve(_reservation_id(command), command.amount, least, lines, expires_at=None)


def _reservation_id(command: Disburse) -> UUID:
    return command.reserved or derived_id("reservation", str(command.application.id))


def _use(command: Disburse) -> Move:
    key = derived_id("use", str(command.reserved))
    return Move(key, _reservation_id(command), command.amount)


def _loan(command: Disburse, principal: Money) -> Loan:
    application, due_on = command.application, command.receivable.due_on
    assert due_on is not None, "verification lets no invoice without a due date pass"
    assert application.annual_rate is not None, "an approval has its price"
    product = _priced(command.programme.product, application.annual_rate)
    return Loan(
        id=derived_id("loan", str(command.receivable.id)),
        receivable_id=command.receivable.id,
        invoice_no=command.receivable.invoice_no,
        application_id=application.id,
        reservation_id=_reservation_id(command),
        programme=command.programme.code,
        programme_version=command.programme.version,
        product=product,
        supplier_uscc=application.supplier_uscc,
        buyer_uscc=command.programme.buyer_uscc,
        principal=principal,
        discount=price(product, principal, command.on, due_on),
        claim=command.receivable.eligible,
        opened_on=command.on,
        due_on=due_on,
    )


@lru_cache(maxsize=1024)
def _priced(product: Product, annual_rate: Decimal) -> Product:
    return replace(product, annual_rate=annual_rate)


def _opened(loan: Loan, keys: tuple[UUID, ...]) -> Disbursed:
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
