"""Post-loan work of a business date: warnings are watched before it is closed, cases worked after.

Monitoring commands nobody, so what a warning means for the stage of a loan is joined here: a
standing warning of a rule that says so marks its loans, for that day, as of risen credit risk.
"""

from datetime import date, datetime, timedelta

from heliu.credit.collection.api import Worked, work_day
from heliu.credit.collection.api import shipped as collection_policy
from heliu.credit.provisioning.api import Flag, flag
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Fault, Refusal
from heliu.ground.ids import derived_id
from heliu.oversight.monitoring.api import (
    Raised,
    RuleBook,
    WarningEventKind,
    Watched,
    shipped,
    standing,
    watch_day,
)

_ONE = timedelta(days=1)


def watch(tx: Tx, actor: Actor, on: date, now: datetime) -> Watched:
    """Watch business date `on` and mark loans of risen risk; a watched date changes nothing."""
    book = shipped()
    done = watch_day(tx, actor, on, book, now)
    if not done.again:
        marks = [mark for one in standing(tx) if _risen(one, book) for mark in _marks(one, on)]
        refused = [one for one in flag(tx, actor, marks, now) if isinstance(one, Refusal)]
        if refused:
            raise Fault(f"a risk flag was refused: {refused[0].code}")
    return done


def collect(tx: Tx, actor: Actor, on: date, now: datetime) -> Worked:
    """Take the closed business date `on` into cases. Raises Refusal if it is not closed."""
    return work_day(tx, actor, on, collection_policy(), now)


def _risen(one: Raised, book: RuleBook) -> bool:
    rule = book.rule(one.rule)
    return rule is not None and rule.risen and one.event(WarningEventKind.CLOSED) is None


def _marks(one: Raised, on: date) -> list[Flag]:
    return [
        Flag(
            derived_id("risk flag", one.id.hex, loan.hex, on.isoformat()),
            loan,
            f"warning.{one.rule}",
            on,
            on + _ONE,
        )
        for loan in one.loans
    ]
