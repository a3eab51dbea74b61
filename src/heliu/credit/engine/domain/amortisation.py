"""Amortisation: how a debt is spread over the periods that are left, by the kind agreed.

Given are the balance, what each period costs per unit owed, and interest already earned in the
running period. Equal instalments solve E = (R x P1 + sum k_i x P_i+1 - balloon) / sum P_i+1, where
P_i is the product of (1 + f) from period i on (the annuity over unequal periods); the rest of
rounding goes where the terms say. All amounts are minor units; every fen of the balance is placed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from heliu.credit.engine.domain.factors import ONE, PRECISE, ZERO, in_minor
from heliu.credit.engine.domain.terms import Amortisation, RemainderPlace, Rounding

_TRIES: Final = 3
_LAST_ONLY: Final = frozenset(
    {Amortisation.BULLET, Amortisation.INTEREST_ONLY_THEN_BULLET, Amortisation.DISCOUNT}
)


class Slot(NamedTuple):
    """A period: its cost per unit owed, interest already earned in it, and what it is spared."""

    factor: Decimal
    known: Decimal = ZERO
    no_principal: bool = False
    interest_later: bool = False


@dataclass(frozen=True, slots=True)
class Debt:
    """What is to be spread: `balance` > 0 over `slots`; flat interest is charged on `flat_on`.

    `instalment` keeps an instalment (or, of equal principal, its principal part) as it was: then
    the debt ends early or its last periods carry what is left.
    """

    kind: Amortisation
    balance: int
    slots: Sequence[Slot]
    rounding: Rounding
    balloon: int = 0
    flat_on: int | None = None
    instalment: int | None = None


class Parts(NamedTuple):
    """What the periods ask for, in columns: a long plan is solved anew at each change of rate."""

    principal: list[int]
    interest: list[int]
    carried: list[int]  # interest put off to the periods after it

    @property
    def last(self) -> int:
        """The last instalment."""
        return self.principal[-1] + self.interest[-1]


@dataclass(frozen=True, slots=True)
class Spread:
    """The parts in order, and the instalment (or principal part) they were made of."""

    parts: Parts
    instalment: int


def spread(debt: Debt) -> Spread:
    """Spread a debt. The principal parts sum to the balance; none is below zero."""
    if debt.kind in _LAST_ONLY:
        made = Spread(_walk(debt, 0, principal_part=True), 0)
    elif debt.kind is Amortisation.EQUAL_PRINCIPAL or debt.flat_on is not None:
        made = _equal_principal(debt)
    else:
        made = _equal_instalments(debt)
    # Paired with the ledger's floor on a loan's principal: no fen is lost in the division.
    assert sum(made.parts.principal) == debt.balance
    assert min(made.parts.principal) >= 0 <= min(made.parts.interest)
    return made


def _equal_principal(debt: Debt) -> Spread:
    count = sum(not slot.no_principal for slot in debt.slots)
    share = debt.instalment
    if share is None:
        exact = PRECISE.divide(Decimal(debt.balance - debt.balloon), Decimal(max(count, 1)))
        share = min(_in_multiples(debt.rounding, exact), debt.balance)
        if debt.rounding.remainder is RemainderPlace.FIRST and count > 1:
            first = debt.balance - debt.balloon - share * (count - 1)
            if first >= 0:
                return Spread(_walk(debt, share, first=first, principal_part=True), share)
    return Spread(_walk(debt, share, principal_part=True), share)


def _equal_instalments(debt: Debt) -> Spread:
    if debt.instalment is not None:
        return Spread(_walk(debt, debt.instalment), debt.instalment)
    emi = _in_multiples(debt.rounding, _annuity(debt))
    parts = _walk(debt, emi)
    if debt.rounding.remainder is RemainderPlace.FIRST:
        return _rest_first(debt, emi, parts)
    if debt.rounding.smooth:
        emi, parts = _smoothed(debt, emi, parts)
    return Spread(parts, emi)


def _annuity(debt: Debt) -> Decimal:
    """The instalment, unrounded. Periods spared their principal pay their interest alone."""
    product, shares, known = ONE, ZERO, ZERO
    add, multiply = PRECISE.add, PRECISE.multiply
    for factor, earned, no_principal, interest_later in reversed(debt.slots):
        if no_principal:
            continue
        shares = add(shares, product)
        if earned:
            known = add(known, multiply(earned, product))
        if not interest_later:
            product = multiply(product, ONE + factor)
    if not shares:
        return ZERO
    owed = PRECISE.multiply(Decimal(debt.balance), product)
    return PRECISE.divide(owed + known - Decimal(debt.balloon), shares)


def _walk(
    debt: Debt, share: int, *, first: int | None = None, principal_part: bool = False
) -> Parts:
    """Period by period: interest on what is left, principal from the share, the rest at the end."""
    left, carried, flat_on = debt.balance, 0, debt.flat_on
    principals: list[int] = []
    interests: list[int] = []
    put_off: list[int] = []
    multiply, rounded = PRECISE.multiply, in_minor(debt.rounding.mode)
    wanted = share if first is None else first
    for factor, known, no_principal, interest_later in debt.slots:
        cost = multiply(left if flat_on is None else flat_on, factor)
        if known:
            cost += known
        interest = int(rounded(cost)) if cost > ZERO else 0
        principal = 0 if no_principal else wanted if principal_part else wanted - interest
        if not 0 <= principal <= left:
            principal = max(0, min(principal, left))
        left -= principal
        carried += interest
        asked = 0 if interest_later else carried
        carried -= asked
        principals.append(principal)
        interests.append(asked)
        put_off.append(carried)
        wanted = share
    principals[-1] += left
    interests[-1] += carried
    put_off[-1] = 0
    return Parts(principals, interests, put_off)


def _smoothed(debt: Debt, emi: int, parts: Parts) -> tuple[int, Parts]:
    """Shift the instalment while that brings the last period nearer to the others."""
    rows = sum(not slot.no_principal for slot in debt.slots)
    for _ in range(_TRIES):
        gap = parts.last - debt.balloon - emi
        if rows < 2 or abs(gap) <= rows // 2:  # noqa: PLR2004
            return emi, parts
        shifted = _in_multiples(debt.rounding, emi + PRECISE.divide(Decimal(gap), Decimal(rows)))
        tried = _walk(debt, shifted)
        if abs(tried.last - debt.balloon - shifted) >= abs(gap):
            return emi, parts
        emi, parts = shifted, tried
    return emi, parts


def _rest_first(debt: Debt, emi: int, parts: Parts) -> Spread:
    """Move what the last period is off by to the first (what is left of it is a fen or two)."""
    first = emi
    for _ in range(_TRIES):
        gap = parts.last - debt.balloon - emi
        if len(debt.slots) < 2 or not gap:  # noqa: PLR2004
            break
        growth = ONE
        for slot in debt.slots[1:]:
            growth = PRECISE.multiply(growth, ONE + slot.factor)
        shift = _rounded(debt.rounding, PRECISE.divide(Decimal(gap), growth))
        if not shift:
            break
        first += shift
        parts = _walk(debt, emi, first=first)
    return Spread(parts, emi)


def _rounded(rounding: Rounding, amount: Decimal) -> int:
    return int(in_minor(rounding.mode)(amount))


def _in_multiples(rounding: Rounding, amount: Decimal) -> int:
    """To the minor unit, then to the agreed multiple unless that would make it nothing."""
    minor, step = _rounded(rounding, amount), rounding.instalment_multiple
    if step <= 1:
        return minor
    return _rounded(rounding, Decimal(minor) / step) * step or minor
