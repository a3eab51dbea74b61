"""Lots are offered from receipts, verified by their custodians, and pledged once."""

import threading
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from tests.credit.collateral.yard import (
    CLERK,
    DAY,
    KEEPER,
    NOW,
    OFFICER,
    OWNER,
    House,
    a_document,
    a_lot,
    a_pledge,
    an_id,
)

from heliu.credit.collateral.api import (
    CaseKind,
    CoverTerms,
    GoodsBook,
    Lot,
    LotEvent,
    LotEventKind,
    LotStatus,
    Offer,
    Pledge,
    Stored,
    Verify,
    cases,
    lots,
    offer,
    pledge,
    verify,
    violations,
)
from heliu.credit.collateral.domain.lot import fold
from heliu.credit.collateral.events import Pledged
from heliu.flows.intake.api import Filed, Kind
from heliu.ground.actor import Actor
from heliu.ground.db import Database
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.outbox import facts_after


def code(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def test_the_same_receipt_again_is_the_same_lot_however_its_number_is_spelled(
    house: House,
) -> None:
    lot = a_lot("WR-0001")
    first, second = offer(
        house.tx,
        CLERK,
        [Offer(lot, DAY), Offer(replace(lot, receipt_no="ｗｒ 0001"), DAY)],
        house.book,
        NOW,
    )
    assert first == second == lot
    assert lots(house.tx, [lot.id])[lot.id].holding.status is LotStatus.OFFERED


@pytest.mark.parametrize(
    ("change", "refused", "kind"),
    [
        ({"quantity_milli": 99_000}, "collateral.receipt_offered_already", CaseKind.RECEIPT_TWICE),
        ({"owner_uscc": "ANOTHER"}, "collateral.receipt_offered_already", CaseKind.RECEIPT_TWICE),
        (
            {"custodian_uscc": "OTHER YARD", "receipt_no": "77"},
            "collateral.goods_offered_elsewhere",
            CaseKind.GOODS_TWICE,
        ),
    ],
)
def test_one_heap_behind_two_receipts_is_refused_and_becomes_a_case(
    house: House, change: dict[str, object], refused: str, kind: CaseKind
) -> None:
    lot = replace(a_lot("WR-1"), batch="heat 4711")
    twin = replace(lot, **change)  # type: ignore[arg-type]  # the table's own fields
    answers = offer(house.tx, CLERK, [Offer(lot, DAY), Offer(twin, DAY)], house.book, NOW)
    assert (answers[0], code(answers[1])) == (replace(lot, batch="HEAT4711"), refused)
    assert [case.kind for case in cases(house.tx)] == [kind]


@pytest.mark.parametrize(
    "change",
    [
        {"owner_uscc": ""},
        {"custodian_uscc": OWNER},
        {"receipt_no": "--"},
        {"receipt_line": 0},
        {"quantity_milli": 0},
        {"quantity_milli": 10**19},
        {"cost": Money(0)},
        {"cost": Money(1, "USD")},
        {"stored_on": DAY + timedelta(days=1)},
        {"batch": "?"},
    ],
)
def test_a_receipt_that_cannot_be_is_refused_and_the_next_one_is_taken(
    house: House, change: dict[str, object]
) -> None:
    lot = replace(a_lot("WR-1"), **change)  # type: ignore[arg-type]  # the table's own fields
    sound = a_lot("WR-2")
    answers = offer(house.tx, CLERK, [Offer(lot, DAY), Offer(sound, DAY)], house.book, NOW)
    assert (code(answers[0]), answers[1]) == ("collateral.lot_impossible", sound)


@pytest.mark.parametrize("change", [{"goods": "GOLD"}, {"unit": "KGM"}])
def test_goods_the_book_does_not_know_are_not_lent_on(house: House, change: dict[str, str]) -> None:
    lot = replace(a_lot("WR-1"), **change)  # type: ignore[arg-type]  # the table's own fields
    (answer,) = offer(house.tx, CLERK, [Offer(lot, DAY)], house.book, NOW)
    assert code(answer) == "collateral.unknown_goods"


@pytest.mark.parametrize(
    ("attested", "verified"), [("100", 100_000), ("90.0009", 90_000), ("120", 100_000)]
)
def test_a_lot_is_verified_for_what_both_the_offer_and_the_custodian_say(
    house: House, attested: str, verified: int
) -> None:
    lot = a_lot("WR-1")
    offer(house.tx, CLERK, [Offer(lot, DAY)], house.book, NOW)
    command = Verify(lot.id, a_document(lot, attested), KEEPER, DAY)
    (answer,) = verify(house.tx, OFFICER, [command], NOW)
    assert isinstance(answer, Stored)
    assert answer.holding.verified_milli == verified
    assert verify(house.tx, OFFICER, [command], NOW) == [answer]


def changed(filed: Filed, **change: object) -> Filed:
    return replace(filed, document=replace(filed.document, **change))  # type: ignore[arg-type]


def test_a_receipt_advice_of_the_warehouse_attests_too(house: House) -> None:
    offer(house.tx, CLERK, [Offer(LOT, DAY)], house.book, NOW)
    advice = changed(
        PAPER, kind=Kind.RECEIPT_ADVICE, number="wr 1", references={}, observation=None
    )
    (answer,) = verify(house.tx, OFFICER, [Verify(LOT.id, advice, KEEPER, DAY)], NOW)
    assert isinstance(answer, Stored)
    assert answer.holding.status is LotStatus.VERIFIED


def test_a_life_that_begins_twice_is_our_fault() -> None:
    event = LotEvent(LOT.id, 1, LotEventKind.OFFERED, 1, LOT.id, DAY)
    with pytest.raises(AssertionError, match="offered once"):
        fold([event, replace(event, no=2)])


LOT = a_lot("WR-1")
PAPER = a_document(LOT, "100")


@pytest.mark.parametrize(
    ("actor", "keeper", "paper", "refused"),
    [
        (CLERK, KEEPER, PAPER, "collateral.same_person"),
        (OFFICER, "91310000MA1OTHER01", PAPER, "collateral.not_the_custodian"),
        (OFFICER, KEEPER, changed(PAPER, void=True), "collateral.not_attested"),
        (OFFICER, KEEPER, changed(PAPER, lines=()), "collateral.not_attested"),
        (OFFICER, KEEPER, changed(PAPER, references={}), "collateral.not_attested"),
        (OFFICER, KEEPER, a_document(LOT, "100", "shipping"), "collateral.not_attested"),
        (OFFICER, KEEPER, a_document(LOT, "0.0004"), "collateral.not_attested"),
        (OFFICER, KEEPER, a_document(replace(LOT, place="elsewhere"), "1"),
         "collateral.not_attested"),
        (OFFICER, KEEPER, a_document(replace(LOT, item="APPLE"), "1"),
         "collateral.not_attested"),
        (OFFICER, KEEPER, a_document(replace(LOT, unit="KGM"), "1"),
         "collateral.not_attested"),
    ],
)  # fmt: skip
def test_only_the_custodians_own_matching_document_verifies_and_another_person_looks(
    house: House, actor: Actor, keeper: str, paper: Filed, refused: str
) -> None:
    offer(house.tx, CLERK, [Offer(LOT, DAY)], house.book, NOW)
    (answer,) = verify(house.tx, actor, [Verify(LOT.id, paper, keeper, DAY)], NOW)
    assert code(answer) == refused
    assert lots(house.tx, [LOT.id])[LOT.id].holding.status is LotStatus.OFFERED


def test_a_refused_command_of_a_batch_takes_nobody_with_it(house: House) -> None:
    offer(house.tx, CLERK, [Offer(LOT, DAY)], house.book, NOW)
    stranger = Verify(an_id("nobody's lot"), PAPER, KEEPER, DAY)
    answers = verify(house.tx, OFFICER, [stranger, Verify(LOT.id, PAPER, KEEPER, DAY)], NOW)
    assert code(answers[0]) == "collateral.unknown_lot"
    assert isinstance(answers[1], Stored)


def test_a_pledge_is_all_or_nothing_and_the_same_key_answers_the_same(house: House) -> None:
    one, two = a_lot("WR-1"), a_lot("WR-2")
    house.verified(one)
    command = a_pledge("loan", 1000, one, two)
    assert code(pledge(house.tx, CLERK, [command], NOW)[0]) == "collateral.unknown_lot"
    house.verified(two)
    answer = Pledged(command.key, command.contract_id, (one.id, two.id))
    assert pledge(house.tx, CLERK, [command, command], NOW) == [answer, answer]
    assert pledge(house.tx, CLERK, [command], NOW) == [answer]
    told = [fact.kind for fact in facts_after(house.tx, 0, 100)]
    assert told.count("credit.lots_pledged.v1") == 1
    assert told.count("credit.custodian_instructed.v1") == 2


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"pledgor_uscc": "NOT THE OWNER"}, "collateral.not_the_owner"),
        ({"financed": Money(1000, "USD")}, "collateral.currency_differs"),
        ({"lots": ()}, "collateral.nothing_pledged"),
        ({"lots": (LOT.id, LOT.id)}, "collateral.pledged_already"),
    ],
)
def test_what_does_not_belong_together_is_not_pledged(
    house: House, change: dict[str, object], refused: str
) -> None:
    house.verified(LOT)
    command = replace(a_pledge("loan", 1000, LOT), **change)  # type: ignore[arg-type]
    assert code(pledge(house.tx, CLERK, [command], NOW)[0]) == refused


def test_an_offered_lot_waits_for_its_custodian(house: House) -> None:
    offer(house.tx, CLERK, [Offer(LOT, DAY)], house.book, NOW)
    answer = pledge(house.tx, CLERK, [a_pledge("loan", 1000, LOT)], NOW)[0]
    assert code(answer) == "collateral.not_verified"


def test_goods_are_added_to_a_contract_on_the_terms_agreed(house: House) -> None:
    house.pledged("loan", 1000, LOT)
    more = a_lot("WR-2")
    house.verified(more)
    harder = CoverTerms(20_000, 9_500, 9_000, 3)
    command = replace(a_pledge("loan", 1000, more), key=an_id("more"))
    refused, taken = pledge(house.tx, CLERK, [replace(command, terms=harder), command], NOW)
    assert code(refused) == "collateral.terms_differ"
    assert isinstance(taken, Pledged)


def test_a_lot_secures_one_contract_in_its_life(house: House) -> None:
    first, second = a_pledge("loan", 1000, LOT), a_pledge("other", 500, LOT)
    house.verified(LOT)
    answers = pledge(house.tx, CLERK, [first, second], NOW)
    assert isinstance(answers[0], Pledged)
    assert code(answers[1]) == "collateral.pledged_already"
    assert code(pledge(house.tx, CLERK, [second], NOW)[0]) == "collateral.pledged_already"


def test_the_database_itself_refuses_a_second_pledge_and_an_excess_release(house: House) -> None:
    house.pledged("loan", 1000, LOT)
    connection = house.tx.connection
    with pytest.raises(psycopg.errors.UniqueViolation):
        with connection.transaction():
            connection.execute(
                """INSERT INTO credit.pledge
                SELECT lot_id, contract_id, gen_random_uuid(), quantity, pledged_on, pledged_by,
                  recorded_at
                FROM credit.pledge"""
            )
    with pytest.raises(psycopg.errors.CheckViolation, match="more than was pledged"):
        with connection.transaction():
            connection.execute(
                """INSERT INTO credit.lot_event
                SELECT lot_id, 4, 'released', quantity + 1, cause, NULL, business_date,
                  recorded_by, recorded_at
                FROM credit.lot_event
                WHERE kind = 'pledged'"""
            )
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert violations(house.tx) == []


def test_no_interleaving_pledges_a_lot_twice(fresh: Database, book: GoodsBook) -> None:
    yard: list[Lot] = [a_lot(f"WR-{n}") for n in range(6)]
    with fresh.transaction() as tx:
        House(tx, book).verified(*yard)
    # Every contract wants three neighbours in a circle: each lot is wanted three times.
    wanted = [
        a_pledge(f"loan {n}", 1000, *(yard[(n + step) % 6] for step in order))
        for n in range(6)
        for order in [(0, 1, 2) if n % 2 else (2, 1, 0)]
    ]
    answers: list[Pledged | Refusal] = []

    def ask(command: Pledge) -> None:
        with fresh.transaction() as tx:
            answers.extend(pledge(tx, CLERK, [command], NOW))

    threads = [threading.Thread(target=ask, args=(command,)) for command in wanted * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh.transaction() as tx:
        pledged = [stored.contract_id for stored in lots(tx, [lot.id for lot in yard]).values()]
        assert violations(tx) == []
    won = {answer.contract_id for answer in answers if isinstance(answer, Pledged)}
    assert len(answers) == 12
    assert 1 <= len(won) <= 2
    assert {contract for contract in pledged if contract} == won
    assert all(pledged.count(contract) == 3 for contract in won)
