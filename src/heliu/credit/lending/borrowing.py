"""What the loan book tells of borrowers, and what their applications tell of a contract."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from heliu.credit.engine.api import Status, balances, fold
from heliu.credit.lending import store_read
from heliu.credit.lending.domain.deciding import Life, drawable
from heliu.credit.lending.loading import load_lives
from heliu.credit.origination.api import Manner, Standing, accepted
from heliu.credit.products.api import Part
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.payments.orders.api import Payee


def standings(tx: Tx, currencies: Mapping[str, str], on: date) -> dict[str, Standing]:
    """What each borrower owes and may still draw at the end of day `on`.

    `currencies` say by borrower in which currency it is asked. Nothing is converted: who owes in
    another one is answered in that one, and who asked must see that they differ.
    """
    known = store_read.borrowed(tx, list(currencies))
    lives, _ = load_lives(tx, [no for _, no, _ in known])
    by_number = {life.contract.no: life for life in lives.values()}
    theirs: dict[str, list[tuple[Life, list[UUID]]]] = defaultdict(list)
    for borrower, no, applications in known:
        theirs[borrower].append((by_number[no], applications))
    return {
        borrower: _standing(contracts, currencies[borrower], on)
        for borrower, contracts in theirs.items()
    }


def agreed_payees(tx: Tx, contracts: Sequence[UUID]) -> dict[UUID, Payee]:
    """The only payee of a contract's draws, where its application agreed on one (受托支付)."""
    applied = store_read.applied(tx, contracts)
    agreed = accepted(tx, list(applied.values())) if applied else {}
    found = {}
    for contract, application in applied.items():
        terms = agreed.get(application)
        if terms is not None and terms.manner is Manner.ENTRUSTED and terms.payee is not None:
            found[contract] = Payee(terms.payee.name, terms.payee.account)
    return found


def _standing(
    contracts: Sequence[tuple[Life, Sequence[UUID]]], currency: str, on: date
) -> Standing:
    sums: dict[str, int] = defaultdict(int)
    for life, _ in contracts:
        sums[life.contract.currency] += _exposed(life, on)
    foreign = next((c for c, amount in sums.items() if amount and c != currency), currency)
    return Standing(
        outstanding=Money(sums[foreign], foreign),
        existing=any(life.booked.get(Part.PRINCIPAL_DISBURSED, 0) for life, _ in contracts),
        opened=frozenset(one for _, applications in contracts for one in applications),
    )


def _exposed(life: Life, on: date) -> int:
    """What is owed, and what may be drawn until the contract ends; minor units."""
    if life.cancelled:
        return 0
    state = fold(life.contract.terms, life.events, on)
    found = balances(state, on)
    interest = found.interest_accrued + found.interest_due + found.penalty + found.compound
    owed = found.principal + interest + found.fees
    over = on >= life.contract.matures_on or state.status is Status.WRITTEN_OFF
    return owed if over else owed + drawable(life)
