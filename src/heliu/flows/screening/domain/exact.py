"""Exact duplicates: one invoice offered twice, by the same holder or by two.

An invoice number is used once by its seller; the same number, parties and amount again is the
same receivable again. A void row beside its valid twin is one invoice with its status told twice.
A holder whose file was delivered twice over doubles hundreds of rows in one way: such rows are
still duplicates, but rank below the lone copy that somebody made.
"""

from typing import Final

import numpy as np

from heliu.flows.screening.domain.habits import PRIOR, posterior
from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group, sizes
from heliu.flows.screening.domain.suspicion import Hit, SuspicionKind
from heliu.ground.text import Text

_LONE: Final = 0.98
_OTHER_HOLDER: Final = 0.96
_REDATED: Final = 0.94
_VOID: Final = 0.3
_RED: Final = 0.9  # factor: a copied red letter borrows nothing by itself
_NOTHING: Final = 0.6  # factor: nor does an invoice over zero
_SYSTEMATIC_ROWS: Final = 50
_SYSTEMATIC_SHARE: Final = 0.02
_HALF: Final = 0.5  # of a double: none was seen, one may come
_AROUND: Final = 25  # rows on either side
_REDELIVERED: Final = 0.2  # one of a systematic doubling: still told, it is offered twice


def exact_duplicates(invoices: Invoices) -> list[Hit]:
    """All groups of rows that claim one invoice more than once."""
    live, void = invoices.live, invoices.usable & ~invoices.live
    same = group(invoices.pair, invoices.number, invoices.total, invoices.net)
    dated = group(same, invoices.day)
    twins = _repeated(dated, live)
    hits = _hits(invoices, dated, twins, _lone_or_redelivered(invoices, dated, twins))
    lone_void = ~np.isin(dated, dated[live])
    voids = _repeated(dated, void & lone_void)
    hits += _hits(invoices, dated, voids, np.full(len(invoices), _VOID))
    redated = _repeated(same, live & ~twins)
    hits += _hits(invoices, same, redated, np.full(len(invoices), _REDATED))
    return hits + _other_holders(invoices, live)


def _other_holders(invoices: Invoices, among: Flags) -> list[Hit]:
    # The mirrored row (the buyer tells the seller's sale) has the other direction: no duplicate.
    seen = group(
        invoices.other,
        invoices.out.astype(np.int64),
        invoices.number,
        invoices.day,
        invoices.total,
    )
    pairs = np.unique(np.stack((seen[among], invoices.pair[among])), axis=1)
    holders = np.bincount(pairs[0], minlength=int(seen.max(initial=-1)) + 1)
    several = among & (holders[seen] > 1)
    return _hits(invoices, seen, several, np.full(len(invoices), _OTHER_HOLDER))


def _repeated(code: Ints, among: Flags) -> Flags:
    counts = np.bincount(code[among], minlength=int(code.max(initial=-1)) + 1)
    return among & (counts[code] > 1)


def _lone_or_redelivered(invoices: Invoices, dated: Ints, twins: Flags) -> Floats:
    """Score per row (n,): low where the holder's file is doubled in this one way.

    A file is doubled in stretches: where none of a row's neighbours by day and number is doubled
    though the holder's doubles are crowded elsewhere, somebody copied this one.
    """
    score = np.full(len(invoices), _LONE)
    holder = group(invoices.holder)
    rows = np.bincount(holder)
    doubled = np.bincount(holder[twins], minlength=len(rows))
    systematic = (doubled >= _SYSTEMATIC_ROWS) & (doubled >= _SYSTEMATIC_SHARE * rows)
    usual = twins & (sizes(dated) == 2)  # noqa: PLR2004 - twins, not triplets
    for code in np.flatnonzero(systematic):
        mine = np.flatnonzero((holder == code) & invoices.usable)
        mine = mine[np.lexsort((invoices.serial[mine], invoices.day[mine]))]
        crowd = _crowd(usual[mine])
        among = np.sort(crowd[usual[mine]])
        # The share of the holder's other doubles that lie as lonely as this one.
        alike = np.maximum(np.searchsorted(among, crowd, side="right") - 2, 0)
        lonely = (alike + _HALF) / (len(among) + 1)
        honest = doubled[code] / rows[code] * lonely
        copied = posterior(np.full(len(mine), PRIOR), honest)
        judged = _REDELIVERED + (_LONE - _REDELIVERED) * copied
        score[mine[usual[mine]]] = judged[usual[mine]]
    return score


def _crowd(doubled: Flags) -> Ints:
    """How many of the rows around each one are doubled, itself and its twin aside (k,)."""
    running = np.concatenate(([0], np.cumsum(doubled)))
    at = np.arange(len(doubled))
    low, high = np.maximum(at - _AROUND, 0), np.minimum(at + _AROUND + 1, len(doubled))
    return np.asarray(running[high] - running[low] - 2, dtype=np.int64)


def _hits(invoices: Invoices, code: Ints, members: Flags, score: Floats) -> list[Hit]:
    at = np.flatnonzero(members)
    at = at[np.argsort(code[at], kind="stable")]
    starts = np.flatnonzero(np.diff(code[at])) + 1
    holder = invoices.holder
    return [
        _hit(invoices, rows, float(score[rows].max()), len(np.unique(holder[rows])))
        for rows in np.split(at, starts)
        if len(rows)
    ]


def _hit(invoices: Invoices, rows: Ints, score: float, holders: int) -> Hit:
    first = int(rows[0])
    redelivered = _REDELIVERED <= score < (_REDELIVERED + _LONE) / 2 and score != _VOID
    if invoices.total[first] < 0:
        score *= _RED
    elif invoices.total[first] == 0:
        score *= _NOTHING
    number, times = invoices.number_of(first), len(rows)
    reason = Text(
        f"发票 {number} 在同一交易双方、同一金额下出现 {times} 次",
        f"invoice {number} stands {times} times with the same parties and amount",
    )
    if holders > 1:
        reason = Text(
            f"发票 {number} 由 {holders} 家企业同时提出，号码、日期、金额与对方均相同",
            f"invoice {number} of one date, amount and party is offered by {holders} holders",
        )
    elif redelivered:
        reason = Text(
            reason.zh + "；该企业的文件整批重复交付",
            reason.en + "; this holder's file was delivered twice over",
        )
    return Hit(SuspicionKind.EXACT_DUPLICATE, tuple(int(r) for r in rows[::-1]), score, reason)
