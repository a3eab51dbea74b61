"""What the teller keeps at hand: receivables and programmes, so that a batch need not read them.

There is one teller per shard and every new verification passes it, so what is kept is what is
true; it is dropped whenever a batch fails. Programmes are read again after `KEEP_PROGRAMMES`: a
release may come from another process. Another thread (the clerk) forgets what new documents tell
of; what was read before that is then not kept.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from heliu.credit.applications.api import Receivable, find_receivables
from heliu.credit.limits.api import LineKey, programme_limits, supplier_limit
from heliu.credit.products.api import Enrolled, Programme, in_force
from heliu.decisions.features.api import Pair, PairFeatures, pair_features
from heliu.ground.db import Tx
from heliu.ground.money import Money

KEEP_RECEIVABLES: Final = 200_000
KEEP_PAIRS: Final = 50_000
KEEP_PROGRAMMES: Final = timedelta(seconds=2)


class Shelf:
    """Kept rows, by id; bounded."""

    def __init__(self) -> None:
        self._receivables: dict[UUID, Receivable] = {}
        self._programmes: dict[str, Programme | None] = {}
        self._enrolled: dict[str, dict[str, Enrolled]] = {}
        self._turn = 0
        self._pairs: dict[Pair, PairFeatures] = {}
        self._pairs_on: date | None = None
        self._limited: set[tuple[str, int, str]] = set()
        self._read_at: datetime | None = None
        self._read_on: date | None = None

    def clear(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc] # the same empty shelf as at first

    def forget(self, receivables: Iterable[UUID]) -> None:
        """Forget what new documents tell of: receivables verified again, and all features."""
        for receivable in receivables:
            self._receivables.pop(receivable, None)
        self._turn += 1
        self._pairs = {}

    def unknown(self, receivables: Sequence[UUID]) -> list[UUID]:
        """Those that are not kept, each once."""
        return [i for i in dict.fromkeys(receivables) if i not in self._receivables]

    def receivables(self, tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Receivable]:
        """The receivables of `ids` that exist."""
        kept, turn = self._receivables, self._turn
        found = {i: receivable for i in ids if (receivable := kept.get(i)) is not None}
        if missing := [i for i in dict.fromkeys(ids) if i not in found]:
            read = find_receivables(tx, missing)
            found |= read
            if self._turn == turn:
                if len(kept) + len(read) > KEEP_RECEIVABLES:
                    kept.clear()
                kept |= read
        return found

    def pairs(self, tx: Tx, pairs: Sequence[Pair], on: date) -> dict[Pair, PairFeatures]:
        """The features of `pairs` as of `on`."""
        if self._pairs_on != on or len(self._pairs) > KEEP_PAIRS:
            self._pairs, self._pairs_on = {}, on
        kept = self._pairs  # forgotten as a whole: what is added to an old one is not found again
        if missing := [pair for pair in pairs if pair not in kept]:
            kept |= pair_features(tx, missing, on)
        return {pair: kept[pair] for pair in pairs}

    def programmes(
        self, tx: Tx, codes: Iterable[str], on: date, now: datetime
    ) -> dict[str, Programme]:
        """The versions of `codes` in force on business day `on`."""
        stale = self._read_at is None or now - self._read_at > KEEP_PROGRAMMES
        if stale or self._read_on != on:
            self._programmes, self._enrolled = {}, {}
            self._read_at, self._read_on = now, on
        wanted = set(codes)
        if missing := wanted - self._programmes.keys():
            found = in_force(tx, sorted(missing), on)
            self._programmes |= {code: found.get(code) for code in missing}
        return {code: p for code in wanted if (p := self._programmes[code]) is not None}

    def enrolled(self, programme: Programme, supplier: str) -> Enrolled | None:
        """The supplier as the programme enrols it."""
        by_uscc = self._enrolled.get(programme.code)
        if by_uscc is None:
            by_uscc = {enrolled.uscc: enrolled for enrolled in programme.suppliers}
            self._enrolled[programme.code] = by_uscc
        return by_uscc.get(supplier)

    def unlimited(self, programmes: Iterable[tuple[Programme, str]]) -> list[tuple[LineKey, Money]]:
        """Limits of these (programme, supplier) pairs that were not set since they were read.

        They are given once; the caller sets them in the transaction of the batch.
        """
        limits: dict[LineKey, Money] = {}
        for programme, supplier in programmes:
            version = (programme.code, programme.version)
            if (*version, "") not in self._limited:
                self._limited.add((*version, ""))
                limits |= programme_limits(programme)
            if (*version, supplier) not in self._limited:
                self._limited.add((*version, supplier))
                if (enrolled := self.enrolled(programme, supplier)) is not None:
                    limits |= [supplier_limit(programme, enrolled)]
        return list(limits.items())
