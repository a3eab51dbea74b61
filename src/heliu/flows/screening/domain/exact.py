"""Exact duplicates: one invoice offered twice, by the same holder or by two.

An invoice number is used once by its seller; the same number, parties and amount again is the
same receivable again. A void row beside its valid twin is one invoice with its status told twice.
A holder whose file was delivered twice over doubles hundreds of rows in one way: such rows are
still duplicates, but rank below the lone copy that somebody made.
"""

from typing import Final

import numpy as np

from heliu.flows.screening.domain.invoices import Flags, Floats, Ints, Invoices, group, sizes
from heliu.flows.screening.domain.suspicion import Hit, SuspicionKind
from heliu.ground.text import Text

_LONE: Final = 0.98
_OTHER_HOLDER: Final = 0.96
_REDATED: Final = 0.94
_REDELIVERED: Final = 0.45  # one of a systematic doubling
_VOID: Final = 0.3
_RED: Final = 0.9  # factor: a copied red letter borrows nothing by itself
_NOTHING: Final = 0.6  # factor: nor does an invoice over zero
_SYSTEMATIC_ROWS: Final = 50
_SYSTEMATIC_SHARE: Final = 0.02
_FAR: Final = 50  # times the usual distance between the twins of a doubled file


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
    """Score per row (n,): low where the holder's whole file is doubled in this one way."""
    at = np.flatnonzero(twins)
    at = at[np.argsort(dated[at], kind="stable")]
    surplus = np.concatenate(([False], dated[at][1:] == dated[at][:-1]))[: len(at)]
    holder = group(invoices.holder)
    rows, doubled = np.bincount(holder), np.bincount(holder[at[surplus]], minlength=len(holder))
    doubled = doubled[: len(rows)]
    systematic = (doubled >= _SYSTEMATIC_ROWS) & (doubled >= _SYSTEMATIC_SHARE * rows)
    usual = sizes(dated) == 2  # noqa: PLR2004 - twins, not triplets
    distance = np.zeros(len(invoices), dtype=np.int64)
    steps = np.diff(at, prepend=at[:1])
    distance[at[surplus]] = steps[surplus]
    distance[at[np.flatnonzero(surplus) - 1]] = steps[surplus]
    score = np.full(len(invoices), _LONE)
    for code in np.flatnonzero(systematic):
        mine = (holder == code) & twins & usual
        near = distance <= _FAR * np.median(distance[mine])
        score[mine & near] = _REDELIVERED
    return score


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
    elif score == _REDELIVERED:
        reason = Text(
            reason.zh + "；该企业的文件整批重复交付",
            reason.en + "; this holder's file was delivered twice over",
        )
    return Hit(SuspicionKind.EXACT_DUPLICATE, tuple(int(r) for r in rows[::-1]), score, reason)
