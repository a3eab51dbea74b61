"""Firms: who trades with whom, and one firm from every side."""

from datetime import date, timedelta
from typing import Final

from heliu.channels.console import asking, drawing
from heliu.channels.console.desk import pages
from heliu.channels.console.firms import around, names_of
from heliu.channels.console.routes_receivables import standing
from heliu.channels.pages.api import Answer, Chart, Visit, page, trades, unknown
from heliu.credit.applications.api import Asked, Traded, search_receivables, traded_pairs
from heliu.credit.limits.api import Axis, lines_of
from heliu.decisions.features.api import FEATURES, Pair, PairFeatures, pair_features
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.oversight.monitoring.api import by_party
from heliu.parties.identity.api import Right
from heliu.parties.party.api import find_parties, group_of

SHOWN: Final = 100
_LATEST: Final = 10
_LOOKS: Final = 8
_BETWEEN: Final = timedelta(days=7)
AXIS_TEXT: Final = {
    Axis.PROGRAMME: Text("方案", "programme"),
    Axis.OBLIGOR: Text("买方", "obligor"),
    Axis.GROUP: Text("集团", "group"),
    Axis.SUPPLIER: Text("供应商", "supplier"),
    Axis.PRODUCT: Text("产品", "product"),
}
# Features drawn over time, and how their values are read; definitions are in docs/features.md.
COURSES: Final = (
    ("inv_90", Text("近 90 天开票净额", "Invoiced in 90 days"), "money"),
    ("late_rate_n", Text("逾期付款率", "Late-payment rate"), "share"),
    ("dilution", Text("稀释率", "Dilution"), "share"),
    ("dependence", Text("买方占销售比重", "Share of this buyer in sales"), "share"),
)


@pages.get("/console/firms", Right.TRADE_READ)
def listed(visit: Visit) -> Answer:
    """Who delivers to whom, the largest trade first."""
    with visit.transaction() as tx:
        pairs = traded_pairs(tx, None, SHOWN)
        names = names_of(tx, (code for one in pairs for code in (one.supplier, one.buyer)))
    return page("console/firms.html", pairs=pairs, names=names, address=asking.address)


@pages.get("/console/firms/{code}", Right.TRADE_READ)
def one(visit: Visit, code: str) -> Answer:
    """One firm: register, limits, trade, partners and rings, features over time, receivables."""
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        party = find_parties(tx, [code]).get(code)
        pairs = traded_pairs(tx, [code], SHOWN)
        if party is None and not pairs:
            raise unknown()
        seen = around(tx, code)
        lines = lines_of(tx, [code])
        latest = search_receivables(tx, Asked(party=code), None, _LATEST)
        shown = trades(tx, latest, on)
        group = group_of(tx, [code], on).get(code, code)
        warnings = by_party(tx).get(code, 0)
        pair = _pair(visit, code, pairs)
        looks = _looks(tx, pair, on) if pair else []
        codes = {code, group, *seen.firms, *(c for p in pairs for c in (p.supplier, p.buyer))}
        names = names_of(tx, codes)
    return page(
        "console/firm.html",
        code=code,
        party=party,
        pairs=pairs,
        names=names,
        seen=seen,
        partners=drawing.partners(seen, names, visit.language) if seen.trades else None,
        lines=lines,
        axes=AXIS_TEXT,
        shown=shown,
        standing=standing,
        group=group,
        warnings=warnings,
        pair=pair,
        courses=_courses(visit, looks),
        features=[(name, _value(looks[-1][1], name)) for name in FEATURES] if looks else [],
    )


def _pair(visit: Visit, code: str, pairs: list[Traded]) -> Pair | None:
    """The trade whose features are shown: with `?with=`, else the largest."""
    other = visit.query.get("with", "")
    fit = [one for one in pairs if other in (one.supplier, one.buyer)] or pairs
    return Pair(fit[0].supplier, fit[0].buyer) if fit else None


def _looks(tx: Tx, pair: Pair, on: date) -> list[tuple[date, PairFeatures]]:
    days = [on - _BETWEEN * back for back in reversed(range(_LOOKS))]
    return [(day, pair_features(tx, [pair], day)[pair]) for day in days]


def _courses(visit: Visit, looks: list[tuple[date, PairFeatures]]) -> list[tuple[str, Chart]]:
    found = []
    for name, title, kind in COURSES:
        values = [(day, look.values.get(name)) for day, look in looks]
        chart = drawing.course(title, values, kind, visit.language)
        if chart is not None:
            found.append((drawing.told(values[-1][1], kind), chart))
    return found


def _value(look: PairFeatures, name: str) -> str:
    return drawing.told(look.values.get(name), "number")
