"""The end of day as a job of the running bank: the same night as on the command line."""

from datetime import date
from typing import Final

from heliu.app.bank import Bank
from heliu.app.night import nights
from heliu.channels.console.api import CASES, PLACE_OF, PLAN, PREPARE
from heliu.channels.pages.api import Run, Work
from heliu.ground.errors import Outage


def close_days(run: Run) -> str:
    """Run the night of every date up to the one asked for; a closed date is compared.

    A run that was cut short goes on where it was. Raises Refusal as `nights`, and Outage
    without the ledger.
    """
    ledger = run.bank.ledger
    if ledger is None:
        raise Outage("this process does not hold the ledger")
    bank = Bank(run.bank.database, ledger, run.bank.clock, run.actor)
    until = date.fromisoformat(run.job.asked["until"])
    run.step(PREPARE)
    for night in nights(bank, until, lambda what, done, total: _told(run, what, (done, total))):
        run.step(CASES)
        if night.closed.business_date < until:
            run.step(PREPARE)
    return f"/console/eod/{until}?job={run.job.id}"


def _told(run: Run, what: str, far: tuple[int, int]) -> None:
    done, total = far
    run.step(PLACE_OF[what], done, max(done, total))


NIGHT_WORK: Final = Work(PLAN, close_days)
