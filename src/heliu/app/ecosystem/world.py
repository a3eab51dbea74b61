"""A day of the ecosystem: papers in the morning, suppliers at the counter, cash in the evening.

All of a phase happens at once, on a few threads; a phase begins when the one before has been
answered. So what is counted does not depend on who was quicker.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from heliu.app.ecosystem.asking import Counter
from heliu.app.ecosystem.cast import CHAINS, master_data, programme_of
from heliu.app.ecosystem.clock import BusinessClock
from heliu.app.ecosystem.deeds import Paying
from heliu.app.ecosystem.papers import (
    INFORMATION,
    Paper,
    approvals_by_day,
    cash_files,
    papers_by_day,
)
from heliu.app.ecosystem.people import BANK, SECOND_PERSON, Street
from heliu.app.ecosystem.plan import Deal, Plan
from heliu.client import Outcome, Problem, Unreachable
from heliu.ground.errors import Outage

# Papers that wait are taken in together, so many may be sent at once; whoever asks for money is
# timed, and waits for as few others as two cores serve.
_SENDERS: Final = 4
_ASKERS: Final = 2
_LOOK_SECONDS: Final = 0.01
_FOLDER_SECONDS: Final = 60.0

Task = Callable[[], None]


class World:
    """Everybody outside the bank. `begin` once, then `live` each day in order."""

    def __init__(self, plan: Plan, street: Street, clock: BusinessClock, inbox: Path) -> None:
        self._plan, self._street, self._clock, self._inbox = plan, street, clock, inbox
        self._tally = street.tally
        self._papers, self._approvals = papers_by_day(plan), approvals_by_day(plan.deals)
        deals: dict[str, list[Deal]] = defaultdict(list)
        for deal in plan.deals:
            deals[deal.trade.supplier.code].append(deal)
        self._counters = [Counter(s.firm, deals[s.firm.code], street) for s in plan.cast]
        self._senders = ThreadPoolExecutor(_SENDERS, thread_name_prefix="sender")
        self._askers = ThreadPoolExecutor(_ASKERS, thread_name_prefix="asker")
        self._pause = threading.Event()
        self._tally.days = len(plan.days)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        self._senders.shutdown(cancel_futures=True)
        self._askers.shutdown(cancel_futures=True)

    def begin(self) -> None:
        """The first morning: programmes proposed and released by two persons, master data."""
        first, cast = self._plan.days[0], list(self._plan.cast)
        self._clock.open_day(first)
        for chain in CHAINS:
            programme = programme_of(chain, cast, first.isoformat())
            self._street.clients[BANK].propose_programme(programme)
            self._street.clients[SECOND_PERSON].release_programme(programme["programme"], 1)
            erp = self._street.clients[chain.core.code]
            self._filed(INFORMATION, erp.send_parties(master_data(chain, cast, first)))

    def live(self, day: date) -> None:
        """One business day, from nine o'clock until everything of it has been answered."""
        self._clock.open_day(day)
        self._tally.day, self._tally.day_number = day, self._plan.days.index(day) + 1
        self._morning(day)
        _all(self._askers, [_bound(counter.come, day) for counter in self._counters])
        self._evening(day)

    def never_listed(self) -> int:
        """Deals whose receivable the bank never showed."""
        return sum(counter.never_listed for counter in self._counters)

    def _morning(self, day: date) -> None:
        papers = self._papers.get(day, ())
        dropped = [self._drop(paper) for paper in papers if paper.by_folder]
        by_sender: dict[str, list[Paper]] = defaultdict(list)
        for paper in papers:
            if not paper.by_folder:
                by_sender[paper.sender].append(paper)
        tasks = [_bound(self._send, sender, sent) for sender, sent in sorted(by_sender.items())]
        tasks += [
            _bound(self._approve, core.code, message)
            for core, message in self._approvals.get(day, ())
        ]
        _all(self._senders, tasks)
        self._see_taken(dropped)

    def _evening(self, day: date) -> None:
        due = [
            deal
            for counter in self._counters
            for deal in counter.financed
            if deal.paying is not Paying.NEVER and deal.paid_on == day
        ]
        for paper, amount in cash_files(due, day):
            if self._send(BANK, [paper]):
                count = paper.data.count(b"<Ntry>")
                self._tally.came_back(count, amount)

    def _send(self, sender: str, papers: Sequence[Paper]) -> bool:
        """Whether all of it was answered."""
        sent = [(paper.name, paper.data) for paper in papers]
        outcomes = self._told(lambda: self._street.clients[sender].send_documents(sent))
        for paper, outcome in zip(papers, outcomes, strict=bool(outcomes)):
            self._filed(paper.flow, [outcome])
        return bool(outcomes)

    def _approve(self, core: str, message: dict[str, object]) -> None:
        outcomes = self._told(lambda: self._street.clients[core].send_approvals(message))
        self._filed(INFORMATION, outcomes)

    def _told(self, send: Callable[[], list[Outcome]]) -> list[Outcome]:
        try:
            return send()
        except Problem as problem:
            self._tally.trouble(f"{problem.status} {problem.code}")
        except Unreachable:
            self._tally.trouble("no answer")
        return []

    def _filed(self, flow: str, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            code = outcome.complaints[0].code if outcome.status == "refused" else ""
            self._tally.filed(flow, outcome.status, code)

    def _drop(self, paper: Paper) -> Paper:
        """Into the folder as a file transfer does it: under another name until it is whole."""
        part = self._inbox / f"{paper.name}.part"
        part.write_bytes(paper.data)
        part.rename(self._inbox / paper.name)
        return paper

    def _see_taken(self, dropped: Sequence[Paper]) -> None:
        """Wait until the bank has moved every file that was dropped, and see where to."""
        until = time.monotonic() + _FOLDER_SECONDS
        waiting = {paper.name: paper for paper in dropped}
        while waiting:
            for name, paper in list(waiting.items()):
                for where, outcome in (("done", "accepted"), ("refused", "refused")):
                    if (self._inbox / where / name).exists():
                        self._tally.filed(paper.flow, outcome)
                        del waiting[name]
            if waiting and time.monotonic() > until:
                raise Outage(f"the bank leaves {len(waiting)} files in its drop folder")
            self._pause.wait(_LOOK_SECONDS)


def _all(pool: ThreadPoolExecutor, tasks: Sequence[Task]) -> None:
    """Do all of them on a few threads; what one raises is raised here."""
    for done in [pool.submit(task) for task in tasks]:
        done.result()


def _bound(action: Callable[..., object], *given: object) -> Task:
    def task() -> None:
        action(*given)

    return task
