"""V1 to V7 over random lives of vouchers: a machine acts, and after every act the laws hold."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.books.vouchers.house import (
    CHIEF,
    CLERK,
    CORE,
    FOUNDRY,
    MARCH,
    MILL,
    MINE,
    NOON,
    accept,
    approve,
    backed,
    finance,
    freeze,
    issue,
    key,
    redemption,
    release,
    split,
    transfer,
    unfreeze,
    void,
)

from heliu.books.vouchers.api import FinancingKind, Fragment, Standing, Status, voucher_id
from heliu.books.vouchers.domain.decide import decide, target
from heliu.books.vouchers.domain.event import VoucherEvent, read_event
from heliu.books.vouchers.domain.register import Register, fold
from heliu.ground.errors import Refusal

INVOICES = {"A": 1_000, "B": 77, "C": 10**13}
PARTIES = (MILL, FOUNDRY, MINE)
pick = st.integers(0, 10**6)


class Vouchers(RuleBasedStateMachine):
    """Parties act on whatever there is; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.register = Register()
        self.events: list[VoucherEvent] = []
        self.today = MARCH
        self.names: list[str] = []
        self.cash: Counter[UUID] = Counter()
        self.withheld: Counter[UUID] = Counter()
        self.answers: Counter[str] = Counter()

    def act(self, command: Any) -> None:
        actor = CLERK if command.key in {key(name) for name in self.names} else CHIEF
        before = (dict(self.register.vouchers), dict(self.register.fragments))
        try:
            body = decide(self.register, command, actor)
        except Refusal as refusal:
            self.answers[refusal.code] += 1
            assert before == (self.register.vouchers, self.register.fragments)
            return
        voucher = target(self.register, command)
        of, no = (voucher.id, voucher.last_no + 1) if voucher else (voucher_id(command.key), 1)
        event = VoucherEvent(of, no, command.key, command.on, command.by, actor.id, NOON, body)
        self.register.apply(event)
        self.events.append(event)
        self.answers[event.kind] += 1

    def fresh_key(self) -> UUID:
        return key(f"act {len(self.events)} {sum(self.answers.values())}")

    def fragment(self, number: int) -> Fragment:
        known = list(self.register.fragments.values())
        return known[number % len(known)]

    @rule(invoice=st.sampled_from(sorted(INVOICES)), amount=st.integers(1, 1200), tenor=pick)
    def issue(self, invoice: str, amount: int, tenor: int) -> None:
        name = f"V{sum(self.answers.values())}"
        self.names.append(name)
        backing = (backed(amount, invoice, of=INVOICES[invoice]),)
        due_on = self.today + timedelta(days=90 + tenor % 290)
        told = len(self.events)
        self.act(issue(amount, name, backing=backing, on=self.today, due_on=due_on))
        if len(self.events) == told:
            self.names.pop()

    @precondition(lambda self: self.names)
    @rule(number=pick)
    def approve_and_accept(self, number: int) -> None:
        name = self.names[-1 - number % min(2, len(self.names))]
        self.act(approve(name, on=self.today, key=self.fresh_key()))
        self.act(accept(name, on=self.today, key=self.fresh_key()))

    @precondition(lambda self: len(self.names) > 3)
    @rule(number=pick, by=st.sampled_from((CORE, MILL)))
    def void(self, number: int, by: str) -> None:
        name = self.names[number % len(self.names)]
        self.act(void(name, by, on=self.today, key=self.fresh_key()))

    @precondition(lambda self: self.register.fragments)
    @rule(number=pick, cuts=st.lists(pick, min_size=1, max_size=4))
    def split(self, number: int, cuts: list[int]) -> None:
        one = self.fragment(number)
        places = sorted({cut % one.amount for cut in cuts} | {0, one.amount})
        amounts = [high - low for low, high in pairwise(places)]
        name = f"split {self.fresh_key()}"
        self.act(replace(split(one.id, *amounts, by=one.holder, name=name), on=self.today))

    @precondition(lambda self: self.register.fragments)
    @rule(number=pick, to=st.sampled_from(PARTIES))
    def transfer(self, number: int, to: str) -> None:
        one = self.fragment(number)
        name = str(self.fresh_key())
        self.act(transfer(one.id, to, by=one.holder, name=name, on=self.today))

    @precondition(lambda self: self.register.fragments)
    @rule(number=pick, part=pick, kind=st.sampled_from(FinancingKind))
    def finance(self, number: int, part: int, kind: FinancingKind) -> None:
        one = self.fragment(number)
        amount = 1 + part % one.amount
        said = {"kind": kind, "key": self.fresh_key(), "on": self.today}
        no = f"REG-{part % 40}"
        self.act(finance(one.id, amount, by=one.holder, registry_no=no, **said))

    @precondition(lambda self: self.register.financings)
    @rule(number=pick)
    def release(self, number: int) -> None:
        known = list(self.register.financings.values())
        one = known[number % len(known)]
        self.act(release(one.fragment, on=self.today, key=self.fresh_key()))

    @precondition(lambda self: self.register.fragments)
    @rule(number=pick, lift=st.booleans())
    def freeze(self, number: int, *, lift: bool) -> None:
        act = unfreeze if lift else freeze
        self.act(act(self.fragment(number).id, on=self.today, key=self.fresh_key()))

    @precondition(lambda self: self.register.fragments)
    @rule(number=pick, part=pick, whole=st.booleans())
    def redeem(self, number: int, part: int, *, whole: bool) -> None:
        voucher = self.register.vouchers[self.fragment(number).voucher]
        self.today = max(self.today, voucher.due_on)
        open_ = voucher.amount - voucher.paid
        cash = open_ if whole else part % (open_ + 2)
        asked = redemption(cash, on=self.today, voucher=voucher.id, key=self.fresh_key())
        told = len(self.events)
        self.act(asked)
        if len(self.events) > told:
            self.cash[voucher.id] += cash
            self.withheld[voucher.id] += self.events[-1].body.withheld  # type: ignore[union-attr]

    @rule(days=st.integers(0, 20))
    def a_day_passes(self, days: int) -> None:
        self.today += timedelta(days=days)

    @invariant()
    def v1_children_sum_to_their_parent_and_a_split_parent_is_gone(self) -> None:
        children: defaultdict[UUID, int] = defaultdict(int)
        for one in self.register.fragments.values():
            if one.parent is not None:
                children[one.parent] += one.amount
        for one in self.register.fragments.values():
            expected = one.amount if one.status is Standing.SPLIT else 0
            assert children[one.id] == expected
        for voucher in self.register.vouchers.values():
            leaves = [
                one
                for one in self.register.fragments_of(voucher.id)
                if one.status is not Standing.SPLIT
            ]
            assert not leaves or sum(one.amount for one in leaves) == voucher.amount

    @invariant()
    def v2_one_financing_stands_on_a_fragment_and_it_is_held(self) -> None:
        standing = [f for f in self.register.financings.values() if f.released_on is None]
        assert len({f.fragment for f in standing}) == len(standing)
        assert len({f.registry_no for f in self.register.financings.values()}) == len(
            self.register.financings
        )
        for one in standing:
            fragment = self.register.fragments[one.fragment]
            assert fragment.status in (Standing.HELD, Standing.PAID)
            sold = one.kind is FinancingKind.ASSIGNMENT
            assert fragment.holder == (one.financier if sold else one.obligor)

    @invariant()
    def v3_every_fragment_falls_due_with_its_voucher(self) -> None:
        for one in self.register.fragments.values():
            assert one.due_on == self.register.vouchers[one.voucher].due_on

    @invariant()
    def v4_title_leads_from_the_issuer_to_the_holder_without_a_gap(self) -> None:
        chains: defaultdict[UUID, list[tuple[str, str]]] = defaultdict(list)
        for title in self.register.titles:
            chains[title.fragment].append((title.transferor, title.transferee))
            assert title.deed
            assert title.basis
        for one in self.register.fragments.values():
            owner = (
                self.register.fragments[one.parent].holder
                if one.parent is not None
                else self.register.vouchers[one.voucher].issuer
            )
            for giver, taker in chains[one.id]:
                assert giver == owner != taker
                owner = taker
            assert owner == one.holder != CORE

    @invariant()
    def v5_no_invoice_backs_more_than_its_amount(self) -> None:
        used: Counter[str] = Counter()
        for voucher in self.register.vouchers.values():
            if voucher.status is not Status.VOID:
                used.update({one.number: one.amount for one in voucher.backing})
        assert all(used[name] <= INVOICES[name] for name in used)

    @invariant()
    def v6_the_issuers_cash_is_what_holders_got(self) -> None:
        got: Counter[UUID] = Counter()
        for paid in self.register.payouts:
            got[paid.payout.fragment] += paid.payout.amount
        for one in self.register.fragments.values():
            assert got[one.id] == one.paid <= one.amount
        for voucher in self.register.vouchers.values():
            parts = self.register.fragments_of(voucher.id)
            assert sum(one.paid for one in parts) == voucher.paid
            assert voucher.paid == self.cash[voucher.id] - self.withheld[voucher.id]
        for financing in self.register.financings.values():
            assert 0 <= financing.paid <= financing.amount

    @invariant()
    def v7_the_events_alone_make_the_same_register(self) -> None:
        assert fold(read_event(event.payload()) for event in self.events) == self.register


Vouchers.TestCase.settings = settings(
    Vouchers.TestCase.settings, max_examples=60, stateful_step_count=40
)
TestVouchers = Vouchers.TestCase
