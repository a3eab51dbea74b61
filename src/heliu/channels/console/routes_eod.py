"""End of day: what is closed, what is next, the proof of a day; a close as a job with its steps."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from heliu.channels.console.desk import pages
from heliu.channels.console.eod import CLOSE_DAY
from heliu.channels.pages.api import Answer, Entry, Job, Visit, page, unknown
from heliu.credit.classification.api import TIER_NAMES, Tier
from heliu.credit.closing.api import (
    by_tier,
    chunks_of,
    last_day,
    run_of,
    sealed_day,
    sealed_days,
    tie_out,
)
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

_SHOWN: Final = 31
_ONE: Final = timedelta(days=1)
_NOT_OVER: Final = Text("这一天还没有结束", "this date is not over yet")

pages.entry(
    Entry("/console/eod", "w-seal-check", Text("日终", "End of day"), Right.EOD_READ,
          Text("账务", "Books"))
)  # fmt: skip


@pages.get("/console/eod", Right.EOD_READ)
def eod(visit: Visit) -> Answer:
    """The closed days, the one that is next, and a run that has begun but not ended."""
    return _eod(visit)


@pages.post("/console/eod/close", Right.EOD_RUN)
def close(visit: Visit) -> Answer:
    """Close every date up to one that is over, as a job; a closed date is run again, compared."""
    until = visit.form.date("until")
    if until is not None and until >= visit.bank.clock.today():
        visit.form.wrong("until", _NOT_OVER)
    if until is None or visit.form.errors:
        return _eod(visit, status=422)
    with visit.transaction() as tx:
        closed = sealed_day(tx, until) is not None
    title = Text(f"日终至 {until}", f"End of day up to {until}")
    return visit.start(CLOSE_DAY, title, {"until": until.isoformat(), "again": closed})


@pages.get("/console/eod/{on}", Right.EOD_READ)
def day(visit: Visit, on: date) -> Answer:
    """One closed date: its digest and chunks, classes, and the ledger tied to the positions."""
    with visit.transaction() as tx:
        sealed = sealed_day(tx, on)
        if sealed is None:
            raise unknown()
        tie, trouble = _tied(tx, on)
        chunks = chunks_of(tx, on, sealed.revision)
        tiers = by_tier(tx, on)
    return page(
        "console/eod_day.html",
        sealed=sealed,
        chunks=[(chunk, bytes(chunk.digest).hex()) for chunk in chunks],
        digest=bytes(sealed.digest).hex(),
        tie=tie,
        trouble=trouble,
        tiers=[(row, TIER_NAMES[Tier(row.tier)]) for row in tiers],
        again=_again(visit, on),
        may_run=visit.may(Right.EOD_RUN),
        may_ledger=visit.may(Right.LEDGER_READ),
    )


def _eod(visit: Visit, status: int = 200) -> Answer:
    today = visit.bank.clock.today()
    with visit.transaction() as tx:
        days = sealed_days(tx, _SHOWN)
        last = last_day(tx)
        coming = last.business_date + _ONE if last else today - _ONE
        run = run_of(tx, coming)
        written = chunks_of(tx, coming, run.revision) if run else []
    return page(
        "console/eod.html",
        status=status,
        days=[(one, bytes(one.digest).hex()) for one in days],
        coming=coming,
        over=coming < today,
        today=today,
        until=max(coming, today - _ONE) if coming < today else today - _ONE,
        run=run,
        written=len(written),
        written_loans=sum(chunk.loans for chunk in written),
        form=visit.form,
        may_run=visit.may(Right.EOD_RUN),
    )


def _tied(tx: Tx, on: date) -> tuple[list[tuple[str, str, int, int, int, bool]], Refusal | None]:
    """Kinds of account beside the sum of positions; or why they cannot be compared any more."""
    try:
        lines = tie_out(tx, on)
    except Refusal as refusal:
        return [], refusal
    return [
        (
            *(line.account, line.ledger.currency, line.ledger.minor, line.positions.minor),
            *(line.ledger.minor - line.positions.minor, line.ties),
        )
        for line in lines
    ], None


def _again(visit: Visit, on: date) -> Job | None:
    """The visitor's own finished job that came to this day, if the address names it."""
    try:
        asked = UUID(visit.query.get("job", ""))
    except ValueError:
        return None
    job = visit.house.jobs.find(asked, visit.person.id)
    fits = job is not None and job.asked.kind == CLOSE_DAY and job.state == "done"
    return job if fits and job is not None and job.asked.asked["until"] == str(on) else None
