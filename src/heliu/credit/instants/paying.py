"""E秒支付: onward from the supplier's account, at once inside, by a rail outside.

The proceeds of every drawdown stand on the supplier's account of our ledger. A financing without
a payee ends there; a payee named, or a payment asked for, sends money on.
"""

from collections.abc import Sequence
from datetime import date, datetime

from heliu.credit.instants import errors
from heliu.credit.instants.case import Case, Till, key_of, part_of
from heliu.credit.instants.domain import ActKind
from heliu.credit.loans.api import Loan, deposits
from heliu.decisions.verdicts.api import Profile
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.payments.orders.api import (
    AskEntrusted,
    Entrusted,
    EntrustedRule,
    Order,
    Payee,
    entrust,
    order_payments,
    payee_refusal,
)


def check_payees(tx: Tx, till: Till, cases: Sequence[Case], on: date) -> None:
    """Before money is lent or moved: is the payee legible, and named by papers where he must be?

    The largest amount that may come of a case is asked about, so a smaller one is covered.
    """
    for case in cases:
        if case.ask.payee is not None:
            case.refusal = payee_refusal(_payee(till, case))
    asked = [case for case in cases if case.refusal is None]
    if not asked:
        return
    questions = [
        AskEntrusted(case.owed.supplier, _payee(till, case), case.wanted, _rule(case), on)
        for case in asked
    ]
    answers = entrust(tx, questions, production=till.policy.profile is Profile.PRODUCTION)
    for case, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Refusal):
            case.refusal = answer
        elif isinstance(answer, Entrusted):
            case.entrusted = answer


def pay(tx: Tx, till: Till, cases: Sequence[Case], on: date, now: datetime) -> None:
    """Send the money of each case on to its payee."""
    going = [case for case in cases if _goes_on(case)]
    if not going:
        return
    accounts = deposits(tx, till.ledger, [_loan(case) for case in going])
    orders = []
    for case in going:
        loan = _loan(case)
        orders.append(
            Order(
                key=key_of(case.ask.key, "payment"),
                payer=accounts[loan.id],
                payee=_payee(till, case),
                amount=case.paid or loan.proceeds,
                basis_id=loan.id,
                on=on,
                parties=(loan.supplier_uscc,),
                payer_name=_name(till, case),
                payer_uscc=loan.supplier_uscc,
                entrusted=case.entrusted,
            )
        )
    for case, placed in zip(
        going, order_payments(tx, till.ledger, till.actor, orders, now), strict=True
    ):
        if isinstance(placed, Refusal):
            case.refusal = placed
        else:
            case.payment, case.paid = placed.id, placed.order.amount
            case.status = placed.state.value


def amounts(cases: Sequence[Case]) -> None:
    """How much each payment asked for on its own sends on: a part of its drawdown's proceeds."""
    for case in cases:
        most = _loan(case).proceeds
        case.amount = case.paid = part_of(case.ask.amount, most)
        case.result = key_of(case.ask.key, "payment")
        if case.paid is None:
            case.refusal = errors.amount_invalid(most)


def _goes_on(case: Case) -> bool:
    return case.ask.kind is ActKind.PAYMENT or case.ask.payee is not None


def _rule(case: Case) -> EntrustedRule:
    rule = case.terms.entrusted_payment
    return EntrustedRule(rule.required, rule.above)


def _payee(till: Till, case: Case) -> Payee:
    """Whom it goes to: the payee named, or the supplier's own account as the programme has it."""
    named = case.ask.payee
    if named is not None:
        return Payee(named.name, named.account, named.uscc)
    enrolled = till.shelf.enrolled(case.terms, case.owed.supplier)
    if enrolled is None:
        return Payee("", "", case.owed.supplier)
    return Payee(enrolled.name.zh, enrolled.account, enrolled.uscc)


def _name(till: Till, case: Case) -> str:
    enrolled = till.shelf.enrolled(case.terms, case.owed.supplier)
    return enrolled.name.zh if enrolled else case.owed.supplier


def _loan(case: Case) -> Loan:
    assert case.loan is not None, "a payment rests on a drawdown"
    return case.loan
