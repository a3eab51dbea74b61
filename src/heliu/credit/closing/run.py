"""Closing a business date: read the day before in chunks, step, class, provide, write, seal.

A chunk and its marker are written together, so a run that was killed goes on where it stopped and
ends with the same bytes. A closed day that is run again is computed and compared, never written.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, TypeVar

import numpy as np

from heliu.books.ledger.api import Ledger
from heliu.credit.closing import errors, sealing, store
from heliu.credit.closing.domain.columns import (
    Columns,
    Positions,
    among,
    columns,
    empty,
    kept,
    merged,
    number_of,
)
from heliu.credit.closing.domain.day import COMPARED, Advanced, advance, classed, provided
from heliu.credit.closing.domain.outcome import Outcome, outcome
from heliu.credit.closing.encoding import chained, decoded, digest, encoded
from heliu.credit.closing.gathering import Gathered, gather
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.actor import Actor
from heliu.ground.clock import Clock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Fault

CHUNK: Final = 65_536
_LANES: Final = 2
_AHEAD: Final = 4
_FIRST: Final = bytes(32)  # the digest before the first day
_ONE: Final = timedelta(days=1)
A = TypeVar("A")
B = TypeVar("B")
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class House:
    """Where a day is closed and in whose name; `chunk` loans are written at once."""

    database: Database
    ledger: Ledger
    clock: Clock
    actor: Actor
    profile: Profile
    chunk: int = CHUNK


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed day: how many loans, its digest, what it changed; `again`: it was closed before."""

    business_date: date
    revision: int
    loans: int
    digest: bytes
    again: bool
    resumed: int  # chunks found written by a run that did not end
    turns: int = 0
    postings: tuple[store.Posting, ...] = ()


@dataclass(slots=True)
class _Work:
    """A run in hand."""

    house: House
    run: store.Run
    last: store.Sealed | None
    gathered: Gathered
    written: dict[int, store.Chunk]
    tell: Tell
    keep: bool  # write, or only compute
    retired: list[Positions] = field(default_factory=list)


def days_up_to(house: House, day: date) -> list[date]:
    """Every day after the last closed one up to `day`; the first ever is `day` itself.

    A day that is closed is named alone: it is run again and compared. Raises Refusal if `day` is
    not over, or lies before the first day that was closed.
    """
    _over(house, day)
    with house.database.transaction() as tx:
        start = _next(tx) or day
        if day < start and store.sealed(tx, day) is None:
            raise errors.before_first(day)
    return [start + timedelta(days=n) for n in range((day - start).days + 1)] or [day]


def _over(house: House, day: date) -> None:
    if day >= house.clock.today():
        raise errors.day_not_over(day, house.clock.today())


def _next(tx: Tx) -> date | None:
    """The day that is to be closed next; None where any may be the first."""
    last = store.last_day(tx)
    return last.business_date + _ONE if last else store.first_run(tx)


def close_day(house: House, day: date, tell: Tell) -> Closed:
    """Close one business date; what is closed already is computed again and compared.

    Raises Refusal if it is not over, is not the next one, or comes out otherwise; Fault if a chunk
    written before differs from what is computed now.
    """
    _over(house, day)
    work, there = _begun(house, day, tell)
    return _kept(work, _stepped(work), there)


def take_over(house: House, day: date, positions: Sequence[Positions]) -> Closed:
    """Begin with a book kept elsewhere: its positions at the end of `day`, the first closed day.

    Loans (ascending), products and parties are registered; parts hold at most a chunk. Classes and
    losses are found as on any day. Raises Refusal if a day is closed already.
    """
    with house.database.transaction() as tx:
        if store.first_run(tx) is not None:
            raise errors.not_first(day)
    work, _ = _begun(house, day, lambda *_: None)
    none = empty()
    zeros = [np.zeros((len(COMPARED), len(book.loan)), np.int64) for book in positions]
    parts = [Advanced(book, was, none) for book, was in zip(positions, zeros, strict=True)]
    return _kept(work, parts, None)


def _kept(work: _Work, parts: list[Advanced], there: store.Sealed | None) -> Closed:
    """Class, provide and write the parts of a day, and seal it; or compare with what is sealed."""
    house, day, tell = work.house, work.run.business_date, work.tell
    loans = sum(len(part.after.loan) for part in parts)
    books = (
        classed([p.after for p in parts], work.gathered.opinions, work.gathered.basis)
        if parts
        else []
    )
    tell("write", 0, loans)
    digests: list[bytes] = []
    outcomes: list[Outcome] = []
    done = 0
    with ThreadPoolExecutor(_LANES) as pool:
        jobs = [(no, part, book) for no, (part, book) in enumerate(zip(parts, books, strict=True))]
        for made, told, size in _ahead(pool, lambda job: _finished(work, *job), jobs):
            digests.append(made)
            outcomes.append(told)
            done += size
            tell("write", done, loans)
    whole = chained(work.run.before_digest, digests)
    if there is not None:
        if whole != there.digest:
            raise errors.differs(day)
        return Closed(day, there.revision, loans, whole, again=True, resumed=0)
    sealed = sealing.seal(
        *(house, work.run, (loans, whole)), sealing.Results(outcomes, work.retired)
    )
    return Closed(
        *(day, work.run.revision, loans, whole),
        again=False,
        resumed=len(work.written),
        turns=sum(len(told.turns) for told in outcomes),
        postings=tuple(sealed),
    )


def _begun(house: House, day: date, tell: Tell) -> tuple[_Work, store.Sealed | None]:
    """The run of a day with its inputs: begun now, begun before, or (closed) as it was begun."""
    currencies = house.ledger.currencies
    rules = in_force(day, house.profile)
    with house.database.transaction() as tx:
        there = store.sealed(tx, day)
        last = store.sealed(tx, day - _ONE)
        if there is None and (_next(tx) or day) != day:
            raise errors.days_missing(day, _next(tx) or day)
        before = last.digest if last else _FIRST
        now = house.clock.now()
        if there is not None:
            run = store.Run(day, there.revision, there.known_until, before, now)
        elif (begun := store.run_of(tx, day)) is not None:
            run = begun
        else:
            run = store.Run(day, store.last_revision(tx, day) + 1, now, before, now)
            store.add_run(tx, run, house.actor.id)
        written = {chunk.no: chunk for chunk in store.chunks(tx, day, run.revision)}
        tell("gather", 0, 1)
        gathered = gather(tx, run, last, rules, currencies)
    keep = there is None
    return _Work(house, run, last, gathered, written if keep else {}, tell, keep), there


def _stepped(work: _Work) -> list[Advanced]:
    """The whole book after the day, in order of loans, in parts of at most a chunk."""
    ranges = _ranges(work)
    parts: list[Advanced] = []
    total = work.last.loans if work.last else len(work.gathered.folded.loan)
    done = 0
    with ThreadPoolExecutor(_LANES) as pool:
        read = _ahead(pool, lambda span: _read(work, span), ranges)
        for span, before in zip(ranges, read, strict=True):
            done += len(before.loan)
            advanced = _advanced(work, span, before)
            work.retired.append(advanced.retired)
            parts += _split(advanced, work.house.chunk)
            work.tell("step", done, total)
    return parts


def _ranges(work: _Work) -> list[tuple[int, int]]:
    """Spans of loan numbers [first, last] that hold about a chunk of the day before each."""
    if work.last is None:
        return [(0, np.iinfo(np.int64).max)]
    with work.house.database.transaction() as tx:
        chunks = store.chunks(tx, work.last.business_date, work.last.revision)
    starts, held = [0], 0
    for chunk in chunks:
        if held and held + chunk.loans > work.house.chunk:
            starts.append(chunk.first_loan)
            held = 0
        held += chunk.loans
    ends = [*(start - 1 for start in starts[1:]), np.iinfo(np.int64).max]
    return list(zip(starts, ends, strict=True))


def _read(work: _Work, span: tuple[int, int]) -> Positions:
    if work.last is None:
        return empty()
    with work.house.database.transaction() as tx:
        return decoded(store.read_range(tx, work.last.business_date, work.last.revision, *span))


def _advanced(work: _Work, span: tuple[int, int], before: Positions) -> Advanced:
    folded, back = _within(work.gathered.folded, span), _within(work.gathered.returned, span)
    back = kept(back, ~among(back.loan, before.loan))
    return advance(merged(before, back), folded, work.gathered.basis.day, work.gathered.rolls)


def _within(book: Positions, span: tuple[int, int]) -> Positions:
    start = int(np.searchsorted(book.loan, span[0], side="left"))
    end = int(np.searchsorted(book.loan, span[1], side="right"))
    return Columns(*(column[start:end] for column in columns(book)))


def _split(whole: Advanced, size: int) -> list[Advanced]:
    loans = len(whole.after.loan)
    if loans <= size:
        return [whole] if loans else []
    cuts = [slice(start, min(start + size, loans)) for start in range(0, loans, size)]
    none = empty()
    return [
        Advanced(
            Columns(*(column[cut] for column in columns(whole.after))), whole.before[:, cut], none
        )
        for cut in cuts
    ]


def _finished(work: _Work, no: int, part: Advanced, book: Positions) -> tuple[bytes, Outcome, int]:
    """Provide, encode and write one chunk, unless it is written; its digest and what it changed."""
    whole = provided(book, work.gathered.basis)
    rows = encoded(whole)
    made = digest(rows)
    run = work.run
    there = work.written.get(no)
    if there is not None and there.digest != made:
        raise Fault(f"chunk {no} of {run.business_date} differs from what was written before")
    if there is None and work.keep:
        chunk = store.Chunk(no, len(whole.loan), int(whole.loan[0]), int(whole.loan[-1]), made)
        with work.house.database.transaction() as tx:
            tx.run("SET LOCAL synchronous_commit = off")
            body = rows.view(np.uint8).data
            store.write_chunk(tx, run.business_date, run.revision, chunk, body)
    return made, outcome(part, whole, number_of(run.business_date)), len(whole.loan)


def _ahead(pool: ThreadPoolExecutor, do: Callable[[A], B], items: Sequence[A]) -> Iterator[B]:
    """`do` of every item, in order, a few at a time."""
    running: deque[Future[B]] = deque()
    for item in items:
        running.append(pool.submit(do, item))
        if len(running) >= _AHEAD:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()
