"""A rail with faults, for tests and demonstrations; it works on the folders of the bank's link.

It pays every instruction at most once by its message id, as real rails do, and keeps its own book
(`rail-book.jsonl`), so that it can be killed and started again. Everything else may go wrong, with
the probabilities of `Faults`. The same seed, files and instants give the same behaviour.
"""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import InvalidOperation
from pathlib import Path
from typing import Final

import msgspec

from heliu.flows.intake.api import Complaint, parse_xml
from heliu.ground.clock import Clock
from heliu.ground.errors import Refusal
from heliu.ground.money import Inexact, Money
from heliu.ground.text import Text
from heliu.payments.rails.domain.answering import (
    Answering,
    Told,
    not_received,
    notification,
    payment_return,
    status_report,
)
from heliu.payments.rails.domain.answers import NEVER_RECEIVED
from heliu.payments.rails.domain.writing import Form
from heliu.payments.rails.file_rail import listed, make_folders, move_files, read, write_files

_ACCOUNT: Final = "1000000000000001"
_REJECTED_BECAUSE: Final = "AC04"  # closed account number (ExternalStatusReason1Code)


@dataclass(frozen=True, slots=True)
class Faults:
    """How likely each thing goes wrong, in [0, 1].

    `delay`: an instruction is worked on late, so that a status query may overtake it.
    `lose_instruction`, `lose_answer`: gone without a trace. `duplicate`: an answer comes twice.
    `late`: an answer comes after the bank's patience. `wrong_amount`: an answer states another
    amount than was paid. `reject`: not paid. `give_back`: paid, and returned later. `silent`: at a
    step a period begins in which nothing is taken and nothing answered.
    """

    delay: float = 0.0
    lose_instruction: float = 0.0
    lose_answer: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    wrong_amount: float = 0.0
    reject: float = 0.0
    give_back: float = 0.0
    silent: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the rail is: an ordinary answer, and at most how much longer a slow thing takes."""

    answer: timedelta = timedelta(milliseconds=50)
    slow: timedelta = timedelta(minutes=2)


class Entry(msgspec.Struct, frozen=True):
    """A line of the rail's book: what became of an instruction when it was worked on."""

    message_id: str
    end_to_end_id: str
    form: Form
    currency: str
    minor: int
    status: str

    @property
    def told(self) -> Told:
        """The instruction as it was taken."""
        amount = Money(self.minor, self.currency)
        return Told(self.message_id, self.end_to_end_id, amount, self.form, _ACCOUNT)


@dataclass(frozen=True, slots=True)
class _Query:
    message_id: str
    end_to_end_id: str


class Simulator:
    """The rail behind `folder`. `step` moves it on to the clock's instant; it never waits."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        faults: Faults | None = None,
        pace: Pace | None = None,
        seed: int = 0,
    ) -> None:
        self._out, self._in, self._taken = (folder / name for name in ("out", "in", "taken"))
        make_folders(self._out, self._in, self._taken)
        self._clock, self._faults, self._pace = clock, faults or Faults(), pace or Pace()
        self._book = folder / "rail-book.jsonl"
        lines = self._book.read_bytes().splitlines() if self._book.exists() else []
        entries = (msgspec.json.decode(line, type=Entry) for line in lines)
        self.entries: dict[str, Entry] = {entry.message_id: entry for entry in entries}
        self._chance = random.Random(f"{seed} {len(lines)}")  # noqa: S311 - faults, no secrets
        self._work: list[tuple[datetime, int, Told | _Query]] = []
        self._answers: list[tuple[datetime, int, bytes]] = []
        self._count = len(lines)
        self._silent_until = clock.now()

    def paid(self, end_to_end_id: str) -> list[Money]:
        """Every time the rail paid out under this end-to-end id."""
        return [
            entry.told.amount
            for entry in self.entries.values()
            if entry.end_to_end_id == end_to_end_id and entry.status == "ACSC"
        ]

    def step(self) -> int:
        """Take, work and answer as far as the time has come; returns how much was done."""
        now = self._clock.now()
        if now < self._silent_until:
            return 0
        if self._happens(self._faults.silent):
            self._silent_until = now + self._slowly()
            return 0
        done = self._take(now)
        while self._work and self._work[0][0] <= now:
            item = heapq.heappop(self._work)[2]
            self._instructed(item, now) if isinstance(item, Told) else self._asked(item, now)
            done += 1
        return done + self._emit(now)

    def _take(self, now: datetime) -> int:
        names = listed(self._out)
        for name in names:
            item = _understood(read(self._out / name))
            if item is None or (
                isinstance(item, Told) and self._happens(self._faults.lose_instruction)
            ):
                continue
            late = self._slowly() if self._happens(self._faults.delay) else timedelta(0)
            heapq.heappush(self._work, (now + late, self._next(), item))
        move_files(self._out, self._taken, names)
        return len(names)

    def _instructed(self, told: Told, now: datetime) -> None:
        known = self.entries.get(told.message_id)
        if known is not None:  # the same message again: it says again what became of it
            self._report(known, now)
            return
        status = "RJCT" if self._happens(self._faults.reject) else "ACSC"
        entry = Entry(
            *(told.message_id, told.end_to_end_id, told.form),
            *(told.amount.currency, told.amount.minor, status),
        )
        with self._book.open("ab") as book:
            book.write(msgspec.json.encode(entry) + b"\n")
        self.entries[told.message_id] = entry
        if status == "ACSC":
            self._answer(status_report(told, self._signed(now), "ACTC"), now)
        self._report(entry, now)
        if status == "ACSC" and self._happens(self._faults.give_back):
            back = payment_return(told, self._signed(now), _REJECTED_BECAUSE)
            self._answer(back, now + self._slowly())

    def _asked(self, query: _Query, now: datetime) -> None:
        known = self.entries.get(query.message_id)
        if known is not None:
            self._report(known, now)
            return
        ids = query.message_id, query.end_to_end_id
        self._answer(not_received(*ids, self._signed(now), NEVER_RECEIVED), now)

    def _report(self, entry: Entry, now: datetime) -> None:
        reason = _REJECTED_BECAUSE if entry.status == "RJCT" else None
        told = self._stated(entry)
        self._answer(status_report(told, self._signed(now), entry.status, reason), now)
        if entry.status == "ACSC":
            self._answer(notification(self._stated(entry), self._signed(now)), now)

    def _stated(self, entry: Entry) -> Told:
        wrong = self._happens(self._faults.wrong_amount)
        return replace(entry.told, amount=entry.told.amount + Money(int(wrong), entry.currency))

    def _answer(self, body: bytes, now: datetime) -> None:
        if self._happens(self._faults.lose_answer):
            return
        for _ in range(1 + self._happens(self._faults.duplicate)):
            late = self._slowly() if self._happens(self._faults.late) else self._pace.answer
            heapq.heappush(self._answers, (now + late, self._next(), body))

    def _emit(self, now: datetime) -> int:
        due = []
        while self._answers and self._answers[0][0] <= now:
            _, number, body = heapq.heappop(self._answers)
            due.append((f"{int(now.timestamp() * 1000):015d}-{number:08d}.xml", body))
        write_files(self._in, due, durable=False)
        return len(due)

    def _signed(self, now: datetime) -> Answering:
        return Answering(f"RAIL{self._chance.getrandbits(96):024X}", now)

    def _happens(self, probability: float) -> bool:
        # A thing that cannot happen draws no number, so that faults can be added one by one.
        return probability > 0 and self._chance.random() < probability

    def _slowly(self) -> timedelta:
        return self._pace.slow * self._chance.random()

    def _next(self) -> int:
        self._count += 1
        return self._count


def read_faults(given: Sequence[str]) -> Faults:
    """Faults from `NAME=P` words. Raises Refusal `rail.fault_unknown`."""
    known = [field.name for field in fields(Faults)]
    chosen = {}
    for word in given:
        name, _, value = word.partition("=")
        name = name.replace("-", "_")
        probability = _probability(value)
        if name not in known or probability is None:
            raise Refusal(
                "rail.fault_unknown",
                Text(f"无法识别的故障 {word}", f"{word} is no fault with a probability"),
                Text(
                    f"写作 名称=概率 (0 至 1), 名称可选: {', '.join(known)}",
                    f"write NAME=P with P from 0 to 1 and NAME one of {', '.join(known)}",
                ),
            )
        chosen[name] = probability
    return Faults(**chosen)


def _probability(value: str) -> float | None:
    try:
        probability = float(value)
    except ValueError:
        return None
    return probability if 0 <= probability <= 1 else None


def _understood(body: bytes) -> Told | _Query | None:
    """A credit transfer or a status query; None for anything else."""
    root = parse_xml(body)
    if isinstance(root, Complaint):
        return None

    def said(name: str) -> str:
        return root.findtext(f".//{{*}}{name}") or ""

    if root.find(".//{*}FIToFIPmtStsReq") is not None:
        return _Query(said("OrgnlMsgId"), said("OrgnlEndToEndId"))
    for form, name in ((Form.CLEARING, "IntrBkSttlmAmt"), (Form.CUSTOMER, "InstdAmt")):
        amount = root.find(f".//{{*}}{name}")
        if amount is not None:
            money = _money(amount.text, amount.get("Ccy"))
            ids = said("MsgId"), said("EndToEndId")
            return None if money is None else Told(*ids, money, form, _ACCOUNT)
    return None


def _money(value: str | None, currency: str | None) -> Money | None:
    try:
        return Money.of(value or "", currency or "CNY")
    except (Inexact, InvalidOperation):
        return None
