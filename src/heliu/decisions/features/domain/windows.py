"""The feature vector of each pair as of a day: definitions, in the notation of docs/features.md."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heliu.decisions.features.domain import sums
from heliu.decisions.features.domain.pair import Feature
from heliu.decisions.features.domain.rates import (
    DILUTION_PRIOR,
    LATE_PRIOR,
    MILLION,
    RED_PRIOR,
    SHRINK,
    VOID_PRIOR,
    Ints,
    decimals,
    integers,
    priors,
    ratios,
    shrunk,
    unless,
    within,
)
from heliu.decisions.features.domain.tally import Day, month_of

FEATURES: Final = (
    "rel_age_days",
    "recency_days",
    "active_m12",
    "n_ord_90",
    "n_inv_90",
    "n_inv_365",
    "gap_ewma_days",
    "inv_30",
    "inv_90",
    "inv_365",
    "share_in_buyer",
    "dependence",
    "hhi_s",
    "hhi_b",
    "dso_ewma_days",
    "late_ewma_days",
    "late_p90_days",
    "late_rate_n",
    "late_rate_amt",
    "worst_open_days",
    "overdue_ratio",
    "dilution",
    "void_rate",
    "red_rate",
    "eom_share",
    "eom_reversed",
    "round_share",
    "benford_distance",
    "dup_hits",
    "backdate_p95_days",
    "match3",
)
_BACKDATE_PERCENT: Final = 95
_HOUSE: Final = np.array([[VOID_PRIOR], [RED_PRIOR], [LATE_PRIOR], [LATE_PRIOR]])


class Asked(NamedTuple):
    """A pair's fold; `supplier` and `buyer` are places among the marginals."""

    first: int
    traded: int
    tables: tuple[bytes, bytes, bytes, bytes, bytes]  # DAYS, PAID, DUES, LAGS, DIGITS
    supplier: int
    buyer: int


class Whole(NamedTuple):
    """A marginal's fold: TRADE, TERMS (of a buyer), shares."""

    trade: bytes
    terms: bytes
    shares: bytes


class _Dues(NamedTuple):
    """By owner, the sums of its followed invoices as `sums.dues` gives them."""

    matured: Ints
    face: Ints
    late: Ints
    late_face: Ints
    closed: Ints
    closed_face: Ints
    closed_cash: Ints
    open: Ints
    open_amount: Ints
    overdue_amount: Ints


class _Wholes(NamedTuple):
    """By marginal, what a supplier or buyer tells about all its pairs; rates are priors."""

    net: Ints
    concentration: Ints
    void: Ints
    red: Ints
    late: Ints
    late_amount: Ints


Fraction = tuple[NDArray[Any], NDArray[Any]]


def vectors(asked: Sequence[Asked], wholes: Sequence[Whole], on: int) -> list[dict[str, Feature]]:
    """The features of each pair as of the end of day `on` (an ordinal), in order."""
    if not asked:
        return []
    first, traded, tables, supplier, buyer = zip(*asked, strict=True)
    days, paid, dues, lags, digits = zip(*tables, strict=True)
    deals, due = sums.dealings(days, on), sums.dues(dues, on)
    parties = _wholes(wholes, on)
    sellers, payers = _Wholes(*parties[:, list(supplier)]), _Wholes(*parties[:, list(buyer)])
    lag = sums.lags(lags, _BACKDATE_PERCENT)
    counts = {
        **_rhythm(np.array(first), np.array(traded), deals, on),
        **_waiting(due),
        "backdate_p95_days": unless(np.array([not packed for packed in lags]), lag),
    }
    of_due = _Dues(*due.sums)
    fractions = {
        **_trading(deals, sellers, payers, sums.digits(digits)),
        **_paying(of_due, sums.payments(paid, on)),
    }
    values = dict(zip(fractions, ratios(*zip(*fractions.values(), strict=True)), strict=True))
    values |= _shrunk(values, deals.year, of_due, sellers, payers)
    values |= {"hhi_s": sellers.concentration, "hhi_b": payers.concentration}
    told = {
        **dict(zip(counts, integers(np.array(list(counts.values()))), strict=True)),
        **dict(zip(values, decimals(np.array(list(values.values()))), strict=True)),
    }
    rows = zip(*(told[name] for name in FEATURES), strict=True)
    return [dict(zip(FEATURES, row, strict=True)) for row in rows]


def _rhythm(first: Ints, traded: Ints, deals: sums.Dealings, on: int) -> dict[str, Ints]:
    last = np.where(deals.traded, deals.traded, traded)
    year, quarter, month = deals.year, deals.quarter, deals.month
    return {
        "rel_age_days": unless((first == 0) | (first > on), on - first),
        "recency_days": unless(last == 0, on - last),
        "active_m12": deals.active_months,
        "n_ord_90": quarter[Day.ORDERS],
        "n_inv_90": quarter[Day.ISSUED] - quarter[Day.VOIDS],
        "n_inv_365": year[Day.ISSUED] - year[Day.VOIDS],
        "inv_30": month[0] - month[1],
        "inv_90": quarter[Day.GROSS] - quarter[Day.RED],
        "inv_365": year[Day.GROSS] - year[Day.RED],
        "dup_hits": year[Day.REPEATS],
    }


def _waiting(dues: sums.Dues) -> dict[str, Ints]:
    due = _Dues(*dues.sums)
    return {
        "late_p90_days": unless(due.matured == 0, dues.late_p90),
        "worst_open_days": unless((due.matured == 0) & (due.open == 0), dues.worst_open),
    }


def _trading(
    deals: sums.Dealings, sellers: _Wholes, payers: _Wholes, digits: Ints
) -> dict[str, Fraction]:
    year, quarter = deals.year, deals.quarter
    net, gross = year[Day.GROSS] - year[Day.RED], year[Day.GROSS]
    rounds, faces, apart = digits
    # Half the summed distance of the shares from Benford's law, shrunk to 0.
    few = np.where(faces > 0, 2 * MILLION * (faces + SHRINK), 0)
    return {
        "gap_ewma_days": (deals.gaps[0], deals.gaps[1]),
        "share_in_buyer": (within(net, payers.net), payers.net),
        "dependence": (within(net, sellers.net), sellers.net),
        "void_rate": (year[Day.VOIDS], year[Day.ISSUED]),
        "red_rate": (year[Day.RED], gross),
        "eom_share": (deals.month_end[0], gross),
        "eom_reversed": (deals.month_end[1], gross),
        "round_share": (rounds, faces),
        "benford_distance": (apart, few),
        "match3": (quarter[Day.MATCHED], quarter[Day.LINKED]),
    }


def _paying(due: _Dues, cash: Sequence[NDArray[Any]]) -> dict[str, Fraction]:
    paid, paid_days, dated, dated_days = cash
    # Of a pair none of whose invoices is followed nothing is known; nothing open, nothing overdue.
    known = (due.matured > 0) | (due.open > 0)
    return {
        "dso_ewma_days": (paid_days, paid),
        "late_ewma_days": (dated_days, dated),
        "late_rate_n": (due.late, due.matured),
        "late_rate_amt": (due.late_face, due.face),
        "overdue_ratio": (due.overdue_amount, np.where(known, np.maximum(due.open_amount, 1), 0)),
        "dilution": (due.closed_face - due.closed_cash, due.closed_face),
    }


def _shrunk(
    values: Mapping[str, Ints], year: Ints, due: _Dues, seller: _Wholes, payer: _Wholes
) -> dict[str, Ints]:
    """The rates over cases, drawn to the priors of their party."""
    cases_and_priors = {
        "late_rate_n": (due.matured, payer.late),
        "late_rate_amt": (due.matured, payer.late_amount),
        "dilution": (due.closed, np.full_like(due.closed, DILUTION_PRIOR)),
        "void_rate": (year[Day.ISSUED], seller.void),
        "red_rate": (year[Day.ISSUED] - year[Day.VOIDS], seller.red),
    }
    cases, drawn_to = (np.array(rows) for rows in zip(*cases_and_priors.values(), strict=True))
    rates = np.array([values[name] for name in cases_and_priors])
    return dict(zip(cases_and_priors, shrunk(rates, cases, drawn_to), strict=True))


def _wholes(wholes: Sequence[Whole], on: int) -> Ints:
    """Rows as the fields of _Wholes, a column a marginal."""
    trades, terms, shares = zip(*wholes, strict=True)
    issued, voids, gross, red = sums.trades(trades, on)
    matured, face, timely, timely_face = sums.terms(terms, on)
    one, squares = sums.shares(shares, month_of(on))
    found = ratios(
        [squares, voids, red, matured - timely, face - timely_face],
        [one * one, issued, gross, matured, face],
    )
    cases = np.array([issued, issued - voids, matured, matured])
    return np.array([gross - red, found[0], *priors(found[1:], cases, _HOUSE)])
