"""What is usual here: rates learnt from the table itself, and the odds of a suspicion against them.

A pattern is worth suspecting as far as it surprises: the same coincidence means much in a trade
that never repeats an amount and nothing in one that bills the same price every day. So a score is
the posterior of two explanations (local false discovery rate: Efron, Large-Scale Inference, 2010,
chapter 5): how often a fraud would look so, assumed, against how often the honest rows of this firm
look so, counted in its other rows and drawn towards the whole table where it has few.
"""

from typing import Final

import numpy as np

from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group, keyed

# Two invoices in a thousand are taken to the bank twice: what is believed before looking.
PRIOR: Final = 0.002
# No habit of a few rows is surer than this.
LEAST_RATE: Final = 0.002
# Days from one equal amount to another: up to so many, beyond the one before.
REACHES: Final = (0, 3, 10, 25, 31)
# Up to so many rows may be the very frauds that are sought: they are not counted as habit.
_SOUGHT: Final = 0.01
# Share of rows with an equal amount so near, before looking: numbered elsewhere, in the same book.
_RECUR: Final = ((0.003, 0.005, 0.005, 0.01, 0.01), (0.02, 0.01, 0.01, 0.01, 0.01))
_TABLE_ROWS: Final = 100.0  # rows that the beliefs above are worth
_HOLDER_ROWS: Final = 20.0
_PAIR_ROWS: Final = 5.0
_OWN_ROWS: Final = 2.0
_ROUNDNESS: Final = (100, 1_000, 10_000, 100_000)  # fen
_TEMPTING: Final = 50_000  # fen: of an invoice of so much every second forger makes use


def posterior(fraud: Floats, honest: Floats) -> Floats:
    """How likely the first explanation is, in [0, 1], of two intensities (k,), priors included."""
    return np.asarray(fraud / np.maximum(fraud + honest, 1e-300), dtype=np.float64)


def shrunk(
    count: Floats | Ints | np.int64,
    of: Floats | Ints | np.int64,
    towards: Floats | float,
    rows: float,
) -> Floats:
    """The rate `count` / `of`, drawn towards a wider rate that is worth so many `rows`."""
    rate = (count + rows * np.asarray(towards)) / (of + rows)
    return np.asarray(np.clip(rate, 0.0, 1.0), dtype=np.float64)


def worth_pledging(total: Ints) -> Floats:
    """Factor (k,) of the prior by amount in fen (>= 0): petty invoices are not worth the work."""
    return np.asarray(total / (total + _TEMPTING), dtype=np.float64)


def recurrence(invoices: Invoices, book: Ints) -> Floats:
    """Expected share of rows with an equal amount of the same parties so near, (2, reaches, n).

    First line: numbered in another book than the row, second: in its own; by REACHES. Learnt from
    the amount's own rhythm (two rows of it aside: they are the pair that is judged), the other
    amounts of the same parties, then of the holder, then of the table; amounts as round as the
    row's own count for more.
    """
    rates = np.full((2, len(REACHES), len(invoices)), LEAST_RATE)
    at = np.flatnonzero(invoices.live & (invoices.total > 0))
    amount = group(invoices.pair, invoices.total)
    # A copy told twice stands once here: exact duplicates are another suspicion.
    at = at[np.unique(group(amount, invoices.number)[at], return_index=True)[1]]
    if not len(at):
        return rates
    levels = amount, invoices.pair, group(invoices.holder), _roundness(invoices.total)
    rows = tuple(_count(code, at) for code in levels)
    everywhere = _equals(amount[at], invoices.day[at])
    inside = _equals(group(amount, book)[at], invoices.day[at])
    for line, near in enumerate((everywhere - inside, inside)):
        for place in range(len(REACHES)):
            seen = near[place] > 0
            again = tuple(_count(code, at[seen]) for code in levels)
            # Of a single copy each of its equals sees one: an amount's rhythm begins with two.
            twice = np.maximum(_count(amount, at[near[place] > 1]) - 2, 0)
            trade = _trade(levels, rows, again, _RECUR[line][place])
            own = shrunk(twice[amount], np.maximum(rows[0][amount] - 2, 0), trade, _OWN_ROWS)
            rates[line, place] = np.clip(own, LEAST_RATE, 1.0)
    return rates


def _trade(
    levels: tuple[Ints, ...], rows: tuple[Ints, ...], again: tuple[Ints, ...], believed: float
) -> Floats:
    """The share of rows seen again (n,), from the narrowest level beyond the row's own amount."""
    amount, pair, holder, roundness = levels
    its_own, its_rows = again[0][amount], rows[0][amount]
    table = shrunk(again[3].sum() - its_own, rows[3].sum() - its_rows, believed, _TABLE_ROWS)
    by_holder = shrunk(
        again[2][holder] - again[1][pair], rows[2][holder] - rows[1][pair], table, _HOLDER_ROWS
    )
    by_pair = shrunk(again[1][pair] - its_own, rows[1][pair] - its_rows, by_holder, _PAIR_ROWS)
    as_round = shrunk(
        again[3][roundness] - its_own, rows[3][roundness] - its_rows, table, _TABLE_ROWS
    )
    return by_pair * as_round / table


def _equals(code: Ints, day: Ints) -> Ints:
    """Per row (k,) how many others of its code lie in each of the reaches, shape (reaches, k)."""
    order = np.lexsort((day, code))
    keys = keyed(code, day)[order]
    within = [
        np.searchsorted(keys, keys + reach, side="right") - np.searchsorted(keys, keys - reach) - 1
        for reach in REACHES
    ]
    found = np.empty((len(REACHES), len(code)), dtype=np.int64)
    found[:, order] = np.diff(np.array(within), axis=0, prepend=0)
    return found


def _roundness(total: Ints) -> Ints:
    return np.asarray(sum((total % fen == 0).astype(np.int64) for fen in _ROUNDNESS))


def _count(code: Ints, at: Ints) -> Ints:
    return np.bincount(code[at], minlength=int(code.max(initial=0)) + 1)


def classed(seller: Ints, kind: Ints, usable: Flags, honest: Floats) -> Floats:
    """How likely a row's class is for its seller's honest rows (n,): learnt from his other rows.

    `kind` (n,) is a class below len(honest); `honest` (classes, n) what is believed of it before
    looking, for a seller of his size.
    """
    classes, rows = len(honest), np.bincount(seller, weights=usable)
    size = np.minimum(np.log2(np.maximum(rows, 1)).astype(np.int64), 7)[seller]
    each = np.arange(len(seller))
    alike = np.bincount((size * classes + kind)[usable], minlength=8 * classes)
    of_size = np.bincount(size[usable], minlength=8)
    table = shrunk(
        np.maximum(alike[size * classes + kind] - 1 - _SOUGHT * of_size[size], 0),
        np.maximum(of_size[size] - 1, 0),
        honest[kind, each],
        _TABLE_ROWS,
    )
    own = np.bincount((seller * classes + kind)[usable], minlength=len(rows) * classes)
    rate = shrunk(
        np.maximum(own[seller * classes + kind] - 1 - _SOUGHT * rows[seller], 0),
        np.maximum(rows[seller] - 1, 0),
        table,
        _PAIR_ROWS,
    )
    return np.maximum(rate, LEAST_RATE)
