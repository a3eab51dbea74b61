"""Firms from every side: their names, with whom they trade, who is tied to whom, which rings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from heliu.credit.applications.api import Traded, traded_pairs
from heliu.credit.products.api import programmes
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.party.api import RelatedPair, find_parties, related_pairs

MOST = 12


@dataclass(frozen=True, slots=True)
class Around:
    """A firm and those next to it: who delivers to whom, who is tied, which trades run in a ring.

    `ring` are the (supplier, buyer) pairs from whose buyer deliveries lead back to the supplier.
    """

    firms: tuple[str, ...]
    trades: tuple[Traded, ...]
    ties: tuple[RelatedPair, ...]
    ring: frozenset[tuple[str, str]]


def names_of(tx: Tx, codes: Iterable[str]) -> dict[str, Text]:
    """The name of each firm: as registered, else as its programme has it, else its code."""
    wanted = sorted(set(codes))
    known = find_parties(tx, wanted)
    named: dict[str, Text] = {}
    for programme in programmes(tx):
        named[programme.buyer_uscc] = programme.buyer_name
        named |= {one.uscc: one.name for one in programme.suppliers}
    for code, party in known.items():
        zh = party.profile.name_zh
        named[code] = Text(zh, party.profile.name_en or named.get(code, Text(zh, zh)).en)
    return {code: named.get(code, Text(code, code)) for code in wanted}


def around(tx: Tx, code: str) -> Around:
    """The firm with its largest trading partners, at most MOST firms."""
    near = traded_pairs(tx, [code], MOST)
    firms = list(dict.fromkeys([code, *(p for one in near for p in (one.supplier, one.buyer))]))
    firms = firms[:MOST]
    inside = [
        one
        for one in traded_pairs(tx, firms, MOST * MOST)
        if one.supplier in firms and one.buyer in firms
    ]
    ties = related_pairs(tx, firms)
    pairs = [(one.supplier, one.buyer) for one in inside]
    return Around(tuple(firms), tuple(inside), tuple(ties), rings(pairs))


def rings(pairs: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The pairs (from, to) from whose end some way leads back to their beginning."""
    onward: dict[str, set[str]] = {}
    for source, target in pairs:
        onward.setdefault(source, set()).add(target)
    return frozenset(pair for pair in pairs if pair[0] in _reached(pair[1], onward))


def _reached(start: str, onward: Mapping[str, set[str]]) -> set[str]:
    seen, left = set[str](), [start]
    while left:
        at = left.pop()
        if at not in seen:
            seen.add(at)
            left += onward.get(at, ())
    return seen
