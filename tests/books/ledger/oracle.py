"""A tiny ledger in plain Python that books one transfer after the other: the tests' truth.

Written from the rules alone, sharing nothing with the real one but its vocabulary.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from uuid import UUID

from heliu.books.ledger.api import Phase, Transfer, Why

MAX_AMOUNT = 10**14


@dataclass
class Book:
    currency: str
    debit_normal: bool
    floor: int | None
    debits: int = 0
    credits: int = 0
    held: int = 0

    @property
    def balance(self) -> int:
        net = self.debits - self.credits
        return net if self.debit_normal else -net

    @property
    def available(self) -> int:
        return self.balance - self.held


@dataclass
class Oracle:
    books: dict[int, Book]
    booked: dict[UUID, tuple[int, Transfer]] = field(default_factory=dict)
    open: dict[UUID, Transfer] = field(default_factory=dict)

    def post(self, transfers: Sequence[Transfer]) -> list[tuple[str, int, Why]]:
        answers: list[tuple[str, int, Why]] = []
        chain: list[Transfer] = []
        for transfer in transfers:
            chain.append(transfer)
            if not transfer.linked:
                answers += self._chain(chain)
                chain = []
        return answers + [("refused", 0, Why.CHAIN_OPEN)] * len(chain)

    def _chain(self, chain: list[Transfer]) -> list[tuple[str, int, Why]]:
        before = deepcopy((self.books, self.booked, self.open))
        answers = []
        for transfer in chain:
            answers.append(self._one(transfer))
            if answers[-1][0] == "refused":
                break
        repeated = [at for at, answer in enumerate(answers) if answer[0] == "duplicate"]
        if answers[-1][0] == "refused":
            broken, why = len(answers) - 1, answers[-1][2]
        elif repeated and len(repeated) < len(chain):
            broken, why = repeated[0], Why.CHAIN_PARTLY_POSTED
        else:
            return answers
        self.books, self.booked, self.open = before
        refused = [("refused", 0, Why.CHAIN_BROKEN)] * len(chain)
        refused[broken] = ("refused", 0, why)
        return refused

    def _one(self, transfer: Transfer) -> tuple[str, int, Why]:
        if transfer.key in self.booked:
            seq, earlier = self.booked[transfer.key]
            same = _content(earlier) == _content(transfer)
            return ("duplicate", seq, Why.NONE) if same else ("refused", 0, Why.KEY_REUSED)
        why = self._wrong(transfer) or self._book(transfer)
        if why:
            return ("refused", 0, why)
        seq = len(self.booked) + 1
        self.booked[transfer.key] = (seq, transfer)
        return ("posted", seq, Why.NONE)

    def _wrong(self, transfer: Transfer) -> Why:
        debit, credit = self.books.get(transfer.debit), self.books.get(transfer.credit)
        if not 0 < transfer.amount.minor <= MAX_AMOUNT:
            return Why.AMOUNT
        if transfer.debit == transfer.credit:
            return Why.SAME_ACCOUNT
        if debit is None:
            return Why.DEBIT_UNKNOWN
        if credit is None:
            return Why.CREDIT_UNKNOWN
        if len({debit.currency, credit.currency, transfer.amount.currency}) > 1:
            return Why.CURRENCY
        return Why.NONE

    def _book(self, transfer: Transfer) -> Why:
        amount = transfer.amount.minor
        debit, credit = self.books[transfer.debit], self.books[transfer.credit]
        givers = [b for b in (debit, credit) if b.debit_normal != (b is debit)]
        if transfer.phase in (Phase.POST, Phase.VOID):
            assert transfer.pending_key is not None
            pending = self.open.get(transfer.pending_key)
            if pending is None:
                return Why.PENDING_NOT_OPEN
            whole = pending.amount.minor
            fits = amount <= whole if transfer.phase is Phase.POST else amount == whole
            if (pending.debit, pending.credit) != (transfer.debit, transfer.credit) or not fits:
                return Why.PENDING_DIFFERS
            del self.open[transfer.pending_key]
            for giver in givers:
                giver.held -= whole
        elif any(b.floor is not None and b.available - amount < b.floor for b in givers):
            return Why.FLOOR
        if transfer.phase is Phase.PENDING:
            self.open[transfer.key] = transfer
            for giver in givers:
                giver.held += amount
        elif transfer.phase is not Phase.VOID:
            debit.debits += amount
            credit.credits += amount
        return Why.NONE


def _content(transfer: Transfer) -> tuple[object, ...]:
    t = transfer
    parts = (t.debit, t.credit, t.amount.minor, t.code, t.business_date)
    return (*parts, t.phase, t.pending_key, t.expires_at)
