"""Sealing a day: its sums posted to the general ledger, its facts told, its partition shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from heliu.books.ledger.api import AccountId, Ledger, NewAccount, Status, Transfer
from heliu.credit.closing import store
from heliu.credit.closing.domain.columns import Positions
from heliu.credit.closing.domain.outcome import SUSPENDED, Outcome
from heliu.credit.closing.events import tell_turns
from heliu.credit.provisioning.api import add_movements
from heliu.ground.db import Tx
from heliu.ground.errors import Fault
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

# Off the books: interest owed but not taken as income, and its own other side.
_OFF: Final = "memorandum_interest"
_CONTRA: Final = "contra_memorandum"

if TYPE_CHECKING:
    from heliu.credit.closing.run import House


@dataclass(frozen=True, slots=True)
class Results:
    """What the parts of a day changed, and the loans that left."""

    outcomes: Sequence[Outcome]
    retired: Sequence[Positions]


def seal(
    house: "House", run: store.Run, made: tuple[int, bytes], results: Results
) -> list[store.Posting]:
    """Close the day in one transaction; `made` is the number of loans and the day's digest."""
    now, day = house.clock.now(), run.business_date
    with house.database.transaction() as tx:
        house.ledger.hold(tx)
        postings = _due(tx, run, results.outcomes)
        _post(tx, house.ledger, run, postings)
        store.add_postings(tx, day, run.revision, postings)
        _keep_movements(tx, run, results.outcomes)
        _keep_retired(tx, run, results.retired)
        turns = [turn for told in results.outcomes for turn in told.turns]
        tell_turns(tx, turns, store.loan_ids(tx, [turn.loan for turn in turns]), day, now)
        store.seal(tx, day, run.revision, (*made, now))
    return postings


def _due(tx: Tx, run: store.Run, outcomes: Sequence[Outcome]) -> list[store.Posting]:
    """What brings each account to the total of the sub-ledger."""
    changes: dict[tuple[int, int, int], int] = {}
    for told in outcomes:
        for key, amount in told.changes.items():
            changes[key] = changes.get(key, 0) + amount
    posted = store.posted(tx)
    day = ("closing", run.business_date.isoformat(), str(run.revision))
    return [
        store.Posting(*key, posted.get(key, 0) + change, change, derived_id(*day, *map(str, key)))
        for key, change in sorted(changes.items())
        if change
    ]


def _post(tx: Tx, ledger: Ledger, run: store.Run, postings: Sequence[store.Posting]) -> None:
    products = {product.no: product for product in store.products(tx)}
    names = {number: code for code, number in ledger.currencies.items()}
    wanted: dict[str, NewAccount] = {}
    sides = []
    for posting in postings:
        pair, currency = _pair(products[posting.product], posting.part), names[posting.currency]
        debit = NewAccount(f"{pair.debit}:{currency}", pair.debit_type, currency)
        credit = NewAccount(f"{pair.credit}:{currency}", pair.credit_type, currency)
        wanted |= {debit.name: debit, credit.name: credit}
        sides.append((debit.name, credit.name, currency))
    ids = dict(zip(wanted, ledger.open_accounts(tx, list(wanted.values())), strict=True))
    transfers = [
        _transfer(posting, (ids[debit], ids[credit]), currency, run)
        for posting, (debit, credit, currency) in zip(postings, sides, strict=True)
    ]
    for answer in ledger.post(tx, transfers):
        if answer.status is not Status.POSTED:
            raise Fault(f"the day's posting was not booked: {answer.why.name}")


def _pair(product: store.ProductRow, part: int) -> store.AccountPair:
    """Between which accounts a part is posted; the memorandum is the same for every product."""
    if part == SUSPENDED:
        name = f"closing:{product.code}:memorandum"
        return store.AccountPair(f"{name}_interest", _OFF, f"{name}_contra", _CONTRA)
    return product.accounts[part]


def _transfer(
    posting: store.Posting, sides: tuple[AccountId, AccountId], currency: str, run: store.Run
) -> Transfer:
    debit, credit = sides if posting.change > 0 else (sides[1], sides[0])
    return Transfer(
        key=posting.transfer,
        debit=debit,
        credit=credit,
        amount=Money(abs(posting.change), currency),
        code=posting.part,
        business_date=run.business_date,
    )


def _keep_movements(tx: Tx, run: store.Run, outcomes: Sequence[Outcome]) -> None:
    sums: dict[tuple[int, int, int, int], int] = {}
    for told in outcomes:
        for key, movement in told.moved:
            place = (*key, int(movement.stage), int(movement.cause))
            sums[place] = sums.get(place, 0) + movement.amount
    day = (run.business_date, run.revision)
    add_movements(tx, [(*day, *place, amount) for place, amount in sorted(sums.items()) if amount])


def _keep_retired(tx: Tx, run: store.Run, retired: Sequence[Positions]) -> None:
    for book in retired:
        table = (
            *(book.loan, book.product, book.currency, book.interest_total, book.discount_total),
            *(book.penalty_total, book.compound_total, book.ecl + book.charged_off),
        )
        lists = [column.tolist() for column in table]
        store.add_retired(tx, run.business_date, run.revision, lists)
