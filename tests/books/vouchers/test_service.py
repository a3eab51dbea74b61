"""The voucher desk on a real database: batches, keys, races, money, and the log that proves it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.books.vouchers.house import (
    BANK,
    CHIEF,
    CLERK,
    CORE,
    DUE,
    FOUNDRY,
    MILL,
    MINE,
    NOON,
    Till,
    accept,
    accepted,
    approve,
    backed,
    done,
    finance,
    freeze,
    issue,
    key,
    redemption,
    release,
    said,
    split,
    the,
    transfer,
    unfreeze,
    void,
    whole,
)

from heliu.books.evidence.api import verify_log
from heliu.books.ledger.api import verify_ledger
from heliu.books.vouchers import store
from heliu.books.vouchers.api import (
    Done,
    FinancingKind,
    TitleCommand,
    carry_out,
    child_fragment,
    currency_of,
    disclose,
    holdings,
    redeem,
    view,
    voucher_violations,
)
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal


def test_a_refusal_refuses_its_own_command_and_nobody_elses(tx: Tx) -> None:
    part = accepted(tx, 1000)
    assert done(
        tx, split(part, 1, 2, name="wrong"), split(part, 600, 400), transfer(part, MINE)
    ) == [
        "voucher.terms",
        "divided",
        "voucher.not_live",
    ]


def test_the_same_command_again_changes_nothing_and_answers_the_same(tx: Tx) -> None:
    part = accepted(tx, 1000)
    [first, again] = carry_out(tx, CLERK, [split(part, 600, 400)] * 2, NOON)
    [later] = carry_out(tx, CHIEF, [split(part, 600, 400)], NOON + timedelta(days=1))
    assert isinstance(first, Done)
    assert again == later == replace(first, repeated=True)


def test_a_key_that_meant_something_else_is_refused(tx: Tx) -> None:
    part = accepted(tx, 1000)
    assert done(tx, split(part, 600, 400), split(part, 500, 500)) == [
        "divided",
        "voucher.key_reused",
    ]


def test_a_refused_command_may_be_sent_again_with_its_key_when_it_is_cured(tx: Tx) -> None:
    assert done(tx, approve()) == ["voucher.unknown"]
    assert done(tx, issue()) == ["drafted"]
    assert done(tx, approve(), actor=CHIEF) == ["approved"]


def test_one_batch_walks_a_voucher_from_draft_to_its_third_holder(tx: Tx) -> None:
    assert done(tx, issue(1000), approve(), accept(), transfer(whole(), MINE), actor=CHIEF) == [
        "drafted",
        "voucher.same_person",
        "voucher.wrong_stage",
        "voucher.unknown",
    ]


def test_an_invoice_backs_at_most_its_amount_over_all_vouchers(tx: Tx) -> None:
    half = backed(600, "24-31", of=1000)
    assert done(tx, issue(600, backing=(half,))) == ["drafted"]
    other = issue(600, "W", backing=(replace(half, number=" 2431 "),))
    assert done(tx, other) == ["voucher.invoice_overused"]
    assert done(tx, void(), other) == ["voided", "drafted"]


def test_a_registry_number_registers_one_financing(tx: Tx) -> None:
    first, second = accepted(tx, 1000), accepted(tx, 1000, "W")
    assert done(tx, finance(first, 5, registry_no="R"), finance(second, 5, registry_no="R")) == [
        "financed",
        "voucher.registry_reused",
    ]
    assert done(tx, finance(second, 5, registry_no="R")) == ["voucher.registry_reused"]


def test_a_party_sees_what_it_holds_and_a_voucher_shows_its_parts(tx: Tx) -> None:
    part = accepted(tx, 1000)
    parts = [child_fragment(key("split"), n) for n in (1, 2, 3)]
    done(tx, split(part, 500, 300, 200), transfer(parts[0], MINE), finance(parts[1], 1))
    done(tx, freeze(parts[2]))
    assert [(h.fragment, h.open.minor) for h in holdings(tx, MINE)] == [(parts[0], 500)]
    seen = view(tx, the())
    on_due, after = DUE, DUE + timedelta(days=1)
    assert [seen.condition(f, NOON.date()) for f in seen.fragments] == [
        "split",
        "held",
        "pledged",
        "frozen",
    ]
    assert seen.condition(seen.fragments[1], on_due) == "matured"
    assert seen.condition(seen.fragments[1], after) == "overdue"
    assert seen.condition(replace(seen.fragments[1], paid=1), after) == "partially_paid"


@pytest.mark.parametrize("ask", [view, disclose, currency_of])
def test_an_unknown_voucher_is_not_shown(tx: Tx, ask: Callable[[Tx, UUID], object]) -> None:
    with pytest.raises(Refusal, match=r"voucher\.unknown"):
        ask(tx, the())


def test_cash_is_paid_in_the_ledger_and_the_journal_says_so(fresh: Database, till: Till) -> None:
    with fresh.transaction() as tx:
        part = accepted(tx, 1000)
        done(tx, finance(part, 300))
        till.fund(tx, CORE, 999)
        assert till.pay(tx, redemption(1000)) == ["voucher.no_cover"]
        assert till.pay(tx, redemption(999), redemption(999)) == ["redeemed", "redeemed"]
        assert [till.has(tx, p) for p in (CORE, BANK, MILL)] == [0, 300, 699]
    with fresh.transaction() as tx:
        assert voucher_violations(tx) == []
        assert verify_ledger(tx) == []
        assert verify_log(tx) == []


def test_a_bank_is_paid_on_the_account_it_names_and_no_payee_on_the_payers(
    fresh: Database, till: Till
) -> None:
    with fresh.transaction() as tx:
        part = accepted(tx, 1000)
        done(tx, finance(part, 900, kind=FinancingKind.ASSIGNMENT))
        till.fund(tx, CORE, 1000)
        own, core = till.account(tx, MINE), till.account(tx, CORE)
        assert till.pay(tx, redemption(1000, accounts={BANK: core})) == ["voucher.same_account"]
        assert till.pay(tx, redemption(1000, accounts={BANK: own})) == ["redeemed"]
        assert (till.has(tx, MINE), till.has(tx, BANK)) == (1000, 0)


def test_two_vouchers_of_one_issuer_share_what_its_account_holds(
    fresh: Database, till: Till
) -> None:
    with fresh.transaction() as tx:
        accepted(tx, 1000)
        accepted(tx, 1000, "W")
        till.fund(tx, CORE, 1500)
        asked = redemption(1000), redemption(1000, "W"), redemption(500, "W")
        assert till.pay(tx, *asked, redemption(1, "X")) == [
            "redeemed",
            "voucher.no_cover",
            "redeemed",
            "voucher.unknown",
        ]


def test_a_rolled_back_redemption_leaves_neither_cash_nor_title_moved(
    fresh: Database, till: Till
) -> None:
    with fresh.transaction() as tx:
        accepted(tx, 1000)
        till.fund(tx, CORE, 1000)
    with pytest.raises(ZeroDivisionError), fresh.transaction() as tx:
        assert till.pay(tx, redemption(1000)) == ["redeemed"]
        raise ZeroDivisionError
    with fresh.transaction() as tx:
        assert (till.has(tx, CORE), view(tx, the()).voucher.paid) == (1000, 0)
        assert till.pay(tx, redemption(1000)) == ["redeemed"]


def race(database: Database, *commands: Any) -> list[str]:
    """What each command is answered when all are sent at the same moment."""
    start = Barrier(len(commands))

    def send(command: Any) -> str:
        mine = Database(database.url)
        try:
            with mine.transaction() as tx:
                start.wait()
                [answer] = said(carry_out(tx, CLERK, [command], NOON))
        finally:
            mine.close()
        return answer

    with ThreadPoolExecutor(len(commands)) as threads:
        return list(threads.map(send, commands))


def test_of_many_who_take_a_fragment_at_once_one_wins(fresh: Database) -> None:
    with fresh.transaction() as tx:
        part = accepted(tx, 1000)
    asked = [
        *(transfer(part, f"BUYER {n}", name=f"to {n}") for n in range(4)),
        *(finance(part, 9, key=key(f"f{n}"), registry_no=f"R{n}") for n in range(4)),
    ]
    answers = race(fresh, *asked)
    assert sum(answer in ("transferred", "financed") for answer in answers) == 1
    with fresh.transaction() as tx:
        assert voucher_violations(tx) == []


def test_of_many_who_use_one_invoice_at_once_one_wins(fresh: Database) -> None:
    asked = [issue(1000, f"V{n}", backing=(backed(1000, "24"),)) for n in range(6)]
    answers = race(fresh, *asked)
    assert sorted(answers) == ["drafted", *["voucher.invoice_overused"] * 5]


def test_the_same_command_sent_twice_at_once_is_carried_out_once(fresh: Database) -> None:
    assert race(fresh, *[issue(1000)] * 4) == ["drafted"] * 4
    with fresh.transaction() as tx:
        assert len(view(tx, the()).events) == 1


def test_without_the_lock_the_database_itself_lets_one_win(
    fresh: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh.transaction() as tx:
        part = accepted(tx, 1000)
    monkeypatch.setattr(store, "LOCK_VOUCHERS", "SELECT 1 WHERE %s::uuid[] IS NOT NULL")
    asked = [finance(part, 9, key=key(f"f{n}"), registry_no=f"R{n}") for n in range(4)]
    with pytest.raises(Exception, match="duplicate key value violates unique constraint"):
        race(fresh, *asked)
    with fresh.transaction() as tx:
        assert len(view(tx, the()).financings) == 1
        assert voucher_violations(tx) == []


acts = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 99), st.integers(1, 998), st.booleans()),
    max_size=14,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts, cash=st.integers(1, 1000), once=st.uuids())
def test_v7_whatever_happens_the_log_makes_the_same_graph_as_the_tables(
    fresh: Database, till: Till, acts: list[tuple[int, int, int, bool]], cash: int, once: UUID
) -> None:
    name = str(once)
    parts = [whole(name)]
    with fresh.transaction() as tx:
        accepted(tx, 1000, name)
        till.fund(tx, CORE, 1000, name)
        for no, (act, which, amount, flag) in enumerate(acts):
            part, said_ = parts[which % len(parts)], f"{name} {no}"
            holder = {f.id: f.holder for f in view(tx, the(name)).fragments}[part]
            of = {f.id: f.amount for f in view(tx, the(name)).fragments}[part]
            commands: list[TitleCommand] = [
                split(part, amount, of - amount, by=holder, name=said_),
                transfer(part, FOUNDRY if flag else MINE, by=holder, name=said_),
                finance(
                    part,
                    amount,
                    by=holder,
                    key=key(said_),
                    registry_no=said_,
                    kind=FinancingKind.PLEDGE if flag else FinancingKind.ASSIGNMENT,
                ),
                release(part, key=key(said_)),
                (freeze if flag else unfreeze)(part, key=key(said_)),
                void(name, MILL, key=key(said_)),
            ]
            done(tx, commands[act])
            parts = [f.id for f in view(tx, the(name)).fragments]
        till.pay(tx, redemption(cash, name))
    with fresh.transaction() as tx:
        assert voucher_violations(tx) == []


def test_the_ledgers_refusal_of_a_covered_payment_is_a_fault_and_nothing_stays(
    fresh: Database, till: Till
) -> None:
    with fresh.transaction() as tx:
        accepted(tx, 1000)
        empty = till.account(tx, FOUNDRY)
    with pytest.raises(Exception, match="the ledger refused 1 transfers"):
        with fresh.transaction() as tx:
            redeem(tx, till.ledger, CLERK, [redemption(1000, accounts={CORE: empty})], NOON)
    with fresh.transaction() as tx:
        assert view(tx, the()).voucher.paid == 0


def test_a_fragment_that_was_free_again_is_still_financed_once(tx: Tx) -> None:
    part = accepted(tx, 1000)
    for n in range(4):
        terms: dict[str, Any] = {"key": key(f"f{n}"), "registry_no": f"R{n}"}
        assert done(tx, finance(part, 9, **terms)) == ["financed"]
        assert done(tx, transfer(part, MINE)) == ["voucher.financed"]
        assert done(tx, release(part, key=key(f"r{n}"))) == ["released"]
    assert done(tx, finance(part, 9), transfer(part, MINE)) == ["financed", "voucher.financed"]


def test_an_answer_says_what_began_who_was_paid_and_what_is_unusual(
    fresh: Database, till: Till
) -> None:
    with fresh.transaction() as tx:
        part = accepted(tx, 1000)
        till.fund(tx, CORE, 1000)
        long = issue(1000, "W", due_on=DUE + timedelta(days=30))
        drafted, parted, moved = carry_out(
            tx, CLERK, [long, split(part, 600, 400), freeze(child_fragment(key("split"), 2))], NOON
        )
        [paid] = redeem(tx, till.ledger, CLERK, [redemption(1000)], NOON)
    assert isinstance(drafted, Done)
    assert isinstance(parted, Done)
    assert isinstance(moved, Done)
    assert isinstance(paid, Done)
    assert [mark.zh for mark in drafted.marks] == ["付款期限超过 6 个月 (测试规则)"]
    assert (drafted.fragments, parted.marks, parted.payouts) == ((), (), ())
    assert moved.fragments == parted.fragments[1:]
    assert [(one.fragment, one.payee, one.amount) for one in paid.payouts] == [
        (parted.fragments[0], MILL, 600)
    ]
