"""The balances of all accounts as arrays: the writer's memory, a fold of the journal.

An account's place (slot) in every array is its serial. `headroom` is what an account may still
give: its balance on the normal side, less what is on hold, less its floor.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from heliu.books.ledger.domain.account import SERIALS, Account, Side
from heliu.books.ledger.domain.batch import NEVER, Ints, Pending, Rows

# Turnover is bounded far below what 64 bits hold, so that no sum of a batch can overflow.
MAX_TURNOVER: Final = 2**61
FREE: Final = 2**62


class Balances:
    """Posted totals, holds, headroom and open pending transfers of all accounts."""

    def __init__(self) -> None:
        self.turnover = 0
        self.open: dict[bytes, Pending] = {}
        self._soonest = NEVER  # no open pending transfer expires before
        self._grow(1024)

    def add_account(self, account: Account) -> None:
        """Take in an account that has no entries yet."""
        while account.serial >= len(self.id):
            self._grow(2 * len(self.id))
        slot = account.serial
        self.id[slot] = account.id
        self.sign[slot] = 1 if account.normal_side is Side.DEBIT else -1
        self.floor[slot] = -FREE if account.floor is None else account.floor
        self.headroom[slot] = -self.floor[slot]

    def add_accounts(self, ids: Ints, floors: Ints, signs: Ints) -> None:
        """Take in accounts as arrays; a floor of `-FREE` is none."""
        slots = ids % SERIALS
        while len(slots) and slots.max() >= len(self.id):
            self._grow(2 * len(self.id))
        self.id[slots], self.floor[slots], self.sign[slots] = ids, floors, signs
        self.headroom[slots] = -floors

    def drop_account(self, account: Account) -> None:
        """Forget an account whose opening was rolled back."""
        self.id[account.serial] = 0

    def slots(self, ids: Ints) -> Ints:
        """Slots of the accounts `ids`; 0 for an account that does not exist."""
        slot = ids % SERIALS
        slot[slot >= len(self.id)] = 0
        slot[self.id[slot] != ids] = 0
        return slot

    def set_totals(self, debits: Ints, credits_: Ints) -> None:
        """Start from posted totals, by slot; nothing may be on hold yet."""
        self.debits, self.credits = debits, credits_
        self.turnover = int(debits.sum())
        self.headroom = self.sign * (debits - credits_) - self.floor

    def apply(self, rows: Rows, *, times: int = 1) -> None:
        """Book `rows`, or with `times=-1` take them back (in reverse order of booking)."""
        moved, effect = rows.moved * times, (rows.moved + rows.held) * times
        self.turnover += int(moved.sum())
        assert self.turnover < MAX_TURNOVER, "the books' turnover has no room left"
        np.add.at(self.debits, rows.debit_slot, moved)
        np.add.at(self.credits, rows.credit_slot, moved)
        gives = self.sign[rows.debit_slot] < 0
        np.add.at(self.headroom, rows.debit_slot, np.where(gives, -effect, moved))
        gives = self.sign[rows.credit_slot] > 0
        np.add.at(self.headroom, rows.credit_slot, np.where(gives, -effect, moved))
        opened, closed = rows.opened, [pending for pending, _ in rows.closed]
        self._exchange(*((opened, closed) if times == 1 else (closed, opened)))

    def overdrawn(self, debit_slot: Ints, credit_slot: Ints, asked: Ints) -> Ints:
        """Slots that would have to give more than they have, counting nothing that they get.

        `asked` is what each transfer takes from every side that gives. Sound: an account not
        named here can give everything asked of it, in any order. May repeat slots.
        """
        from_debit = np.where(self.sign[debit_slot] < 0, asked, 0)
        from_credit = np.where(self.sign[credit_slot] > 0, asked, 0)
        np.subtract.at(self.headroom, debit_slot, from_debit)
        np.subtract.at(self.headroom, credit_slot, from_credit)
        over = np.concatenate(
            (
                debit_slot[self.headroom[debit_slot] < 0],
                credit_slot[self.headroom[credit_slot] < 0],
            )
        )
        np.add.at(self.headroom, debit_slot, from_debit)
        np.add.at(self.headroom, credit_slot, from_credit)
        return over

    def balance(self, slot: int) -> int:
        """Posted balance on the normal side."""
        return int(self.sign[slot] * (self.debits[slot] - self.credits[slot]))

    def available(self, slot: int) -> int:
        """Posted balance on the normal side less what is on hold."""
        return int(self.headroom[slot] + self.floor[slot])

    def due(self, now_us: int) -> list[Pending]:
        """Open pending transfers whose time is over at `now_us`, in the order they expire."""
        if now_us < self._soonest:
            return []
        self._soonest = min((p.expires_us for p in self.open.values()), default=NEVER)
        over = [pending for pending in self.open.values() if pending.expires_us <= now_us]
        return sorted(over, key=lambda pending: (pending.expires_us, pending.seq))

    def hold(self, pendings: Iterable[Pending]) -> None:
        """Take in pending transfers that are open in the journal."""
        for pending in pendings:
            self._take(pending)
            for account, giving in ((pending.debit, -1), (pending.credit, 1)):
                slot = account % SERIALS
                if self.sign[slot] == giving:
                    self.headroom[slot] -= pending.amount

    def _exchange(self, come: Iterable[Pending], go: Iterable[Pending]) -> None:
        # A pending transfer may be opened and resolved by one batch: first all come.
        for pending in come:
            self._take(pending)
        for pending in go:
            del self.open[pending.key]

    def _take(self, pending: Pending) -> None:
        self.open[pending.key] = pending
        self._soonest = min(self._soonest, pending.expires_us)

    def _grow(self, size: int) -> None:
        old = len(self.id) if hasattr(self, "id") else 0
        for name, fill in (
            *(("id", 0), ("sign", 1), ("floor", -FREE)),
            *(("debits", 0), ("credits", 0), ("headroom", FREE)),
        ):
            array = np.full(size, fill, np.int64)
            if old:
                array[:old] = getattr(self, name)
            setattr(self, name, array)

    id: Ints
    sign: Ints
    floor: Ints
    debits: Ints
    credits: Ints
    headroom: Ints
