"""One receivable is financed once: contracts claim the invoices they rest on, or are refused."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest
from tests.credit.lending.conftest import (
    BORROWER,
    BUYER,
    CLERK,
    NOW,
    PAPER,
    START,
    Bank,
    filed,
    moment,
)

from heliu.books.ledger.api import Ledger
from heliu.credit.engine.api import EventKind
from heliu.credit.lending.api import (
    Entered,
    EnterStage,
    Open,
    Opened,
    contract_id,
    enter_stages,
    open_contracts,
)
from heliu.flows.intake.api import load_documents
from heliu.flows.screening.api import ClaimCommand, ClaimStatus, claim, claim_violations
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.party.api import complete_uscc

PRODUCT = "receivable-with-recourse"
STRANGER = complete_uscc("9112010155555555")
TAKEN, LOOKS_ALIKE = "screening.already_claimed", "screening.possible_renumbered_duplicate"


def asks(bank: Bank, *invoices: UUID) -> Open:
    return bank.ask(
        PRODUCT,
        obligor_uscc=BUYER,
        principal=Money(100_000_00),
        evidence={"invoice": invoices, "receipt": (PAPER,)},
        base_value=Money(1_000_000_00),
        periods=90,
    )


def codes(outcomes: list[Opened | Refusal] | list[Entered | Refusal]) -> list[str]:
    return [one.code if isinstance(one, Refusal) else "" for one in outcomes]


def opened(bank: Bank, *commands: Open) -> list[str]:
    return codes(open_contracts(bank.tx, CLERK, commands, moment(START)))


def claims(tx: Tx) -> dict[UUID, UUID]:
    """Who holds each document that stands claimed."""
    rows = tx.rows(
        """SELECT document_id, holder_id
        FROM flows.uniqueness_claim
        WHERE status = 'won' AND released_at IS NULL"""
    )
    assert len(dict(rows)) == len(rows)
    return dict(rows)


@pytest.fixture
def lender(bank: Bank) -> Bank:
    """A bank that lends on receivables."""
    bank.release("receivable_with_recourse")
    return bank


def test_an_invoice_is_claimed_for_the_contract_that_rests_on_it(lender: Bank) -> None:
    (invoice,) = filed(lender.tx, "1")
    first, second = asks(lender, invoice), asks(lender, invoice)
    assert opened(lender, first) == [""]
    assert claims(lender.tx) == {invoice: contract_id(first.key)}
    assert opened(lender, first, second, second) == ["", TAKEN, TAKEN]
    assert lender.tx.row("SELECT count(*) FROM credit.contract") == (1,)
    assert claim_violations(lender.tx) == []


def test_of_a_batch_the_first_has_the_invoice_and_nobody_else_is_refused(lender: Bank) -> None:
    one, other = filed(lender.tx, "1", "2")
    batch = [asks(lender, one), asks(lender, one), asks(lender, other)]
    assert opened(lender, *batch) == ["", TAKEN, ""]


def test_who_loses_one_of_two_invoices_keeps_neither(lender: Bank) -> None:
    first, second, third = filed(lender.tx, "1", "2", "3")
    assert opened(lender, asks(lender, first)) == [""]
    both, later = asks(lender, first, second), asks(lender, second, third)
    assert opened(lender, both, later) == [TAKEN, ""]
    assert claims(lender.tx).keys() == {first, second, third}
    # Who was refused may ask again with what is free.
    (fourth,) = filed(lender.tx, "4", total="5000.00")
    again = replace(both, evidence={"invoice": (fourth,), "receipt": (PAPER,)})
    assert opened(lender, again) == [""]


def test_look_alikes_are_not_financed_twice_not_even_by_one_contract(lender: Bank) -> None:
    (one,), (twin,) = filed(lender.tx, "1"), filed(lender.tx, "2")
    assert opened(lender, asks(lender, one, twin)) == [LOOKS_ALIKE]
    assert claims(lender.tx) == {}
    assert opened(lender, asks(lender, twin), asks(lender, one)).count(LOOKS_ALIKE) == 1


def test_contracts_that_take_each_others_look_alikes_do_not_both_lose(lender: Bank) -> None:
    ones = filed(lender.tx, *map(str, range(1, 9)))
    twins = filed(lender.tx, *map(str, range(11, 19)))
    assert sorted(opened(lender, asks(lender, *ones), asks(lender, *twins))) == ["", LOOKS_ALIKE]
    assert len(claims(lender.tx)) == len(ones)


def test_what_is_no_invoice_on_file_carries_nothing(lender: Bank) -> None:
    (invoice,) = filed(lender.tx, "1")
    (credit_note,) = filed(lender.tx, "2", total="-500.00")
    unknown = asks(lender, invoice, PAPER)
    outcomes = open_contracts(
        lender.tx, CLERK, [unknown, asks(lender, credit_note)], moment(START)
    )  # fmt: skip
    assert codes(outcomes) == ["lending.papers_unknown"] * 2
    refusal = outcomes[0]
    assert isinstance(refusal, Refusal)
    assert refusal.facts == {"kind": "invoice", "documents": [str(PAPER)]}
    assert refusal.cure.zh
    assert claims(lender.tx) == {}


def test_an_invoice_that_does_not_say_what_it_is_cannot_be_claimed(lender: Bank) -> None:
    (nothing,) = filed(lender.tx, "1", total="0")
    assert opened(lender, asks(lender, nothing)) == ["screening.unclaimable"]


def test_a_stage_that_names_its_contracts_own_invoice_again_is_entered(lender: Bank) -> None:
    first, second = filed(lender.tx, "1", "2")
    own, others = asks(lender, first), asks(lender, second)
    assert opened(lender, own, others) == ["", ""]
    papers = {"credit_note": (PAPER,), "invoice": (first,)}

    def diluted(command: Open) -> EnterStage:
        key = next(lender.keys)
        return EnterStage(key, contract_id(command.key), "diluted", START, papers)

    wrong = diluted(others)
    right = [diluted(own), diluted(own)]
    outcomes = enter_stages(lender.tx, CLERK, [right[0], wrong, wrong, right[1]], moment(START))
    assert codes(outcomes) == ["", TAKEN, TAKEN, ""]
    assert [one.papers.no for one in outcomes if isinstance(one, Entered)] == [2, 3]
    assert lender.tx.row("SELECT count(*) FROM credit.contract_stage") == (4,)
    assert len(claims(lender.tx)) == 2


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ({}, ""),
        ({"seller": BUYER, "buyer": BORROWER}, "lending.papers_of_others"),
        ({"buyer": BORROWER}, "lending.papers_of_others"),
        ({"seller": STRANGER}, "lending.papers_of_others"),
        ({"buyer": STRANGER}, "lending.papers_of_others"),
    ],
)
def test_an_invoice_is_the_borrowers_to_the_obligor(
    lender: Bank, sides: dict[str, str], expected: str
) -> None:
    assert opened(lender, asks(lender, *filed(lender.tx, "1", **sides))) == [expected]


def test_what_comes_after_a_stage_that_lost_its_invoice_is_judged_without_it(lender: Bank) -> None:
    lender.release("purchase_order")
    first, taken, free = filed(lender.tx, "1", "2", "3")
    assert opened(lender, asks(lender, taken)) == [""]
    order = lender.ask(
        "purchase-order",
        obligor_uscc=BUYER,
        principal=Money(100_000_00),
        inputs={"order_accepted": True, "months_of_supply": 6},
        evidence={"order": (PAPER,), "invoice": (first,)},
        base_value=Money(1_000_000_00),
        periods=6,
    )
    contract = lender.open_on(order)
    stages = [("despatched", "despatch_advice", taken), ("received", "receipt_advice", free)]
    moves = [
        EnterStage(
            *(next(lender.keys), contract, stage, START),
            {paper: (PAPER,), "invoice": (invoice,)},
        )
        for stage, paper, invoice in stages
    ]
    outcomes = enter_stages(lender.tx, CLERK, moves, moment(START))
    assert codes(outcomes) == [TAKEN, "lending.stage_unreachable"]
    assert free not in claims(lender.tx)


def test_a_draw_reads_again_whose_the_invoices_are(lender: Bank) -> None:
    lender.room(10**12)
    own, others = filed(lender.tx, "1", seller=STRANGER), filed(lender.tx, "2")
    contract = lender.open_on(asks(lender, *others))
    # As contracts were opened before anybody compared the parties.
    lender.tx.run(
        """INSERT INTO credit.contract_stage
        SELECT contract_no, 2, gen_random_uuid(), digest, stage, base_value,
          jsonb_build_object('invoice', jsonb_build_array(%s::text)), entered_on, recorded_at,
          recorded_by
        FROM credit.contract_stage""",
        (str(own[0]),),
    )
    (refused,) = lender.book(lender.act(contract, EventKind.DISBURSE, START, 1_000_00))
    assert isinstance(refused, Refusal)
    assert refused.code == "lending.papers_of_others"


def test_a_receivable_the_other_book_has_financed_opens_no_contract(lender: Bank) -> None:
    (invoice,) = filed(lender.tx, "1")
    (document,) = load_documents(lender.tx, [invoice])
    (theirs,) = claim(lender.tx, CLERK, [ClaimCommand.of(document, UUID(int=5), NOW)])
    assert theirs.status is ClaimStatus.WON
    assert opened(lender, asks(lender, invoice)) == [TAKEN]


@pytest.fixture
def racing(fresh: Database) -> tuple[Database, list[Open]]:
    """Eight commands to lend on the same two invoices, in a database where things are committed.

    Four name them in one order and four in the other.
    """
    clock = FixedClock(NOW)
    with Ledger.open(fresh, clock) as ledger, fresh.transaction() as tx:
        bank = Bank(tx, ledger)
        bank.release("receivable_with_recourse")
        one, other = filed(tx, "1", "2")
        commands = [asks(bank, *pair) for pair in [(one, other), (other, one)] * 4]
    return fresh, commands


def raced(database: Database, batches: list[list[Open]]) -> list[list[str]]:
    """What became of each batch, all of them let go at once."""
    gate = Barrier(len(batches))

    def race(commands: list[Open]) -> list[str]:
        own = Database(database.url)
        gate.wait()
        with own.transaction() as tx:
            outcomes = open_contracts(tx, CLERK, commands, moment(START))
        own.close()
        return codes(outcomes)

    with ThreadPoolExecutor(len(batches)) as pool:
        return list(pool.map(race, batches))


def test_of_eight_at_once_one_contract_has_the_invoices(
    racing: tuple[Database, list[Open]],
) -> None:
    database, commands = racing
    outcomes = raced(database, [[command] for command in commands])
    assert sorted(outcomes) == [[""], *[[TAKEN]] * 7]
    with database.transaction() as tx:
        assert tx.row("SELECT count(*) FROM credit.contract") == (1,)
        assert len(set(claims(tx).values())) == 1
        assert claim_violations(tx) == []


def test_batches_that_want_the_same_invoices_in_other_orders_wait_and_never_cross(
    racing: tuple[Database, list[Open]],
) -> None:
    database, commands = racing
    single = [
        replace(command, evidence={"invoice": (invoice,), "receipt": (PAPER,)})
        for command, invoice in zip(commands, _turns(commands), strict=True)
    ]
    outcomes = raced(database, [single[place : place + 2] for place in range(0, 8, 2)])
    assert sorted(code for batch in outcomes for code in batch) == ["", "", *[TAKEN] * 6]
    with database.transaction() as tx:
        assert len(claims(tx)) == 2
        assert claim_violations(tx) == []


def test_batches_that_move_a_contract_again_and_again_over_the_same_invoices_never_cross(
    fresh: Database,
) -> None:
    clock = FixedClock(NOW)
    with Ledger.open(fresh, clock) as ledger, fresh.transaction() as tx:
        bank = Bank(tx, ledger)
        bank.release("receivable_with_recourse")
        first, second, one, other, gate, door = filed(tx, *"123456")
        contracts = [bank.open_on(asks(bank, invoice)) for invoice in (first, second)]
        batches = [
            [
                EnterStage(
                    next(bank.keys),
                    contract,
                    "diluted",
                    START,
                    {"credit_note": (PAPER,), "invoice": (invoice,)},
                )
                for invoice in turn
            ]
            for contract, turn in zip(
                contracts, [(one, gate, other), (other, door, one)], strict=True
            )
        ]
        held = load_documents(tx, [gate, door])

    def moves(batch: list[EnterStage]) -> list[str]:
        own = Database(fresh.url)
        with own.transaction() as tx:
            outcomes = enter_stages(tx, CLERK, batch, moment(START))
        own.close()
        return codes(outcomes)

    with ThreadPoolExecutor(2) as pool:
        with suppress(_Undone), fresh.transaction() as tx:
            # A third stands between: claimed one by one, each batch would hold its first invoice
            # by now, and come to wait for the other's.
            claim(tx, CLERK, [ClaimCommand.of(one, UUID(int=5), NOW) for one in held])
            waiting = [pool.submit(moves, batches[0])]
            _until_they_wait(fresh, 1)
            waiting += [pool.submit(moves, batches[1])]
            _until_they_wait(fresh, 2)
            raise _Undone
        outcomes = [found.result() for found in waiting]
    assert sorted(outcomes) == [["", "", ""], [TAKEN, "", TAKEN]]
    with fresh.transaction() as tx:
        assert claim_violations(tx) == []


class _Undone(Exception):
    pass


def _until_they_wait(database: Database, number: int) -> None:
    """Until so many transactions wait for another: only the locks tell."""
    with database.transaction() as watch:
        while watch.row("SELECT count(*) FROM pg_locks WHERE NOT granted") != (number,):
            pass


def _turns(commands: list[Open]) -> list[UUID]:
    """One, other; other, one; and so on: the batches of two name them in turn."""
    one, other = commands[0].evidence["invoice"]
    return [one, other, other, one] * (len(commands) // 4)
