"""What the voucher desk refuses, as one table: the act, on what, and the code of the no."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.books.vouchers.house import (
    APRIL,
    BANK,
    CHIEF,
    CLERK,
    CORE,
    COURT,
    DUE,
    FOUNDRY,
    MARCH,
    MILL,
    MINE,
    NOON,
    TENOR,
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
    the,
    transfer,
    unfreeze,
    void,
    whole,
)

from heliu.books.vouchers.api import Backing, FinancingKind, child_fragment, voucher_id
from heliu.books.vouchers.domain.decide import decide, target
from heliu.books.vouchers.domain.event import VoucherEvent
from heliu.books.vouchers.domain.register import Register, Standing, Status
from heliu.ground.actor import Actor
from heliu.ground.errors import Refusal

DRAFTED: tuple[Any, ...] = (issue(1000),)
APPROVED: tuple[Any, ...] = (*DRAFTED, approve())
HELD: tuple[Any, ...] = (*APPROVED, accept())
SPLIT: tuple[Any, ...] = (*HELD, split(whole(), 600, 400))
CHILD = child_fragment(key("split"), 1)
PLEDGED: tuple[Any, ...] = (*HELD, finance(whole(), 800))
SOLD: tuple[Any, ...] = (*HELD, finance(whole(), 800, kind=FinancingKind.ASSIGNMENT))
FROZEN: tuple[Any, ...] = (*HELD, freeze(whole()))
PAID: tuple[Any, ...] = (*HELD, redemption(1000))


def after(*commands: Any) -> Register:
    """The register after commands that all are carried out; the chief approves."""
    register = Register()
    for command in commands:
        actor = CLERK if command.key == key("V") else CHIEF
        apply(register, command, actor)
    return register


def apply(register: Register, command: Any, actor: Actor = CLERK) -> None:
    body = decide(register, command, actor)
    voucher = target(register, command)
    of, no = (voucher.id, voucher.last_no + 1) if voucher else (voucher_id(command.key), 1)
    register.apply(VoucherEvent(of, no, command.key, command.on, command.by, actor.id, NOON, body))


def invoice(**other: Any) -> Backing:
    return replace(backed(1000, "24312V"), **other)


@pytest.mark.parametrize(
    ("before", "asked", "code"),
    [
        # What is written must make sense.
        ((), issue(0), "voucher.terms"),
        ((), issue(-5), "voucher.terms"),
        ((), issue(10**14 + 1), "voucher.terms"),
        ((), issue(payee=CORE), "voucher.terms"),
        ((), issue(payee="  "), "voucher.terms"),
        ((), issue(due_on=MARCH), "voucher.terms"),
        ((), issue(backing=()), "voucher.terms"),
        ((), issue(1000, backing=(backed(500, "1"), backed(500, " 1"))), "voucher.terms"),
        ((), issue(1000, backing=(backed(1000, "1", of=999),)), "voucher.terms"),
        ((), issue(1000, backing=(backed(1000, " - "),)), "voucher.terms"),
        ((), issue(1000, backing=(invoice(document_sha256="ab"),)), "voucher.terms"),
        ((), issue(1000, backing=(backed(999),)), "voucher.not_backed"),
        ((), issue(due_on=date(2027, 3, 3)), "voucher.tenor_exceeded"),
        # One invoice backs at most its amount, and is one invoice.
        (DRAFTED, issue(1000, "W", backing=(invoice(),)), "voucher.invoice_overused"),
        (DRAFTED, issue(1, "W", backing=(invoice(amount=1),)), "voucher.invoice_overused"),
        (
            DRAFTED,
            issue(1000, "W", backing=(invoice(invoice_amount=2000),)),
            "voucher.invoice_contradicts",
        ),
        (
            DRAFTED,
            issue(1000, "W", backing=(invoice(check_digits="1"),)),
            "voucher.invoice_contradicts",
        ),
        (
            DRAFTED,
            issue(1000, "W", currency="USD", backing=(invoice(),)),
            "voucher.invoice_contradicts",
        ),
        # One step after the other, each by the party whose step it is.
        ((), approve(), "voucher.unknown"),
        ((), split(whole(), 1, 2), "voucher.unknown"),
        (DRAFTED, approve(by=MILL), "voucher.not_party"),
        (DRAFTED, approve(on=date(2026, 3, 1)), "voucher.backdated"),
        (DRAFTED, approve(on=DUE), "voucher.matured"),
        (DRAFTED, accept(), "voucher.wrong_stage"),
        (DRAFTED, redemption(1), "voucher.wrong_stage"),
        (APPROVED, approve(key=key("again")), "voucher.wrong_stage"),
        (APPROVED, accept(by=FOUNDRY), "voucher.not_party"),
        (APPROVED, accept(deed="seen"), "voucher.terms"),
        (APPROVED, accept(on=DUE), "voucher.matured"),
        (HELD, accept(key=key("again")), "voucher.wrong_stage"),
        # A split.
        (HELD, split(whole(), 500, 499), "voucher.terms"),
        (HELD, split(whole(), 1000), "voucher.terms"),
        (HELD, split(whole(), 1001, -1), "voucher.terms"),
        (HELD, split(whole(), *[5] * 201), "voucher.terms"),
        (HELD, split(whole(), 500, 500, by=FOUNDRY), "voucher.not_party"),
        (SPLIT, split(whole(), 500, 500, name="again"), "voucher.not_live"),
        # A transfer: by the holder of record, before maturity, not back to the issuer.
        (SPLIT, transfer(whole(), FOUNDRY), "voucher.not_live"),
        (HELD, transfer(whole(), FOUNDRY, by=MINE), "voucher.not_party"),
        (HELD, transfer(whole(), MILL), "voucher.terms"),
        (HELD, transfer(whole(), CORE), "voucher.terms"),
        (HELD, transfer(whole(), ""), "voucher.terms"),
        (HELD, transfer(whole(), FOUNDRY, basis=""), "voucher.terms"),
        (HELD, transfer(whole(), FOUNDRY, deed="A" * 64), "voucher.terms"),
        (HELD, transfer(whole(), FOUNDRY, on=DUE), "voucher.matured"),
        ((*HELD, transfer(whole(), FOUNDRY)), transfer(whole(), MINE), "voucher.not_party"),
        # Financed once; free only by the financier.
        (HELD, finance(whole(), 1001), "voucher.terms"),
        (HELD, finance(whole(), 0), "voucher.terms"),
        (HELD, finance(whole(), 9, registry_no=" "), "voucher.terms"),
        (HELD, finance(whole(), 9, financier=MILL), "voucher.terms"),
        (PLEDGED, finance(whole(), 1, key=key("twice"), financier=MINE), "voucher.financed"),
        (PLEDGED, transfer(whole(), FOUNDRY), "voucher.financed"),
        (PLEDGED, split(whole(), 500, 500), "voucher.financed"),
        (PLEDGED, void(by=MILL), "voucher.financed"),
        (SOLD, transfer(whole(), FOUNDRY, by=BANK), "voucher.financed"),
        (HELD, release(whole()), "voucher.not_financed"),
        (PLEDGED, release(whole(), by=MILL), "voucher.not_party"),
        ((*SOLD, freeze(whole())), release(whole()), "voucher.frozen"),
        (
            (*SPLIT, finance(CHILD, 9, registry_no="R")),
            finance(child_fragment(key("split"), 2), 9, registry_no="R"),
            "voucher.registry_reused",
        ),
        # Frozen.
        (FROZEN, transfer(whole(), FOUNDRY), "voucher.frozen"),
        (FROZEN, freeze(whole(), key=key("twice")), "voucher.frozen"),
        (HELD, unfreeze(whole()), "voucher.not_frozen"),
        (HELD, freeze(whole(), by=" "), "voucher.terms"),
        (SPLIT, freeze(whole()), "voucher.not_live"),
        (FROZEN, redemption(1000), "voucher.all_frozen"),
        # Paid at maturity, never more than is open.
        (HELD, redemption(1000, on=APRIL), "voucher.not_due"),
        (HELD, redemption(1001), "voucher.overpaid"),
        (HELD, redemption(0), "voucher.terms"),
        (HELD, redemption(5, currency="USD"), "voucher.terms"),
        (HELD, redemption(1000, by=MILL), "voucher.not_party"),
        (PAID, redemption(1), "voucher.overpaid"),
        (PAID, transfer(whole(), FOUNDRY, on=DUE), "voucher.not_live"),
        # Void.
        (DRAFTED, void(by=FOUNDRY), "voucher.not_party"),
        (DRAFTED, void(reason=" "), "voucher.terms"),
        (HELD, void(by=CORE), "voucher.not_party"),
        (PAID, void(by=MILL, on=DUE), "voucher.not_party"),
        ((*DRAFTED, void()), approve(), "voucher.wrong_stage"),
        ((*DRAFTED, void()), void(by=MILL), "voucher.wrong_stage"),
    ],
)
def test_the_desk_says_no(before: tuple[Any, ...], asked: Any, code: str) -> None:
    register = after(*before)
    with pytest.raises(Refusal) as refused:
        decide(register, asked, CHIEF)
    assert refused.value.code == code
    assert register == after(*before)


def test_who_drafted_a_voucher_does_not_approve_it() -> None:
    register = after(*DRAFTED)
    with pytest.raises(Refusal, match=r"voucher\.same_person"):
        decide(register, approve(), CLERK)


def test_a_tenor_past_the_usual_is_taken_and_marked() -> None:
    usual = decide(Register(), issue(due_on=date(2026, 9, 2)), CLERK)
    longer = decide(Register(), issue(due_on=date(2026, 9, 3)), CLERK)
    longest = decide(Register(), issue(due_on=TENOR.latest(MARCH)), CLERK)
    assert [body.usual_tenor for body in (usual, longer, longest)] == [True, False, False]  # type: ignore[union-attr]


def test_a_void_voucher_gives_its_invoice_free() -> None:
    register = after(*DRAFTED, void())
    assert register.used == {}
    again = issue(1000, "W", backing=(invoice(),))
    assert decide(register, again, CLERK)


def test_a_void_voucher_leaves_what_others_use_of_its_invoice() -> None:
    half = invoice(amount=400)
    register = after(
        issue(400, "V", backing=(half,)), issue(600, "W", backing=(invoice(amount=600),)), void()
    )
    assert register.used[":24312V"].amount == 600


def test_who_holds_the_whole_may_give_it_up_before_it_is_paid() -> None:
    register = after(*SPLIT, void(by=MILL))
    assert register.vouchers[the()].status is Status.VOID
    assert [f.status for f in register.fragments_of(the())] == [
        Standing.SPLIT,
        Standing.VOID,
        Standing.VOID,
    ]


def test_children_keep_the_parents_holder_and_maturity() -> None:
    register = after(*HELD, transfer(whole(), FOUNDRY), split(whole(), 600, 400, by=FOUNDRY))
    children = register.fragments_of(the())[1:]
    assert [(f.parent, f.holder, f.due_on, f.amount) for f in children] == [
        (whole(), FOUNDRY, DUE, 600),
        (whole(), FOUNDRY, DUE, 400),
    ]


def test_an_assigned_fragment_is_the_financiers_and_goes_back_when_released() -> None:
    register = after(*SOLD)
    assert register.fragments[whole()].holder == BANK
    apply(register, release(whole()))
    assert register.fragments[whole()].holder == MILL
    assert [(t.transferor, t.transferee) for t in register.titles] == [
        (CORE, MILL),
        (MILL, BANK),
        (BANK, MILL),
    ]
    assert decide(register, finance(whole(), 9, key=key("new"), registry_no="R2"), CLERK)


def test_a_seller_buys_back_what_the_issuer_did_not_pay() -> None:
    register = after(*SOLD, redemption(300))
    apply(register, release(whole(), on=DUE))
    apply(register, redemption(700))
    assert [(p.payout.payee, p.payout.amount) for p in register.payouts] == [
        (BANK, 300),
        (MILL, 700),
    ]


def test_a_pledgee_gets_no_more_than_is_secured_over_several_payments() -> None:
    register = after(*PLEDGED, redemption(500), redemption(499), redemption(1))
    assert [(p.payout.payee, p.payout.amount) for p in register.payouts] == [
        (BANK, 500),
        (BANK, 300),
        (MILL, 199),
        (MILL, 1),
    ]
    assert register.fragments[whole()].status is Standing.PAID
    apply(register, release(whole(), on=DUE))
    assert register.financing_of(whole()) is None


def test_a_fragment_that_was_sold_and_paid_stays_paid_when_the_financing_ends() -> None:
    register = after(*SOLD, redemption(1000))
    apply(register, release(whole(), on=DUE))
    assert register.fragments[whole()].holder == BANK


def test_a_frozen_share_is_kept_back_and_paid_when_it_is_free() -> None:
    register = after(*SPLIT, freeze(CHILD), redemption(1000))
    assert (register.vouchers[the()].paid, register.fragments[CHILD].paid) == (400, 0)
    apply(register, unfreeze(CHILD, on=DUE, by=COURT))
    apply(register, redemption(600))
    assert register.fragments[CHILD].status is Standing.PAID
    assert register.fragments[CHILD].holder == MILL


def test_a_fragment_moves_on_and_on_and_only_its_last_holder_may_move_it() -> None:
    register = after(*HELD, transfer(whole(), FOUNDRY), transfer(whole(), MINE, by=FOUNDRY))
    assert register.fragments[whole()].holder == MINE
    assert [title.no for title in register.titles] == [1, 2, 3]
