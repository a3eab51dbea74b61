"""The plan: which trades happen, in which story, between March and August 2026."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from heliu.app.samples.firms import (
    BEILING,
    CAOYUAN,
    FIRMS,
    GOODS,
    HAIHE,
    OUTSIDER,
    SUPPLIERS,
    Firm,
    drawn,
)
from heliu.app.samples.trade import LAST_DAY, Credit, Form, Line, Payment, Proof, Trade

_SELLS: Final = {
    "HC": ("SHELL", "PANEL"), "AT": ("MOTOR",), "SD": ("CARTON",), "HT": ("HARNESS",),
    "JZ": ("MOULD",), "QM": ("BOARD",), "LX": ("HINGE",), "JM": ("LABEL",), "WX": ("SHELL",),
    "YT": ("COKE",), "KD": ("PELLET",), "ZH": ("BRICK",), "TL": ("ALLOY",), "DH": ("BILLET",),
    "RF": ("BILLET",), "HS": ("BILLET",), "BL": ("BILLET",), "BY": ("MILK",), "QL": ("MILK",),
    "LK": ("BRIK",), "JY": ("SUGAR",), "XF": ("CULTURE",), "XL": ("SEAL",),
}  # fmt: skip
_FORMS: Final = {
    "AT": Form.EINVOICE, "SD": Form.MOF, "HT": Form.PINYIN, "TL": Form.EINVOICE, "ZH": Form.MOF,
    "JY": Form.PINYIN, "XF": Form.EINVOICE,
}  # fmt: skip
_BUYER_OF: Final = {s.code: FIRMS[buyer] for buyer, own in SUPPLIERS.items() for s in own} | {
    OUTSIDER.code: HAIHE
}
# The clean trades: supplier and the days of its orders, month and day.
_CLEAN: Final = {
    "HC": ("0302", "0406", "0616"), "AT": ("0309", "0706"),
    "SD": ("0316", "0518"), "HT": ("0323", "0608"), "QM": ("0330", "0525"),
    "YT": ("0303", "0630"), "KD": ("0310",), "ZH": ("0317", "0602"),
    "TL": ("0324", "0714"), "BY": ("0304", "0527", "0708"), "QL": ("0311", "0617"),
    "LK": ("0603",), "JY": ("0401", "0722"), "XF": ("0408",),
}  # fmt: skip
_DUE_DAYS: Final = {HAIHE.code: 60, BEILING.code: 75, CAOYUAN.code: 45}


@dataclass(frozen=True, slots=True)
class Told:
    """A trade and the story it belongs to."""

    story: str
    trade: Trade


class _Teller:
    """Numbers the orders of each buyer in the order they are told."""

    def __init__(self) -> None:
        self.serials: Counter[str] = Counter()

    def trade(self, supplier: str, day: str, **changes: Any) -> Trade:
        """A clean trade of `supplier`, ordered on `day` (MMDD), with `changes` to its fields."""
        buyer: Firm = changes.pop("buyer", None) or _BUYER_OF[supplier]
        self.serials[buyer.code] += 1
        form = changes.pop("form", _FORMS.get(supplier, Form.UBL))
        approved = buyer is HAIHE or form is not Form.UBL
        clean = Trade(
            self.serials[buyer.code],
            buyer,
            FIRMS[supplier],
            date(2026, int(day[:2]), int(day[2:])),
            lines=tuple(_line(supplier, day, good) for good in _SELLS[supplier]),
            form=form,
            proof=Proof.EPCIS if supplier in {"BY", "QL", "LK"} else Proof.RECEIPT,
            has_response=drawn(supplier, day, "response", below=6) == 0,
            has_waybill=drawn(supplier, day, "waybill", below=6) == 0,
            approval="confirmed" if approved else None,
            due_days=_DUE_DAYS.get(buyer.code, 60),
        )
        return replace(clean, **changes)


def told() -> list[Told]:
    """Every trade with its story, by the day of the order."""
    teller = _Teller()
    everything = [*_clean(teller), *_quantities(teller), *_papers(teller), *_money(teller)]
    everything += _doubles(teller)
    return sorted(everything, key=lambda one: (one.trade.ordered_on, one.trade.invoice_no))


def _clean(teller: _Teller) -> Iterator[Told]:
    days = sorted((day, supplier) for supplier, own in _CLEAN.items() for day in own)
    for day, supplier in days:
        trade = teller.trade(supplier, day)
        yield Told("clean" if trade.due_on <= LAST_DAY else "open", trade)


def _quantities(teller: _Teller) -> Iterator[Told]:
    """Stories about what was delivered, at what price and in which unit."""
    hinges, shells, coke, pellets, boards = (
        Line.of(GOODS[good], quantity)
        for good, quantity in (("HINGE", 1000), ("SHELL", 2000), ("COKE", 200), ("PELLET", 400),
                               ("BOARD", 1200))
    )  # fmt: skip
    short = replace(hinges, despatched=900, received=900)
    yield Told("short-delivery", teller.trade("LX", "0413", lines=(short,),
               payments=(Payment(share=Decimal("0.9")),)))  # fmt: skip
    over = replace(shells, despatched=2030, received=2030, invoiced=2030)
    yield Told("over-delivery", teller.trade("HC", "0512", lines=(over,)))
    dear = replace(Line.of(GOODS["HINGE"], 4000), invoice_price=Decimal("19.80"))
    # The buyer pays what its own tolerance of 1 % over the order's price lets through.
    let_through = (dear.price * Decimal("1.01") / dear.invoice_price).quantize(Decimal("1e-9"))
    yield Told("price-above-order", teller.trade("LX", "0526", lines=(dear,),
               payments=(Payment(share=let_through),)))  # fmt: skip
    loads = replace(coke, invoice_unit=("LH", "车"))
    yield Told("unit-mismatch", teller.trade("YT", "0512", lines=(loads,), payments=()))
    too_much = Decimal("2000.00")
    right = pellets.net + pellets.tax
    owed = Payment(share=(right / (right + too_much)).quantize(Decimal("1e-9")))
    yield Told("tax-arithmetic", teller.trade("KD", "0609", lines=(pellets,),
               tax_error=too_much, payments=(owed,)))  # fmt: skip
    yield Told("resent", teller.trade("QM", "0427", lines=(boards,), sent_late=1))


def _papers(teller: _Teller) -> Iterator[Told]:
    """Stories about evidence that is missing, refused or impossible, and about who takes part."""
    none: dict[str, Any] = {"payments": ()}
    yield Told("related-party", teller.trade("JM", "0422", **none))
    yield Told("no-receipt", teller.trade("ZH", "0505", proof=Proof.NONE, **none))
    yield Told("no-order", teller.trade("SD", "0608", has_order=False, has_response=False,
               form=Form.UBL, **none))  # fmt: skip
    yield Told("revoked", teller.trade("WX", "0609", **none))
    yield Told("approval-rejected", teller.trade("QM", "0713", approval="rejected", **none))
    yield Told("cold-chain", teller.trade("QL", "0728", alarm=True, **none))
    yield Told("void", teller.trade("HT", "0702", void=True, approval=None, **none))
    yield Told("red-letter", teller.trade("AT", "0615", red_after=1, **none))
    yield Told("limit-first", teller.trade("JZ", "0707", due_days=90, **none))
    second = Line.of(GOODS["MOULD"], 1, Decimal("442477.88"))
    yield Told("limit-exhausted", teller.trade("JZ", "0714", lines=(second,), due_days=90, **none))
    yield Told("tenor", teller.trade("TL", "0721", form=Form.UBL, due_days=365, **none))
    yield Told("not-enrolled", teller.trade("XL", "0630", **none))
    yield Told("warning", teller.trade("XF", "0729", **none))
    yield Told("future-date", teller.trade("HC", "0722", dated=date(2062, 7, 30), **none))
    yield from _circle(teller)


def _circle(teller: _Teller) -> Iterator[Told]:
    """Three hundred tonnes of billets that go round in nine days, a little dearer each time."""
    ring = (("BL", "HS", "3180.00"), ("HS", "RF", "3184.00"), ("RF", "DH", "3188.00"))
    for step, (seller, buyer, price) in enumerate(ring):
        line = Line.of(GOODS["BILLET"], 300, Decimal(price))
        yield Told("ring", teller.trade(seller, f"06{1 + 2 * step:02d}", buyer=FIRMS[buyer],
                   lines=(line,), only_invoice=True, payments=()))  # fmt: skip
    back = Line.of(GOODS["BILLET"], 300, Decimal("3192.00"))
    yield Told("circular", teller.trade("DH", "0608", lines=(back,), payments=()))


def _money(teller: _Teller) -> Iterator[Told]:
    """Stories about credit notes and about the cash that comes, or does not."""
    before = Credit(1, 300, "数量差异协商冲减")
    sets = Line.of(GOODS["HARNESS"], 2400)
    yield Told("credit-before", teller.trade("HT", "0519", lines=(sets,), form=Form.UBL,
               credit=before, payments=(Payment(share=Decimal("0.875")),)))  # fmt: skip
    after = Credit(22, 150, "质量索赔退货")
    motors = Line.of(GOODS["MOTOR"], 1000)
    yield Told("credit-after", teller.trade("AT", "0522", lines=(motors,), form=Form.UBL,
               credit=after, payments=(Payment(share=Decimal("0.85")),)))  # fmt: skip
    own = FIRMS["YT"]
    yield Told("wrong-payer", teller.trade("YT", "0326", payments=(Payment(payer=own),)))
    short = Payment(share=Decimal("0.95"))
    yield Told("short-payment", teller.trade("KD", "0402", payments=(short,)))
    yield Told("late-payment", teller.trade("LK", "0422", payments=(Payment(18),)))
    nameless = Payment(1, quotes_invoice=False)
    yield Told("unidentified-payment", teller.trade("SD", "0424", payments=(nameless,)))
    yield Told("duplicate-file", teller.trade("HC", "0504"))


def _doubles(teller: _Teller) -> Iterator[Told]:
    """One delivery, invoiced more than once."""
    coke = teller.trade("YT", "0519")
    yield Told("renumbered-original", coke)
    again = replace(coke, number="YT-INV-2605-901", sent_late=6, dated=coke.invoice_date,
                    only_invoice=True, payments=())  # fmt: skip
    yield Told("renumbered", again)
    boxes = teller.trade("LK", "0429", lines=(Line.of(GOODS["BRIK"], 900_000),))
    yield Told("split-original", boxes)
    for part, units in enumerate((520_000, 380_000), 1):
        line = Line.of(GOODS["BRIK"], units)
        yield Told("split-sum", replace(boxes, lines=(line,), number=f"LK-INV-2605-90{part}",
                   sent_late=8, dated=boxes.invoice_date + timedelta(8), only_invoice=True,
                   payments=()))  # fmt: skip


def _line(supplier: str, day: str, good: str) -> Line:
    # Between 80 % and 120 % of the usual lot, in hundredths of it: lots are not all alike.
    item = GOODS[good]
    return Line.of(item, max(1, item.lot * (80 + drawn(supplier, day, good, below=41)) // 100))
