"""The desk's laws on the real database, whatever is asked of it in whatever order."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.credit.collateral.yard import (
    CLERK,
    DAY,
    KEEPER,
    NOW,
    House,
    a_lot,
    a_pledge,
    an_id,
)

from heliu.credit.collateral.api import (
    Answer,
    Ask,
    Coverage,
    EndPledge,
    GoodsBook,
    InstructionKind,
    Pledge,
    Release,
    Released,
    answer,
    appraise,
    coverage,
    instructions,
    lots,
    pledge,
    release,
    securities,
    seize,
    violations,
)
from heliu.ground.db import Database, Tx
from heliu.ground.money import Money

FINANCED = 60_000_00
YARD = [a_lot(f"WR-{n}", tons) for n, tons in enumerate([10, 25, 40, 1])]
NAMES = ("one", "two")

names = st.sampled_from(NAMES)
subsets = st.lists(st.sampled_from(YARD), min_size=1, max_size=3, unique=True)
acts = st.one_of(
    st.tuples(st.just("pledge"), names, subsets),
    st.tuples(st.just("hold"), names, st.booleans()),
    st.tuples(st.just("price"), names, st.integers(2000, 5000)),
    st.tuples(st.just("pay"), names, st.integers(0, FINANCED // 2)),
    st.tuples(st.just("appraise"), names, st.integers(0, FINANCED)),
    st.tuples(st.just("seize"), names, st.integers(1, FINANCED)),
)


class _Undone(Exception):
    pass


class Life:
    """Two contracts on one yard; every act is tried, most are possible, some are refused."""

    def __init__(self, tx: Tx, book: GoodsBook) -> None:
        self.tx, self.house, self.book = tx, House(tx, book), book
        self.day = DAY
        self.paid = dict.fromkeys(NAMES, 0)
        self.house.verified(YARD[3])
        self.house.priced("3000")
        self.house.held("one", FINANCED, *YARD[:2])
        self.house.held("two", FINANCED, YARD[2])

    def play(self, number: int, act: str, name: str, said: object) -> None:
        contract = an_id(name)
        key = an_id(f"{number}")
        match act, said:
            case "pledge", list():
                self._pledge(replace(a_pledge(name, FINANCED, *said), key=key))
            case "hold", bool():
                told = instructions(self.tx, contracts=[contract]).values()
                holds = [i for i in told if i.kind is InstructionKind.HOLD]
                commands = [
                    Answer(i.id, KEEPER, said, i.quantity_milli * said, self.day) for i in holds
                ]
                answer(self.tx, CLERK, commands, NOW)
            case "price", int():
                self.day += timedelta(days=1)
                self.house.priced(str(said), self.day)
            case "pay", int():
                self.paid[name] = min(FINANCED, self.paid[name] + said)
                self._release(Release(key, contract, *self._figures(name), self.day))
            case "appraise", int():
                appraise(self.tx, [Ask(contract, Money(said))], self.book, self.day, NOW)
            case "seize", int():
                seize(self.tx, CLERK, [EndPledge(key, contract, Money(said), self.day)], NOW)

    def _figures(self, name: str) -> tuple[Money, Money]:
        return Money(self.paid[name]), Money(FINANCED - self.paid[name])

    def _pledge(self, command: Pledge) -> None:
        first = pledge(self.tx, CLERK, [command], NOW)
        again = pledge(self.tx, CLERK, [command], NOW)
        assert [type(found) for found in first] == [type(found) for found in again]

    def _release(self, command: Release) -> None:
        first, again = release(self.tx, CLERK, [command, command], self.book, NOW)
        assert isinstance(first, Released) == isinstance(again, Released)
        if not isinstance(first, Released):
            return
        assert first == again
        (left,) = coverage(self.tx, [Ask(command.contract_id, command.debt)], self.book, self.day)
        assert isinstance(left, Coverage)
        required = securities(self.tx, [command.contract_id])[command.contract_id].terms.required_bp
        assert not first.quantities or left.meets(required)

    def is_sound(self) -> None:
        known = lots(self.tx, [lot.id for lot in YARD])
        for stored in known.values():
            held = stored.holding
            gone = held.released_milli + held.seized_milli
            assert gone + held.remaining_milli == held.pledged_milli <= held.verified_milli
            assert (stored.contract_id is None) == (held.pledged_milli == 0)
            pledges = [event for event in stored.events if event.kind.value == "pledged"]
            assert len(pledges) <= 1
        assert violations(self.tx) == []


@settings(max_examples=40)
@given(played=st.lists(acts, min_size=4, max_size=12))
def test_goods_are_conserved_covered_and_pledged_once_in_any_life(
    told: Database, book: GoodsBook, played: Sequence[tuple[str, str, object]]
) -> None:
    with suppress(_Undone), told.transaction() as tx:
        life = Life(tx, book)
        for number, (act, name, said) in enumerate(played):
            life.play(number, act, name, said)
            life.is_sound()
        tx.run("SET CONSTRAINTS ALL IMMEDIATE")
        raise _Undone
