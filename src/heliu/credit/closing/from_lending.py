"""The loan book (credit/lending) as positions: what the engine folds, and what may step by itself.

A loan is stepped in columns while one instalment runs at a time, nothing later is paid ahead, its
rates are whole millionths and its allowance is shorter than its periods; any other is folded anew
every day.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from heliu.credit.classification.api import MILLION
from heliu.credit.closing import store_books
from heliu.credit.closing.domain.columns import Columns, Position, Trait, number_of
from heliu.credit.closing.found import Asked, Book, Found, NextPeriod
from heliu.credit.closing.store import AccountPair, Accounts
from heliu.credit.engine.api import Amortisation, DayCount, Instalment, LoanState, Status, rate_on
from heliu.credit.lending.api import Standing, control, standing_of
from heliu.credit.products.api import (
    ACCRUED_FROM,
    LoanProduct,
    Part,
    Recourse,
    RepaidBy,
    Scope,
    loan_products_by_no,
)
from heliu.ground.db import Tx
from heliu.ground.errors import Fault

_BATCH: Final = 500
_DONE: Final = frozenset({Status.CLOSED, Status.WRITTEN_OFF, Status.OVERPAID})
_SEGMENTS: Final = {
    Recourse.FULL: "receivable_recourse",
    Recourse.BUY_BACK: "receivable_recourse",
    Recourse.NONE: "receivable_outright",
}


def folded(tx: Tx, asked: Asked, daily: Sequence[int]) -> list[Found]:
    """Contracts with events on the day, and `daily` ones, folded to its end."""
    changed = store_books.contracts_changed(tx, asked.day, first=asked.since is None)
    numbers = sorted({*changed, *daily})
    found: list[Found] = []
    for start in range(0, len(numbers), _BATCH):
        standings = standing_of(tx, asked.day, numbers[start : start + _BATCH])
        products = loan_products_by_no(tx, [s.contract.product_no for s in standings])
        found += [
            _found(s, products[s.contract.product_no].product, asked)
            for s in standings
            if s.state.disbursed
        ]
    return found


def next_periods(tx: Tx, day: date) -> list[NextPeriod]:
    """The periods that begin on `day`, as the plans were known at its end."""
    later = set(store_books.changed_later(tx, day))
    kept = [NextPeriod(*row) for row in store_books.next_periods(tx, day) if row[0] not in later]
    for standing in standing_of(tx, day, sorted(later)):
        kept += _next_of(standing, day)
    return kept


def _next_of(standing: Standing, day: date) -> Iterator[NextPeriod]:
    for row in standing.state.instalments:
        if row.from_date == day < row.due_date:
            paid = row.interest_paid
            yield NextPeriod(
                *(standing.contract.no, row.due_date, row.interest, paid),
                row.principal - row.principal_paid,
            )


def _found(standing: Standing, product: LoanProduct, asked: Asked) -> Found:
    contract = standing.contract
    return Found(
        *(Book.LENDING, contract.id, contract.no, f"{product.code}@{product.version}"),
        *(_accounts(product, contract.currency), contract.currency, asked.day),
        *(contract.borrower_uscc, contract.obligor_uscc),
        position_of(standing, product, asked),
    )


def _accounts(product: LoanProduct, currency: str) -> Accounts:
    """Between which control accounts each accrued part is posted, their currency left out."""
    made: Accounts = {}
    for row in product.postings.rows:
        if row.part >= ACCRUED_FROM:
            debit, credit = (_account(product, role, currency) for role in (row.debit, row.credit))
            made[row.part] = AccountPair(*debit, *credit)
    return made


def _account(product: LoanProduct, role: str, currency: str) -> tuple[str, str]:
    played = product.postings.accounts[role]
    match played.scope:
        case Scope.PRODUCT:
            return control(product, role, currency).removesuffix(f":{currency}"), played.type
        case Scope.BANK:
            return played.type, played.type
        case _:
            raise Fault(f"{product.code}: what accrues is posted to control accounts, not {role}")


def position_of(standing: Standing, product: LoanProduct, asked: Asked) -> Position:
    """A contract at the end of the day asked; classes and losses are not the book's to say."""
    contract, state, parts = standing.contract, standing.state, standing.parts
    segment = asked.parameters.number(_segment(product))
    day, penalty = number_of(asked.day), contract.terms.penalty
    year = _year_days(contract.terms.day_count)
    blank = dict.fromkeys(Columns.__slots__, 0)
    written = parts[Part.PRINCIPAL_WRITTEN_OFF] + parts[Part.INTEREST_WRITTEN_OFF]
    written += parts[Part.FEES_WRITTEN_OFF] + parts[Part.PENALTY_WRITTEN_OFF]
    written += parts[Part.COMPOUND_WRITTEN_OFF]
    penalty_left = state.penalty_accrued - state.penalty_paid
    compound_left = state.compound_accrued - state.compound_paid
    fields = blank | {
        "book": int(Book.LENDING),
        "segment": segment,
        "rate_ppm": min(MILLION, _ppm(rate_on(contract.terms, standing.events, asked.day))),
        "penalty_ppm": _ppm(penalty.penalty_rate) if penalty else 0,
        "compound_ppm": _ppm(penalty.compound_rate) if penalty else 0,
        "year_days": year,
        "allowance": penalty.allowance_days if penalty else 0,
        "maturity": max((number_of(r.due_date) for r in state.instalments), default=day),
        "principal": state.principal_outstanding,
        "fees": sum(
            r.fees + r.penalties - r.fees_paid - r.penalties_paid for r in state.instalments
        ),
        "interest_total": parts[Part.INTEREST_ACCRUED],
        "discount_total": parts[Part.DISCOUNT_EARNED],
        "penalty_total": parts[Part.PENALTY_ACCRUED],
        "penalty_paid": parts[Part.PENALTY_ACCRUED] - penalty_left,
        "penalty_rest": _rest(state.penalty_units, penalty.penalty_rate if penalty else None, year),
        "compound_total": parts[Part.COMPOUND_ACCRUED],
        "compound_paid": parts[Part.COMPOUND_ACCRUED] - compound_left,
        "compound_rest": _rest(
            state.compound_units, penalty.compound_rate if penalty else None, year
        ),
        "charged_off": written - parts[Part.RECOVERED],
        "watch_tier": asked.watch_tier if state.observed_until else 0,
        "watch_until": number_of(state.observed_until) if state.observed_until else 0,
        "tier": 1,
        "stage": 1,
    }
    traits = _traits(standing, product)
    if state.status in _DONE:
        return Columns(
            **fields | {"traits": int(traits | Trait.SETTLED), "principal": 0, "fees": 0}
        )
    plan = _plan(state, asked.day)
    clocks = _clocks(state, asked.day, traits, fields["allowance"])
    if _folds_daily(standing, asked.day):
        traits |= Trait.BY_ENGINE
    return Columns(**fields | plan | clocks | {"traits": int(traits)})


def _traits(standing: Standing, product: LoanProduct) -> Trait:
    traits = Trait(0)
    if standing.contract.terms.amortisation is Amortisation.DISCOUNT:
        traits |= Trait.PREPAID
    if product.repaid_by is RepaidBy.OBLIGOR:
        traits |= Trait.BUYER_PAYS
    if product.recourse in (Recourse.FULL, Recourse.BUY_BACK):
        traits |= Trait.RECOURSE
    return traits


def _segment(product: LoanProduct) -> str:
    secured = product.collateral.kind not in ("none", "receivable")
    return _SEGMENTS.get(product.recourse, "secured" if secured else "unsecured")


def _plan(state: LoanState, on: date) -> dict[str, int]:
    """The running period, and what of the ended ones is unpaid."""
    ended = [row for row in state.instalments if row.due_date <= on]
    running = next((r for r in state.instalments if r.from_date <= on < r.due_date), None)
    due_interest = sum(row.interest - row.interest_paid for row in ended)
    due = {
        "interest_due": due_interest,
        "principal_due": sum(row.principal - row.principal_paid for row in ended),
    }
    if running is None:
        return due
    # What was earned before a change within the period counts as the opposite of paid ahead.
    since, before = running.earned_on or running.from_date, running.earned
    rest, whole, days = running.interest - before, running.due_date - since, on - since
    paid = 0 if running.prepaid else running.interest_paid - before
    return due | {
        "period_start": number_of(since),
        "period_end": number_of(running.due_date),
        "period_interest": rest,
        "period_paid": paid,
        "period_principal": running.principal - running.principal_paid,
        "accrued": (2 * rest * days.days + whole.days) // (2 * whole.days) - paid,
    }


def _clocks(state: LoanState, on: date, traits: Trait, allowance: int) -> dict[str, int]:
    """Since when each debtor owes, and what fell due last while its allowance runs."""
    unpaid = [row for row in state.instalments if row.due_date <= on and _open(row)]
    if not unpaid:
        return {}
    oldest, last = number_of(unpaid[0].due_date), unpaid[-1]
    last_due = number_of(last.due_date)
    clocks = {"own_due": oldest}
    if Trait.BUYER_PAYS in traits:
        answers = Trait.RECOURSE in traits
        clocks = {"buyer_due": oldest, "own_due": oldest + allowance if answers else 0}
    if number_of(on) - last_due <= allowance:
        clocks |= {
            "fresh_due": last_due,
            "fresh_principal": last.principal - last.principal_paid,
            "fresh_interest": last.interest - last.interest_paid,
        }
    return clocks


def _open(row: Instalment) -> bool:
    return row.principal > row.principal_paid or row.interest > row.interest_paid


def _folds_daily(standing: Standing, on: date) -> bool:
    """Whether a loan's days do not fit the columns."""
    terms, rows = standing.contract.terms, standing.state.instalments
    plans = _plans_apart(rows, on) or terms.revolving
    if terms.amortisation is Amortisation.DISCOUNT and len(rows) > 1:
        plans = True
    penalty = terms.penalty
    if penalty is not None:
        rates = (penalty.penalty_rate, penalty.compound_rate)
        shortest = min((row.due_date - row.from_date).days for row in rows)
        plans |= any(rate * MILLION != int(rate * MILLION) or rate > 1 for rate in rates)
        plans |= len(rows) > 1 and penalty.allowance_days >= shortest
    again = terms.recalculation
    late = any(row.due_date < on and _open(row) for row in rows)
    return plans or (again is not None and not again.disallow_on_past_due and late)


def _plans_apart(rows: Sequence[Instalment], on: date) -> bool:
    """Whether more than one instalment runs at a time, or a later one is paid ahead or special."""
    running = [row for row in rows if row.from_date <= on < row.due_date]
    later = [row for row in rows if row.from_date > on]
    special = any(r.interest_paid or r.down_payment or r.additional for r in (*running[1:], *later))
    return len(running) > 1 or special


def _rest(units: int, rate: Decimal | None, year: int) -> int:
    """What the amount-days so far leave below a minor unit, rounded half up once a life."""
    scale = year * MILLION
    return (units * _ppm(rate or Decimal(0)) + scale // 2) % scale


def _year_days(count: DayCount) -> int:
    match count:
        case DayCount.ACT_364:
            return 364
        case DayCount.ACT_365F | DayCount.ACT_ACT:
            return 365
        case _:
            return 360


def _ppm(rate: Decimal) -> int:
    return int((rate * MILLION).to_integral_value())
