"""The life of a payment order on a rail, as pure transitions: no answer can raise or pay twice.

```text
                 handed              accepted
  INSTRUCTED ------------> SENT ------------------> ACCEPTED      settled -> SETTLED -> RETURNED
      ^                     |  time-out               | time-out  rejected -> REJECTED
      |   never arrived     v                         v           amount differs -> DISPUTED
      +------------------ UNKNOWN (the rail is asked by pacs.028, again and again, then a case)
```

An order is sent again only when the rail itself says that it never got it, and then as the same
message with the same ids: rails refuse or ignore a second message of one id. What the rail leaves
open, two persons close (`ruled`); a late answer is then a case or says nothing new. A step says
which events become true (and with them what is booked), whether a case opens, and what the answer
was worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Final, NamedTuple, assert_never

from heliu.ground.money import Inexact, Money
from heliu.payments.orders.domain.order import OPEN, State
from heliu.payments.rails.api import Verdict


class EventKind(StrEnum):
    """What can happen to an order on a rail after it was placed."""

    SENT = "sent"
    ACCEPTED = "accepted"
    TIMED_OUT = "timed_out"
    ASKED = "asked"
    NEVER_ARRIVED = "never_arrived"
    GIVEN_UP = "given_up"
    DISPUTED = "disputed"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


class Waiting(StrEnum):
    """The message that waits to be handed to the rail."""

    INSTRUCTION = "instruction"
    QUERY = "query"


class Worth(StrEnum):
    """What an answer was worth: it moved the order, said nothing new, or was put to a case."""

    APPLIED = "applied"
    REPEATED = "repeated"
    LATE = "late"
    CASE = "case"


class CaseCode(StrEnum):
    """Why a person must look."""

    WRONG_AMOUNT = "wrong_amount"
    UNKNOWN_REFERENCE = "unknown_reference"
    UNREADABLE = "unreadable"
    STATUS_UNKNOWN = "status_unknown"
    REJECTED_AFTER_ACCEPTANCE = "rejected_after_acceptance"
    REJECTED_AFTER_SETTLEMENT = "rejected_after_settlement"
    SETTLED_AFTER_REJECTION = "settled_after_rejection"
    RETURN_DIFFERS = "return_differs"
    RETURN_UNEXPECTED = "return_unexpected"
    UNRESOLVED = "unresolved"


class Stated(NamedTuple):
    """An amount as the rail states it, in major units, with its currency (None: not said)."""

    amount: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the rail may be silent, how often it is asked and handed the same message.

    The time between two questions doubles from `answer` up to `longest`.
    """

    answer: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    questions: int = 8
    handings: int = 3

    def __post_init__(self) -> None:
        assert timedelta(0) < self.answer <= self.longest, "a question waits for some time"
        assert self.questions > 0, "silence is asked about before a person is"
        assert self.handings > 0, "an order is handed over"


PATIENCE: Final = Patience()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an order on a rail stands: the fold of its events."""

    state: State = State.INSTRUCTED
    accepted: bool = False
    handed: int = 0
    asked: int = 0
    returned: int = 0
    given_up: bool = False
    waiting: Waiting | None = Waiting.INSTRUCTION


@dataclass(frozen=True, slots=True)
class Step:
    """What one input does to an order: events with their amount in minor units, and a case."""

    events: tuple[tuple[EventKind, int], ...] = ()
    case: CaseCode | None = None
    worth: Worth = Worth.APPLIED


_REPEATED: Final = Step(worth=Worth.REPEATED)
_LATE: Final = Step(worth=Worth.LATE)


def fold(events: Sequence[tuple[EventKind, int]]) -> Progress:
    """Where an order on a rail stands after `events`; placing it is the first and unwritten one."""
    return reduce(lambda progress, event: after(progress, *event), events, Progress())


def after(progress: Progress, kind: EventKind, amount: int = 0) -> Progress:
    """Where an order stands after one more event; `amount` (minor units) is a return's."""
    idle = replace(progress, waiting=None)
    match kind:
        case EventKind.SENT:
            sent = State.SENT if progress.state is State.INSTRUCTED else progress.state
            moved = replace(idle, state=sent, handed=progress.handed + 1)
        case EventKind.ASKED:
            moved = idle
        case EventKind.ACCEPTED:
            moved = replace(idle, state=State.ACCEPTED, accepted=True, given_up=False)
        case EventKind.TIMED_OUT:
            asked = progress.asked + 1
            moved = replace(idle, state=State.UNKNOWN, asked=asked, waiting=Waiting.QUERY)
        case EventKind.NEVER_ARRIVED:
            moved = replace(idle, state=State.INSTRUCTED, waiting=Waiting.INSTRUCTION)
        case EventKind.GIVEN_UP:
            moved = replace(idle, state=State.UNKNOWN, given_up=True)
        case EventKind.DISPUTED | EventKind.SETTLED | EventKind.REJECTED:
            moved = replace(idle, state=State(kind.value))
        case EventKind.RETURNED:
            moved = replace(idle, state=State.RETURNED, returned=amount)
        case _:
            assert_never(kind)
    return moved


def silence(progress: Progress, patience: Patience) -> timedelta | None:
    """How long to wait from now before the rail is asked; None where nothing is waited for."""
    waits = progress.state in (State.SENT, State.ACCEPTED, State.UNKNOWN)
    if not waits or progress.waiting is not None or progress.given_up:
        return None
    enough = (patience.longest // patience.answer).bit_length()
    doubled: timedelta = patience.answer * 2 ** min(progress.asked, enough)
    return min(doubled, patience.longest)


def handed(progress: Progress) -> Step:
    """The waiting message is with the rail."""
    match progress.waiting:
        case Waiting.INSTRUCTION:
            return Step(((EventKind.SENT, 0),))
        case Waiting.QUERY:
            return Step(((EventKind.ASKED, 0),))
        case None:  # an answer came first: the message was handed over before a crash
            return _REPEATED
        case _:
            assert_never(progress.waiting)


def overdue(progress: Progress, patience: Patience) -> Step:
    """The rail was silent for too long: ask it, or leave it to a person."""
    if silence(progress, patience) is None:
        return _REPEATED
    if progress.asked < patience.questions:
        return Step(((EventKind.TIMED_OUT, 0),))
    return Step(((EventKind.GIVEN_UP, 0),), case=CaseCode.UNRESOLVED)


def ruled(progress: Progress, *, settled: bool) -> Step | None:
    """What two persons' ruling does; None where the rail may still answer or the end is known."""
    left_open = progress.state is State.DISPUTED or (
        progress.state is State.UNKNOWN and progress.given_up
    )
    if not left_open:
        return None
    return Step(((EventKind.SETTLED if settled else EventKind.REJECTED, 0),))


def answered(
    progress: Progress,
    amount: Money,
    verdict: Verdict,
    stated: Stated | None,
    patience: Patience = PATIENCE,
) -> Step:
    """What an answer about an order of `amount` does; `stated` is the amount the answer repeats."""
    match verdict:
        case Verdict.RETURNED:
            return _returned(progress, amount, stated)
        case Verdict.NOT_RECEIVED:
            return _not_received(progress, patience)
        case Verdict.ACCEPTED | Verdict.SETTLED | Verdict.REJECTED:
            if stated is not None and stated != (amount.amount, amount.currency):
                return _wrong_amount(progress)
            return _REPORTED[verdict](progress)
        case _:
            assert_never(verdict)


def _accepted(progress: Progress) -> Step:
    if progress.state in (State.INSTRUCTED, State.SENT, State.UNKNOWN):
        return Step(((EventKind.ACCEPTED, 0),))
    return _REPEATED if progress.state is State.ACCEPTED else _LATE


def _settled(progress: Progress) -> Step:
    if progress.state in OPEN:
        return Step(((EventKind.SETTLED, 0),))
    if progress.state is State.REJECTED:
        return Step(case=CaseCode.SETTLED_AFTER_REJECTION, worth=Worth.CASE)
    return _LATE if progress.state is State.DISPUTED else _REPEATED


def _rejected(progress: Progress) -> Step:
    if progress.state in OPEN:
        case = CaseCode.REJECTED_AFTER_ACCEPTANCE if progress.accepted else None
        return Step(((EventKind.REJECTED, 0),), case)
    if progress.state is State.SETTLED:
        return Step(case=CaseCode.REJECTED_AFTER_SETTLEMENT, worth=Worth.CASE)
    return _REPEATED if progress.state is State.REJECTED else _LATE


_REPORTED: Final = {
    Verdict.ACCEPTED: _accepted,
    Verdict.SETTLED: _settled,
    Verdict.REJECTED: _rejected,
}


def _wrong_amount(progress: Progress) -> Step:
    if progress.state in OPEN:  # the hold stays: whether and what was paid is not known
        return Step(((EventKind.DISPUTED, 0),), CaseCode.WRONG_AMOUNT, Worth.CASE)
    return Step(case=CaseCode.WRONG_AMOUNT, worth=Worth.CASE)


def _not_received(progress: Progress, patience: Patience) -> Step:
    if progress.state is not State.UNKNOWN or progress.given_up:
        return _LATE
    if progress.handed < patience.handings:
        return Step(((EventKind.NEVER_ARRIVED, 0),))
    return Step(((EventKind.GIVEN_UP, 0),), case=CaseCode.UNRESOLVED)


def _returned(progress: Progress, amount: Money, stated: Stated | None) -> Step:
    came = _money(stated, amount.currency)
    if progress.state is State.RETURNED and came is not None and came.minor == progress.returned:
        return _REPEATED
    if progress.state not in OPEN | {State.SETTLED, State.RETURNED}:
        return Step(case=CaseCode.RETURN_UNEXPECTED, worth=Worth.CASE)
    fits = came is not None and Money(0, amount.currency) < came <= amount
    if progress.state is State.RETURNED or came is None or not fits:
        return Step(case=CaseCode.RETURN_DIFFERS, worth=Worth.CASE)
    # Money that comes back was paid first, whether or not we had been told so.
    first = ((EventKind.SETTLED, 0),) if progress.state in OPEN else ()
    case = None if came == amount else CaseCode.RETURN_DIFFERS
    return Step((*first, (EventKind.RETURNED, came.minor)), case)


def _money(stated: Stated | None, currency: str) -> Money | None:
    if stated is None or stated.currency != currency:
        return None
    try:
        return Money.of(stated.amount, currency)
    except Inexact:
        return None
