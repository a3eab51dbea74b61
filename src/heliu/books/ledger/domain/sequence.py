"""The transfers of a batch whose answer depends on order, decided one by one, exactly.

Works on an overlay: the balances themselves are not touched. Only accounts that might run dry are
watched; for them every transfer of the batch that touches them is in the sequence.
"""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import NamedTuple

from heliu.books.ledger.domain.balances import Balances
from heliu.books.ledger.domain.batch import NEVER, Bytes1, Ints, Pending, TransferBatch
from heliu.books.ledger.domain.transfer import Phase
from heliu.books.ledger.errors import Why


class Content(NamedTuple):
    """What must be the same for a key to be the same transfer."""

    debit: int
    credit: int
    amount: int
    code: int
    day: int
    phase: int
    pending_key: bytes | None
    expires_us: int


class Known(NamedTuple):
    """A transfer that is in the journal already."""

    seq: int
    content: Content


class Turn(NamedTuple):
    """One transfer in its turn: its place in the batch and what it asks."""

    at: int
    key: bytes
    content: Content
    debit_slot: int
    credit_slot: int
    why: Why


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an accepted transfer does: moves, holds (< 0: releases), and the pending it closes."""

    moved: int
    held: int
    closes: Pending | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """A transfer that is booked already: in the journal at `seq` (> 0), or here at `index`."""

    seq: int = 0
    index: int = 0


Verdict = Accepted | Repeat | Why


def decide_in_order(
    chains: list[list[Turn]],
    balances: Balances,
    known: Mapping[bytes, Known],
    watched: set[int],
    *,
    open_chain: bool,
) -> dict[int, Verdict]:
    """Decide `chains` (single transfers are chains of one) in order; verdicts by batch index.

    `open_chain` says that the last chain had no end in the batch: it is refused.
    """
    bench = _Bench(balances, known, watched)
    if open_chain:
        bench.verdicts.update((turn.at, Why.CHAIN_OPEN) for turn in chains.pop())
    for chain in chains:
        bench.decide(chain)
    return bench.verdicts


def turns_of(
    batch: TransferBatch, slots: tuple[Ints, Ints], why: Bytes1, indices: Ints
) -> list[list[Turn]]:
    """The transfers at `indices`, chains kept together (the rest of a chain must be named too)."""
    n = len(indices)
    phases = [0] * n if batch.phase is None else batch.phase[indices].tolist()
    linked = [False] * n if batch.linked is None else batch.linked[indices].tolist()
    expiries = [NEVER] * n if batch.expires_us is None else batch.expires_us[indices].tolist()
    names = [None] * n if batch.pending_key is None else batch.pending_key[indices].tolist()
    columns = (batch.debit, batch.credit, batch.amount, batch.code, batch.day)
    numbers = zip(*(column[indices].tolist() for column in columns), strict=True)
    keys = batch.key[indices].tolist()
    chains: list[list[Turn]] = []
    within = False
    for place, (at, content) in enumerate(zip(indices.tolist(), numbers, strict=True)):
        resolves = phases[place] in (Phase.POST, Phase.VOID)
        turn = Turn(
            at,
            keys[place],
            Content._make(
                (*content, phases[place], names[place] if resolves else None, expiries[place])
            ),
            *(int(slots[0][at]), int(slots[1][at]), Why(int(why[at]))),
        )
        if within:
            chains[-1].append(turn)
        else:
            chains.append([turn])
        within = linked[place]
    return chains


class _Bench:
    """Where transfers are decided in order, over an overlay of the balances."""

    def __init__(self, balances: Balances, known: Mapping[bytes, Known], watched: set[int]) -> None:
        self.balances, self.known = balances, known
        self.verdicts: dict[int, Verdict] = {}
        # Headroom of watched accounts; pending transfers opened (None: closed) and transfers
        # accepted in this batch, by key.
        self.headroom: MutableMapping[int, int] = {
            slot: int(balances.headroom[slot]) for slot in watched
        }
        self.open: MutableMapping[bytes, Pending | None] = {}
        self.accepted: MutableMapping[bytes, Turn] = {}

    def decide(self, chain: list[Turn]) -> None:
        """Decide one chain: all of it or nothing."""
        if len(chain) == 1:
            self.verdicts[chain[0].at] = self._verdict(chain[0])
            return
        below = self.headroom, self.open, self.accepted
        self.headroom, self.open, self.accepted = (
            ChainMap({}, below[0]), ChainMap({}, below[1]), ChainMap({}, below[2])
        )  # fmt: skip
        verdicts: list[Verdict] = []
        for turn in chain:
            verdicts.append(self._verdict(turn))
            if isinstance(verdicts[-1], Why):
                break
        above = self.headroom, self.open, self.accepted
        self.headroom, self.open, self.accepted = below
        broken_at, why = _break(verdicts)
        if why is Why.NONE:
            self.headroom.update(above[0].maps[0])
            self.open.update(above[1].maps[0])
            self.accepted.update(above[2].maps[0])
            self.verdicts.update((t.at, v) for t, v in zip(chain, verdicts, strict=True))
        else:
            self.verdicts.update((turn.at, Why.CHAIN_BROKEN) for turn in chain)
            self.verdicts[chain[broken_at].at] = why

    def _verdict(self, turn: Turn) -> Verdict:
        if (before := self.known.get(turn.key)) is not None:
            return Repeat(seq=before.seq) if before.content == turn.content else Why.KEY_REUSED
        if (earlier := self.accepted.get(turn.key)) is not None:
            same = earlier.content == turn.content
            return Repeat(index=earlier.at) if same else Why.KEY_REUSED
        if turn.why is not Why.NONE:
            return turn.why
        verdict = self._move(turn)
        if isinstance(verdict, Accepted):
            self.accepted[turn.key] = turn
            self._give_and_get(turn, verdict)
        return verdict

    def _move(self, turn: Turn) -> Accepted | Why:
        amount = turn.content.amount
        match turn.content.phase:
            case Phase.POST | Phase.VOID:
                return self._resolve(turn)
            case Phase.PENDING if self._can_give(turn, amount):
                c = turn.content
                self.open[turn.key] = Pending(
                    turn.at, turn.key, c.debit, c.credit, c.amount, c.code, c.expires_us
                )
                return Accepted(0, amount)
            case Phase.POSTED if self._can_give(turn, amount):
                return Accepted(amount, 0)
            case _:
                return Why.FLOOR

    def _resolve(self, turn: Turn) -> Accepted | Why:
        content = turn.content
        assert content.pending_key is not None, "POST and VOID name a pending transfer"
        name = content.pending_key
        pending = self.open[name] if name in self.open else self.balances.open.get(name)
        if pending is None:
            return Why.PENDING_NOT_OPEN
        posts = content.phase == Phase.POST
        fits = content.amount <= pending.amount if posts else content.amount == pending.amount
        if (content.debit, content.credit) != (pending.debit, pending.credit) or not fits:
            return Why.PENDING_DIFFERS
        self.open[name] = None
        return Accepted(content.amount if posts else 0, -pending.amount, closes=pending)

    def _can_give(self, turn: Turn, amount: int) -> bool:
        return all(
            self.headroom.get(slot, amount) >= amount for slot, gives in self._sides(turn) if gives
        )

    def _give_and_get(self, turn: Turn, accepted: Accepted) -> None:
        for slot, gives in self._sides(turn):
            if slot in self.headroom:
                effect = accepted.moved + accepted.held
                self.headroom[slot] += -effect if gives else accepted.moved

    def _sides(self, turn: Turn) -> tuple[tuple[int, bool], tuple[int, bool]]:
        sign = self.balances.sign
        return (
            (turn.debit_slot, bool(sign[turn.debit_slot] < 0)),
            (turn.credit_slot, bool(sign[turn.credit_slot] > 0)),
        )


def _break(verdicts: list[Verdict]) -> tuple[int, Why]:
    """Where and why a chain breaks; a chain that is known as a whole does not."""
    last = verdicts[-1]
    if isinstance(last, Why):
        return len(verdicts) - 1, last
    repeats = [place for place, verdict in enumerate(verdicts) if isinstance(verdict, Repeat)]
    if repeats and len(repeats) < len(verdicts):
        return repeats[0], Why.CHAIN_PARTLY_POSTED
    return 0, Why.NONE
