"""What stands around money paid out: cover, whose invoices, may the payee be paid; pay him."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from heliu.books.ledger.api import Ledger
from heliu.credit.collateral.api import Ask, coverage, shipped_book
from heliu.credit.engine.api import EventKind
from heliu.credit.lending import errors, errors_cash, postings, store_read
from heliu.credit.lending.borrowing import agreed_payees
from heliu.credit.lending.claiming import refused_invoices, sides_of
from heliu.credit.lending.domain.contract import Moment
from heliu.credit.lending.domain.deciding import Decided
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.payments.orders.api import (
    AskEntrusted,
    Entrusted,
    EntrustedRule,
    Order,
    Payee,
    entrust,
    order_id,
    order_payments,
    orders_by_id,
    payee_refusal,
)

_WHOLE_BP: Final = 10_000


def check(tx: Tx, decided: Sequence[Decided], at: Moment) -> dict[UUID, Refusal]:
    """Why draws cannot be made although the contract allows them, by act key."""
    draws = [one for one in decided if _is_draw(one)]
    out = [one for one in decided if _is_sent_on(one)]
    refused = _unpayable(tx, out, at) if out else {}
    if not draws:
        return refused
    return _uncovered(tx, draws, at) | refused | _not_agreed(tx, draws) | _not_theirs(tx, draws)


def pay(
    tx: Tx, ledger: Ledger, actor: Actor, posted: Sequence[Decided], at: Moment
) -> dict[UUID, UUID]:
    """Send what draws and refunds paid out on to their payees; the payment of each, by act key.

    `check` has found them payable. Raises Refusal if one is refused all the same: the act must
    not stand without it.
    """
    going = [one for one in posted if _is_sent_on(one)]
    if not going:
        return {}
    wanted = [postings.deposit(_borrower(o), _currency(o)) for o in going]
    accounts = ledger.open_accounts(tx, wanted)
    draws = [one for one in going if _is_draw(one)]
    answers = entrust(tx, [_ask(one, at) for one in draws])
    entrusted = {one.act.key: answer for one, answer in zip(draws, answers, strict=True)}
    orders = []
    for one, account in zip(going, accounts, strict=True):
        answer = entrusted.get(one.act.key)
        assert one.act.payee is not None, "who is paid was named"
        orders.append(
            Order(
                key=_payment_key(one.act.key),
                payer=account,
                payee=one.act.payee,
                amount=Money(one.proceeds, _currency(one)),
                basis_id=one.life.contract.id,
                on=at.business_date,
                parties=(_borrower(one),),
                payer_uscc=_borrower(one),
                entrusted=answer if isinstance(answer, Entrusted) else None,
            )
        )
    placed = {}
    for one, order in zip(going, order_payments(tx, ledger, actor, orders, at.now), strict=True):
        if isinstance(order, Refusal):
            raise order
        placed[one.act.key] = order.id
    return placed


def payment_of(tx: Tx, act: UUID) -> UUID | None:
    """The payment that an act ordered, if it did."""
    identity = order_id(_payment_key(act))
    return identity if orders_by_id(tx, [identity]) else None


def _uncovered(tx: Tx, draws: Sequence[Decided], at: Moment) -> dict[UUID, Refusal]:
    secured = [one for one in draws if one.life.product.collateral.coverage is not None]
    if not secured:
        return {}
    debts = [Money(one.state.principal_outstanding, _currency(one)) for one in secured]
    asks = [Ask(o.life.contract.id, debt) for o, debt in zip(secured, debts, strict=True)]
    refused = {}
    for one, answer in zip(
        secured, coverage(tx, asks, shipped_book(), at.business_date), strict=True
    ):
        least = one.life.product.collateral.coverage
        assert least is not None, "only what must be covered is asked about"
        line_bp = int(least * _WHOLE_BP)
        if isinstance(answer, Refusal):
            refused[one.act.key] = answer
        elif not answer.meets(line_bp):
            needed = answer.lendable + answer.shortfall(line_bp)
            refused[one.act.key] = errors.not_covered(answer.lendable, needed)
    return refused


def _unpayable(tx: Tx, out: Sequence[Decided], at: Moment) -> dict[UUID, Refusal]:
    named = [(one, one.act.payee) for one in out if one.act.payee is not None]
    inside = [payee.account for _, payee in named if _is_inside(payee)]
    known = store_read.customers(tx, inside) if inside else set[str]()
    refused = {}
    for one, payee in named:
        if (wrong := payee_refusal(payee)) is not None:
            refused[one.act.key] = wrong
        elif payee.account == postings.deposit(_borrower(one), _currency(one)).name:
            refused[one.act.key] = errors_cash.payee_is_borrower()
        elif _is_inside(payee) and not _is_his(payee, known):
            refused[one.act.key] = errors_cash.payee_account_unknown()
    asked = [one for one, _ in named if _is_draw(one) and one.act.key not in refused]
    if not asked:
        return refused
    for one, answer in zip(asked, entrust(tx, [_ask(o, at) for o in asked]), strict=True):
        if isinstance(answer, Refusal):
            refused[one.act.key] = answer
    return refused


def _not_agreed(tx: Tx, draws: Sequence[Decided]) -> dict[UUID, Refusal]:
    agreed = agreed_payees(tx, [one.life.contract.id for one in draws])
    return {
        one.act.key: errors_cash.payee_not_agreed()
        for one in draws
        if (payee := agreed.get(one.life.contract.id)) is not None and not _is(one.act.payee, payee)
    }


def _not_theirs(tx: Tx, draws: Sequence[Decided]) -> dict[UUID, Refusal]:
    """What the invoices of a receivable say is read again before each draw on it."""
    owed = {one.act.key: one for one in draws if one.life.contract.obligor_uscc is not None}
    if not owed:
        return {}
    named = store_read.invoices(tx, [one.life.contract.id for one in owed.values()])
    rests = [
        (key, named[one.life.contract.id], sides)
        for key, one in owed.items()
        if one.life.contract.id in named
        and (sides := sides_of(_borrower(one), one.life.contract.obligor_uscc)) is not None
    ]
    return refused_invoices(tx, rests)


def _is(asked: Payee | None, agreed: Payee) -> bool:
    """Who was agreed, whatever more is said of him now (his USCC, his bank)."""
    return asked is not None and (asked.name, asked.account) == (agreed.name, agreed.account)


def _is_inside(payee: Payee) -> bool:
    return ":" in payee.account


def _is_his(payee: Payee, known: set[str]) -> bool:
    """Whether an account of our ledger is open, and the payee's own where he says who he is."""
    parts = payee.account.split(":")
    return payee.account in known and (payee.uscc is None or payee.uscc in parts)


def _ask(one: Decided, at: Moment) -> AskEntrusted:
    rule, currency = one.life.product.entrusted_payment, _currency(one)
    above = None if rule.above is None else Money.of(rule.above, currency)
    assert one.act.payee is not None, "only named payees are asked about"
    return AskEntrusted(
        one.life.contract.borrower_uscc,
        one.act.payee,
        Money(one.proceeds, currency),
        EntrustedRule(rule.required, above),
        at.business_date,
    )


def _is_draw(one: Decided) -> bool:
    return one.event.kind is EventKind.DISBURSE


def _is_sent_on(one: Decided) -> bool:
    paid_out = _is_draw(one) or one.event.kind is EventKind.REFUND
    return paid_out and one.act.payee is not None


def _borrower(one: Decided) -> str:
    return one.life.contract.borrower_uscc


def _currency(one: Decided) -> str:
    return one.life.contract.currency


def _payment_key(act: UUID) -> UUID:
    return derived_id("lending payment", act.hex)
