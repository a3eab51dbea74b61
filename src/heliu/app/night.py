"""The night of a business date: offers end, rates are set, goods valued, warnings, close, cases.

Each step is a transaction of its own that may be done again: a night that was cut short is run
again and goes on where it was. The first step that cannot be done stops the night and is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from heliu.app import post_loan
from heliu.app.bank import Bank
from heliu.app.settings import settings
from heliu.credit.closing.api import Closed, House, Tell, close_day, days_up_to, last_day
from heliu.credit.collateral.api import Appraised, Ask, appraise, secured, shipped_book
from heliu.credit.collection.api import Worked
from heliu.credit.engine.api import Status
from heliu.credit.lending.api import glance
from heliu.credit.origination.api import Day, expire
from heliu.credit.regulation.api import Profile, in_force
from heliu.credit.repricing.api import Day as RateDay
from heliu.credit.repricing.api import Repriced, may_be_due, reprice
from heliu.ground.db import Tx
from heliu.ground.money import Money
from heliu.oversight.monitoring.api import Watched

_AT_ONCE = 1000
_SET_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Night:
    """What a night did: offers ended, rates set, goods valued, warnings, the day, cases."""

    offers_ended: int
    repriced: Repriced
    appraised: int
    watched: Watched
    closed: Closed
    worked: Worked


def nights(bank: Bank, until: date, tell: Tell) -> Iterator[Night]:
    """Every business date after the last closed one up to `until`, in order.

    A closed date is named alone: it is run again and compared. Raises Refusal if `until` is not
    over or comes out otherwise.
    """
    house = house_of(bank)
    for day in days_up_to(house, until):
        with bank.database.transaction() as tx:
            ended = _end_offers(tx, bank, day)
        repriced = _set_rates(bank, day)
        with bank.database.transaction() as tx:
            appraised = _value_goods(tx, day, bank.clock.now())
        with bank.database.transaction() as tx:
            watched = post_loan.watch(tx, bank.actor, day, bank.clock.now())
        closed = close_day(house, day, tell)
        with bank.database.transaction() as tx:
            worked = post_loan.collect(tx, bank.actor, day, bank.clock.now())
        yield Night(ended, repriced, appraised, watched, closed, worked)


def house_of(bank: Bank) -> House:
    """What the end of day works with."""
    profile = Profile(settings().profile)
    return House(bank.database, bank.ledger, bank.clock, bank.actor, profile)


def _end_offers(tx: Tx, bank: Bank, day: date) -> int:
    rules = in_force(day, Profile(settings().profile))
    ended = 0
    while over := expire(tx, bank.actor, Day(rules, bank.clock.now()), _AT_ONCE):
        ended += len(over)
    return ended


def _set_rates(bank: Bank, day: date) -> Repriced:
    """Set the rates that are due, some hundred contracts a transaction; none on a closed date."""
    with bank.database.transaction() as tx:
        last = last_day(tx)
        numbers = [] if last is not None and last.business_date >= day else may_be_due(tx, day)
    on = RateDay(day, bank.clock.now(), Profile(settings().profile))
    done = []
    for start in range(0, len(numbers), _SET_AT_ONCE):
        some = numbers[start : start + _SET_AT_ONCE]
        with bank.database.transaction() as tx:
            done.append(reprice(tx, bank.ledger, bank.actor, some, on))
    return Repriced(
        tuple(change for one in done for change in one.changes),
        tuple(missed for one in done for missed in one.missed),
    )


def _value_goods(tx: Tx, day: date, now: datetime) -> int:
    """Value what is pledged for every loan that runs, and call for more where it is not enough."""
    seen = glance(tx, secured(tx), day)
    asks = [
        Ask(one.head.id, Money(one.head.outstanding, one.head.currency))
        for one in seen.values()
        if one.status is Status.ACTIVE
    ]
    done = appraise(tx, asks, shipped_book(), day, now) if asks else []
    return sum(isinstance(outcome, Appraised) for outcome in done)
