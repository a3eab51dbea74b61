"""What the people of the ecosystem saw: counted as it happens, read by the view at any moment."""

import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from heliu.app.ecosystem.deeds import Fraud
from heliu.client import Problem

NEWS_KEPT: Final = 200
REFUSED, CUT, THROUGH = "refused", "cut", "through"


@dataclass(frozen=True, slots=True)
class Said:
    """What the bank said: a stable code, and a sentence for people."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class News:
    """One thing the bank would not do: when, for whom, what was tried (None: nothing bad)."""

    day: date
    who: str
    fraud: Fraud | None
    said: Said


# Reasons that follow from another one.
_GENERAL: Final = frozenset({"evidence_contradicted", "nothing_eligible", "mostly_unverified"})
_CUT: Final = Said(CUT, "")
_THROUGH: Final = Said(THROUGH, "")


@dataclass(slots=True)
class Tally:
    """Counts and sums in yuan. Every method may be called from any thread."""

    day: date | None = None
    day_number: int = 0
    days: int = 0
    papers: Counter[tuple[str, str]] = field(default_factory=Counter)  # flow, outcome
    complaints: Counter[str] = field(default_factory=Counter)
    financed: int = 0
    lent: Decimal = Decimal(0)
    to_suppliers: Decimal = Decimal(0)
    entrusted: int = 0
    by_rail: int = 0
    replayed: int = 0
    receipts: int = 0
    back: Decimal = Decimal(0)
    declined: Counter[str] = field(default_factory=Counter)  # honest asks, by the reason
    frauds: dict[Fraud, Counter[str]] = field(default_factory=dict)  # outcome or code
    reasons: dict[Fraud, Counter[Said]] = field(default_factory=dict)
    held: Decimal = Decimal(0)  # what the frauds asked for and did not get
    troubles: Counter[str] = field(default_factory=Counter)  # what no client should ever see
    news: deque[News] = field(default_factory=lambda: deque(maxlen=NEWS_KEPT))
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def filed(self, flow: str, outcome: str, code: str = "", *, times: int = 1) -> None:
        """Documents of a flow were answered; `code` is the first complaint of what is refused."""
        with self._lock:
            self.papers[flow, outcome] += times
            if code:
                self.complaints[code] += times

    def took(self, what: str, milliseconds: float) -> None:
        """A request took so long, as its client saw it."""
        with self._lock:
            self.milliseconds.setdefault(what, []).append(milliseconds)

    def lent_out(self, amount: Decimal, proceeds: Decimal) -> None:
        """A supplier was financed."""
        with self._lock:
            self.financed += 1
            self.lent += amount
            self.to_suppliers += proceeds

    def sent_on(self, *, entrusted: bool) -> None:
        """Money went on from the supplier's account to another bank."""
        with self._lock:
            self.by_rail += 1
            self.entrusted += entrusted

    def same_answer(self) -> None:
        """The same request got the same answer."""
        with self._lock:
            self.replayed += 1

    def came_back(self, receipts: int, amount: Decimal) -> None:
        """Buyers' cash was told to the bank."""
        with self._lock:
            self.receipts += receipts
            self.back += amount

    def say_no(self, who: str, said: Said) -> None:
        """An honest supplier was refused."""
        with self._lock:
            self.declined[said.code] += 1
            self._tell(who, None, said)

    def caught(self, fraud: Fraud, who: str, said: Said, asked: Decimal) -> None:
        """A fraud was refused; it asked for `asked` yuan."""
        with self._lock:
            self._outcome(fraud, REFUSED, said)
            self.held += asked
            self._tell(who, fraud, said)

    def cut_down(self, fraud: Fraud, who: str, asked: Decimal, got: Decimal) -> None:
        """A fraud was lent no more than what is real is worth."""
        with self._lock:
            self._outcome(fraud, CUT, _CUT)
            self.held += asked - got
            self._tell(who, fraud, _CUT)

    def got_through(self, fraud: Fraud, who: str) -> None:
        """A fraud was believed: the demo has failed there, and says so."""
        with self._lock:
            self._outcome(fraud, THROUGH, _THROUGH)
            self._tell(who, fraud, _THROUGH)

    def trouble(self, what: str) -> None:
        """A client saw what no client should."""
        with self._lock:
            self.troubles[what] += 1

    def percentiles(self, what: str) -> tuple[int, float, float, float]:
        """(count, median, 99th percentile, largest) in milliseconds; zeros if there were none."""
        with self._lock:
            ranked = sorted(self.milliseconds.get(what, ()))
        if not ranked:
            return 0, 0.0, 0.0, 0.0
        return len(ranked), _ranked(ranked, 0.5), _ranked(ranked, 0.99), ranked[-1]

    def timed(self) -> list[str]:
        """What was timed."""
        with self._lock:
            return sorted(self.milliseconds)

    def latest(self, count: int) -> list[News]:
        """The last `count` pieces of news, youngest first."""
        with self._lock:
            return list(self.news)[: -count - 1 : -1]

    def fraud_outcomes(self) -> list[tuple[Fraud, Counter[str], Said]]:
        """Each fraud tried, its outcomes, and the reason most often given."""
        with self._lock:
            return [
                (fraud, Counter(outcomes), self.reasons[fraud].most_common(1)[0][0])
                for fraud, outcomes in sorted(self.frauds.items(), key=_order)
            ]

    def _outcome(self, fraud: Fraud, outcome: str, said: Said) -> None:
        self.frauds.setdefault(fraud, Counter())[outcome] += 1
        self.reasons.setdefault(fraud, Counter())[said] += 1

    def _tell(self, who: str, fraud: Fraud | None, said: Said) -> None:
        if self.day is not None:
            self.news.append(News(self.day, who, fraud, said))


def said_by(problem: Problem, language: str) -> Said:
    """The most telling reason where the bank gave reasons, else the problem's own."""
    reasons: list[dict[str, Any]] = problem.facts.get("reasons", [])
    telling = [reason for reason in reasons if reason["code"] not in _GENERAL]
    for reason in (*telling, *reasons):
        return Said(str(reason["code"]), str(reason["text"][language]))
    return Said(problem.code, problem.detail)


def _order(item: tuple[Fraud, Counter[str]]) -> int:
    return list(Fraud).index(item[0])


def _ranked(ranked: Sequence[float], share: float) -> float:
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
