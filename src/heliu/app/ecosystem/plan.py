"""The plan: which trades happen, who cheats, who pays how. Seeded, pure, knows no format."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Any, Final

from heliu.app.ecosystem.cast import (
    ENTRUSTED_ABOVE,
    GOODS_OF,
    UPSTREAM,
    Supplier,
    suppliers,
)
from heliu.app.ecosystem.clock import business_days, on_business_day
from heliu.app.ecosystem.deeds import Fraud, Manner, Paying
from heliu.app.samples.firms import BEILING, CAOYUAN, HAIHE, Firm
from heliu.app.samples.trade import Form, Line, Proof, Trade

_DAY: Final = timedelta(days=1)
_FULL_WEEKS: Final = 22
_LEAST_TERM: Final = 10
# How the buyers pay, in turn, by the day that is due.
_PAYING: Final = (
    Paying.ON_TIME, Paying.LATE, Paying.ON_TIME, Paying.SHORT, Paying.ON_TIME, Paying.WRONG_PAYER,
    *(Paying.ON_TIME,) * 4, Paying.NAMELESS, *(Paying.ON_TIME,) * 4, Paying.OVER,
    *(Paying.ON_TIME,) * 6, Paying.LATE, *(Paying.ON_TIME,) * 7, Paying.NEVER,
)  # fmt: skip
_MANNERS: Final = (Manner.WHOLE, Manner.STEPS, Manner.ONWARD, Manner.WHOLE, Manner.AGAIN)
# What is tried over the API on honest trades, in turn.
_TRICKS: Final = (
    Fraud.STRANGER, Fraud.TWICE, Fraud.GREEDY, Fraud.FORGED_SIGNATURE, Fraud.FORGED_APPROVAL,
    Fraud.REPLAYED, Fraud.FORGED_CASH,
)  # fmt: skip
_TRICK_EVERY: Final = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the ecosystem is, and the seed of all that is drawn."""

    suppliers: int = 60
    weeks: int = _FULL_WEEKS
    trades_each: int = 5
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Deal:
    """One invoice that its supplier means to finance: honest, or a fraud of a kind.

    `worth` is what was really delivered at the price agreed, tax included. `upstream` is what the
    supplier himself bought for it, where the programme pays his own supplier.
    """

    trade: Trade
    supplier: Supplier
    worth: Decimal
    fraud: Fraud | None = None
    manner: Manner = Manner.WHOLE
    tricks: tuple[Fraud, ...] = ()
    paying: Paying = Paying.NEVER
    upstream: Trade | None = None

    @property
    def sent_on(self) -> date:
        """The business day on which the invoice is sent."""
        return on_business_day(self.trade.sent_on)

    @property
    def paid_on(self) -> date:
        """The business day on which the buyer's cash comes."""
        return on_business_day(self.trade.due_on + self.paying.days_late * _DAY)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is going to happen, but for what the bank says to it."""

    days: tuple[date, ...]
    cast: tuple[Supplier, ...]
    deals: tuple[Deal, ...]
    ring: tuple[Trade, ...]  # trades of a circle that are sold among its members


def plan(scale: Scale, first: date) -> Plan:
    """The plan of `scale.weeks` weeks from the Monday `first` on; the same seed, the same plan."""
    days = business_days(first, scale.weeks)
    return Plan(tuple(days), tuple(suppliers(scale.suppliers)), *_Planner(scale, days).deals())


class _Planner:
    def __init__(self, scale: Scale, days: Sequence[date]) -> None:
        self._scale, self._days = scale, days
        self._cast = suppliers(scale.suppliers)
        self._chance = random.Random(f"heliu {scale.seed}")  # noqa: S311 - a story, no secrets
        self._serials: Counter[str] = Counter()

    def deals(self) -> tuple[tuple[Deal, ...], tuple[Trade, ...]]:
        """The deals in order of sending, and the trades of the rings."""
        honest = self._honest()
        frauds = [deal for kind in _PAPER_FRAUDS for deal in self._frauds(kind, honest)]
        rings = [self._ring(n) for n in range(self._times())]
        circular = [deal for deal, _ in rings]
        ring = tuple(trade for _, trades in rings for trade in trades)
        all_deals = [*self._behaved(honest), *frauds, *circular]
        return tuple(sorted(all_deals, key=lambda d: (d.sent_on, d.trade.invoice_no))), ring

    def _times(self) -> int:
        return max(1, self._scale.suppliers // 20)

    def _honest(self) -> list[Deal]:
        """The trades of all suppliers; those of the core's relative are frauds of their own."""
        window = 7 * self._scale.weeks // 2
        relative = next(
            s for s in self._cast if s.firm.legal_representative == HAIHE.legal_representative
        )
        ordered = sorted(
            (self._chance.randrange(window), supplier.firm.code, supplier)
            for supplier in self._cast
            for _ in range(1 if supplier is relative else self._scale.trades_each)
        )
        found = []
        seen: set[tuple[str, date, Decimal]] = set()
        for day, _, supplier in ordered:
            deal = self._deal(supplier, on_business_day(self._days[0] + day * _DAY))
            # Two invoices of one day and amount are what a bank takes for one invoiced twice.
            while (
                looks := (supplier.firm.code, deal.trade.invoice_date, deal.trade.gross)
            ) in seen:
                deal = _one_more(deal)
            seen.add(looks)
            found.append(replace(deal, fraud=Fraud.RELATED) if supplier is relative else deal)
        return found

    def _deal(self, supplier: Supplier, ordered_on: date, **changes: Any) -> Deal:
        trade = self._trade(supplier, ordered_on, **changes)
        return Deal(trade, supplier, _worth(trade))

    def _trade(self, supplier: Supplier, ordered_on: date, **changes: Any) -> Trade:
        chain = supplier.chain
        form = changes.pop("form", supplier.form)
        confirmed = chain.core is HAIHE or form is not Form.UBL
        goods = [GOODS_OF[code] for code in supplier.goods]
        clean = Trade(
            self._serial(chain.core),
            chain.core,
            supplier.firm,
            ordered_on,
            tuple(Line.of(good, self._lot(good.lot)) for good in goods),
            form=form,
            proof=supplier.proof,
            approval="confirmed" if confirmed else None,
            due_days=max(_LEAST_TERM, chain.due_days * self._scale.weeks // _FULL_WEEKS),
            payments=(),
        )
        return replace(clean, **changes)

    def _lot(self, usual: int) -> int:
        return max(1, usual * (800 + self._chance.randrange(401)) // 1000)

    def _serial(self, buyer: Firm) -> int:
        self._serials[buyer.code] += 1
        return self._serials[buyer.code]

    def _behaved(self, deals: Sequence[Deal]) -> Iterator[Deal]:
        """How each is asked for, what is tried on it, and how its buyer pays, in turn."""
        due = sorted(deals, key=lambda d: (d.trade.due_on, d.trade.invoice_no))
        turn = 0
        for number, deal in enumerate(due):
            if deal.fraud is not None:
                yield deal
                continue
            paying = replace(deal, paying=_PAYING[turn % len(_PAYING)])
            turn += 1
            trick, rest = divmod(number, _TRICK_EVERY)
            tricks = () if rest else (_TRICKS[trick % len(_TRICKS)],)
            asked = self._asked(replace(paying, tricks=tricks), number)
            overheard = Fraud.REPLAYED in tricks and asked.manner is Manner.STEPS
            # A thief has heard one request and sends it again: it must have been one request.
            yield replace(asked, manner=Manner.WHOLE) if overheard else asked

    def _asked(self, deal: Deal, number: int) -> Deal:
        draw = deal.trade.gross * Decimal(deal.supplier.chain.programme["advance_rate"])
        if deal.trade.buyer is not BEILING or draw <= ENTRUSTED_ABOVE:
            return replace(deal, manner=_MANNERS[number % len(_MANNERS)])
        ore = GOODS_OF["ORE"]
        tonnes = int((deal.trade.gross / (ore.price * (1 + ore.rate))).to_integral(ROUND_CEILING))
        upstream = Trade(
            self._serial(deal.supplier.firm),
            deal.supplier.firm,
            UPSTREAM[number % len(UPSTREAM)],
            deal.trade.ordered_on,
            (Line.of(ore, tonnes + 1),),
            has_order=False,
            only_invoice=True,
            approval=None,
            payments=(),
        )
        # Even a decision of the lowest grade must then be paid to the upstream supplier.
        worthwhile = draw > ENTRUSTED_ABOVE * 3 / 2 and number % 8 == 0
        tricks = (*deal.tricks, *((Fraud.FALSE_PAYEE,) if worthwhile else ()))
        return replace(deal, manner=Manner.ENTRUSTED, upstream=upstream, tricks=tricks)

    def _frauds(self, kind: Fraud, honest: Sequence[Deal]) -> Iterator[Deal]:
        for _ in range(self._times()):
            yield from self._fraud(kind, honest)

    def _fraud(self, kind: Fraud, honest: Sequence[Deal]) -> Iterator[Deal]:
        if kind in {Fraud.RENUMBERED, Fraud.SPLIT}:
            again = [
                d for d in honest
                if d.supplier.form is Form.UBL and d.trade.buyer is not HAIHE
            ]  # fmt: skip
            made = _once_more(kind, self._chance.choice(again).trade)
            supplier = next(s for s in self._cast if s.firm == made[0].supplier)
            yield from (Deal(trade, supplier, Decimal(0), kind) for trade in made)
            return
        buyer, changes = _PAPER_FRAUDS[kind]
        able = [
            s for s in self._cast
            if s.chain.core is buyer and (kind is not Fraud.SPOILT or s.goods == ("MILK",))
            and s.firm.legal_representative != buyer.legal_representative
        ]  # fmt: skip
        day = on_business_day(
            self._days[0] + self._chance.randrange(7 * self._scale.weeks // 2) * _DAY
        )
        deal = self._deal(self._chance.choice(able), day, **changes)
        if kind in _BENT:
            deal = _bent(deal, *_BENT[kind])
        worth = Decimal(0) if kind in _WORTHLESS else deal.worth
        yield replace(deal, fraud=kind, worth=worth)

    def _ring(self, number: int) -> tuple[Deal, list[Trade]]:
        """Billets that go round from the steel works to the steel works, a little dearer each."""
        steel = [s for s in self._cast if s.chain.core is BEILING]
        members = [steel[(3 * number + n) % len(steel)] for n in range(3)]
        first = on_business_day(self._days[0] + (14 * (number + 1)) * _DAY)
        firms = [BEILING, *(member.firm for member in members)]
        tonnes = 280 + 7 * number
        trades = [
            Trade(
                self._serial(buyer), buyer, seller, first + 2 * step * _DAY, _billets(tonnes, step),
                has_order=False, only_invoice=True, approval=None, payments=(),
            )
            for step, (seller, buyer) in enumerate(pairwise(firms))
        ]  # fmt: skip
        back = self._deal(
            members[-1], first + 7 * _DAY, lines=_billets(tonnes, 3), form=Form.UBL, approval=None
        )
        return replace(back, fraud=Fraud.CIRCULAR, worth=Decimal(0)), trades


# Of which buyer, and what of the trade differs. Only the appliance maker confirms its payables
# one by one, so it alone can deny one.
_PAPER_FRAUDS: Final[dict[Fraud, tuple[Firm, dict[str, Any]]]] = {
    Fraud.RENUMBERED: (CAOYUAN, {}),
    Fraud.SPLIT: (CAOYUAN, {}),
    Fraud.SHORT: (CAOYUAN, {"form": Form.UBL, "approval": None}),
    Fraud.INFLATED: (BEILING, {"form": Form.UBL, "approval": None}),
    Fraud.PADDED: (CAOYUAN, {"form": Form.UBL, "approval": None}),
    Fraud.GHOST: (BEILING, {"form": Form.UBL, "proof": Proof.NONE, "approval": None}),
    Fraud.SPOILT: (CAOYUAN, {"form": Form.UBL, "alarm": True, "approval": None}),
    Fraud.DENIED: (HAIHE, {"form": Form.UBL, "approval": "rejected"}),
}
_WORTHLESS: Final = frozenset({Fraud.GHOST, Fraud.SPOILT, Fraud.DENIED})
# Share of the order that came, and the price invoiced as a multiple of the price agreed.
_BENT: Final = {
    Fraud.SHORT: (Decimal("0.40"), Decimal(1)),
    Fraud.INFLATED: (Decimal(1), Decimal("2.5")),
    Fraud.PADDED: (Decimal(1), Decimal("1.08")),
}


def _bent(deal: Deal, came: Decimal, dearer: Decimal) -> Deal:
    lines = []
    for line in deal.trade.lines:
        received = int(line.ordered * came)
        price = (line.price * dearer).quantize(Decimal("0.01"))
        lines.append(replace(line, despatched=received, received=received, invoice_price=price))
    # A buyer pays what its tolerance of 1 % above the agreed price lets through.
    most = [min(li.invoice_price, li.price * Decimal("1.01")) for li in lines]
    worth = sum(
        (li.received * price * (1 + li.good.rate) for li, price in zip(lines, most, strict=True)),
        Decimal(0),
    )
    return replace(
        deal, trade=replace(deal.trade, lines=tuple(lines)), worth=worth, paying=Paying.ON_TIME
    )


def _worth(trade: Trade) -> Decimal:
    """What was delivered at the price agreed, tax included."""
    lines = (line.received * line.price * (1 + line.good.rate) for line in trade.lines)
    return sum(lines, Decimal(0))


def _one_more(deal: Deal) -> Deal:
    """The deal over one unit more."""
    first, *rest = deal.trade.lines
    trade = replace(deal.trade, lines=(Line.of(first.good, first.ordered + 1), *rest))
    return replace(deal, trade=trade, worth=_worth(trade))


def _once_more(kind: Fraud, trade: Trade) -> list[Trade]:
    """The delivery of `trade` invoiced again: whole under a new number, or in two parts."""
    stem = f"{trade.supplier.code}-INV-{trade.ordered_on:%y%m}-9{trade.serial:03d}"
    bare = replace(trade, only_invoice=True, approval=None, sent_late=7)
    if kind is Fraud.RENUMBERED:
        return [replace(bare, number=stem, dated=trade.invoice_date)]
    parts = []
    for number in (1, 2):
        lines = []
        for line in trade.lines:
            first = line.ordered * 58 // 100
            units = first if number == 1 else line.ordered - first
            lines.append(Line.of(line.good, units))
        dated = trade.invoice_date + 7 * _DAY
        parts.append(replace(bare, lines=tuple(lines), number=f"{stem}{number}", dated=dated))
    return parts


def _billets(tonnes: int, step: int) -> tuple[Line, ...]:
    return (Line.of(GOODS_OF["BILLET"], tonnes, Decimal(3180 + 4 * step)),)
