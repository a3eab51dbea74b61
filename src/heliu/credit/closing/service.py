"""Use cases beside the run: open closed days again, put old ones aside."""

from datetime import date, timedelta
from typing import Final

from heliu.books.ledger.api import Ledger, Status, find_entries, reversal
from heliu.credit.closing import errors, store
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Fault

_ONE: Final = timedelta(days=1)


def put_aside(tx: Tx, before: date) -> list[date]:
    """Detach the positions of closed days before `before`, never dropping them; the days, in order.

    Ends of months stay, and the last closed day, which the next one is computed from. What is aside
    is seen by no reader of positions any more; a day put aside already is left out.
    """
    last = store.last_day(tx)
    if last is None:
        return []
    old = [
        day
        for day in store.sealed_since(tx, date.min)
        if day.business_date < min(before, last.business_date)
        and (day.business_date + _ONE).month == day.business_date.month
    ]
    aside = store.attached(tx, old)
    for day in aside:
        store.detach(tx, day)
    return sorted(day.business_date for day in aside)


def reopen(tx: Tx, ledger: Ledger, actor: Actor, day: date, reason: str) -> list[store.Sealed]:
    """Open `day` and every closed day after it again, youngest first; what they held stays aside.

    Their postings are reversed, each on its own business date. Raises Refusal if the day is not
    closed or no reason is given.
    """
    if not reason.strip():
        raise errors.reason_missing()
    days = store.sealed_since(tx, day)
    if not days or days[-1].business_date != day:
        raise errors.not_closed(day)
    ledger.hold(tx)
    for one in days:
        entries = find_entries(tx, store.transfers(tx, one))
        undone = [
            reversal(entry, code=entry.code, business_date=one.business_date) for entry in entries
        ]
        if any(answer.status is not Status.POSTED for answer in ledger.post(tx, undone)):
            raise Fault(f"the postings of {one.business_date} were not reversed")
        store.reopen(tx, one, reason, ledger.clock.now(), actor.id)
    return days
