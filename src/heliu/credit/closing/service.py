"""Use cases beside the run: open closed days again."""

from datetime import date

from heliu.books.ledger.api import Ledger, Status, find_entries, reversal
from heliu.credit.closing import errors, store
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Fault


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
