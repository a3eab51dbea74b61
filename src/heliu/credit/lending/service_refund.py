"""Use case: what was overpaid goes back, to where it came from or to the borrower's own account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.credit.engine.api import EventKind, LoanEvent, Reversal
from heliu.credit.lending import errors, errors_cash, store
from heliu.credit.lending.domain.contract import Act, Funds, Moment, Refund
from heliu.credit.lending.domain.deciding import Life
from heliu.credit.lending.loading import load_lives
from heliu.credit.lending.onward import payment_of
from heliu.credit.lending.postings import deposit
from heliu.credit.lending.service_book import Done, book
from heliu.credit.lending.store_end import Source, sources
from heliu.credit.products.api import Part
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.rounds import rounds
from heliu.parties.party.api import find_parties
from heliu.payments.orders.api import Payee

_PAYMENTS: Final = frozenset({EventKind.REPAY, EventKind.PAY_OFF})


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What refunds are decided on: contracts, whose cash each act moved, accounts by owner."""

    lives: Mapping[UUID, Life]
    funds: Mapping[tuple[UUID, int], Funds]
    sources: Mapping[UUID, Source]
    accounts: Mapping[str, frozenset[str]]


def refund(
    tx: Tx, ledger: Ledger, actor: Actor, commands: Sequence[Refund], at: Moment
) -> list[Done | Refusal]:
    """Pay back what was overpaid, in order; one outcome per command, a refusal refuses only itself.

    The money reaches the borrower's account with us, and goes on by a payment order in the same
    transaction where it came from outside or an account is named. A key that is known answers as
    before if it was a refund of this contract and amount.
    """
    if not commands:
        return []
    ledger.hold(tx)
    known = store.known_events(tx, [command.key for command in commands])
    outcomes: dict[int, Done | Refusal] = {}
    for places in rounds([command.contract_id for command in commands]):
        shelf = _load(tx, [commands[place] for place in places])
        acts: dict[int, Act] = {}
        for place in places:
            command = commands[place]
            if command.key in known:
                outcomes[place] = _again(tx, command, shelf, known[command.key][1:])
                continue
            act = _act(command, shelf, at)
            if isinstance(act, Refusal):
                outcomes[place] = act
            else:
                acts[place] = act
        outcomes |= zip(acts, book(tx, ledger, actor, list(acts.values()), at), strict=True)
    return [outcomes[place] for place in range(len(commands))]


def _load(tx: Tx, commands: Sequence[Refund]) -> _Shelf:
    lives, funds = load_lives(tx, store.lock(tx, [command.contract_id for command in commands]))
    paid = [event.id for life in lives.values() for event in life.events if event.kind in _PAYMENTS]
    named = {
        lives[c.contract_id].contract.borrower_uscc
        for c in commands
        if c.to is not None and c.contract_id in lives
    }
    parties = find_parties(tx, sorted(named)) if named else {}
    accounts = {
        uscc: frozenset(account.number for account in party.profile.accounts)
        for uscc, party in parties.items()
    }
    return _Shelf(lives, funds, sources(tx, paid), accounts)


def _again(tx: Tx, command: Refund, shelf: _Shelf, before: tuple[UUID, int]) -> Done | Refusal:
    """The answer to a key that booked an act before."""
    contract, no = before
    life = shelf.lives.get(command.contract_id)
    if life is None or contract != command.contract_id:
        return errors.key_reused()
    event = life.events[no - 1]
    amount = command.amount
    same = amount is None or amount == Money(event.money, life.contract.currency)
    if event.kind is not EventKind.REFUND or not same:
        return errors.key_reused()
    return Done(
        contract, no, store.transfers_of(tx, contract, no), payment_of(tx, command.key), again=True
    )


def _act(command: Refund, shelf: _Shelf, at: Moment) -> Act | Refusal:
    life = shelf.lives.get(command.contract_id)
    if life is None:
        return errors.contract_unknown()
    overpaid = Money(life.booked.get(Part.OVERPAID, 0), life.contract.currency)
    if overpaid.minor == 0:
        return errors_cash.nothing_overpaid()
    amount = command.amount or overpaid
    if amount.currency != overpaid.currency:
        return errors.currency_not_lent(amount.currency, [overpaid.currency])
    if amount > overpaid:
        return errors_cash.beyond_overpaid(overpaid)
    payee = _named(command.to, life, shelf) if command.to else _source(life, amount, shelf)
    if isinstance(payee, Refusal):
        return payee
    return Act(
        command.key,
        command.contract_id,
        EventKind.REFUND,
        at.business_date,
        amount,
        payee=payee,
    )


def _named(to: Payee, life: Life, shelf: _Shelf) -> Payee | Refusal | None:
    """The borrower's own account: with us (None), in his party file, or one he has paid from."""
    borrower = life.contract.borrower_uscc
    if to.account == deposit(borrower, life.contract.currency).name:
        return None
    if to.uscc not in (None, borrower):
        return errors_cash.refund_account_not_his()
    paid_from = {shelf.sources[e.id].account for e in life.events if e.id in shelf.sources}
    his = shelf.accounts.get(borrower, frozenset()) | paid_from
    if ":" not in to.account and to.account not in his:
        return errors_cash.refund_account_not_his()
    return Payee(to.name, to.account, borrower, to.bank)


def _source(life: Life, amount: Money, shelf: _Shelf) -> Payee | Refusal | None:
    """Where the last payment came from; None: from the borrower's account with us."""
    gone = {e.detail.of for e in life.events if isinstance(e.detail, Reversal)}
    paid = [e for e in life.events if e.kind in _PAYMENTS and e.no not in gone]
    assert paid, "only what was paid is overpaid"
    last: LoanEvent = paid[-1]
    if last.money < amount.minor:
        return errors_cash.refund_account_unknown()
    if shelf.funds[life.contract.id, last.no] is Funds.DEPOSIT:
        return None
    source = shelf.sources.get(last.id)
    return errors_cash.refund_account_unknown() if source is None else Payee(*source)
