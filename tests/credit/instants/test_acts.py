"""The three instant acts, asked for one by one and at once (amounts in yuan)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from heliu.app.bench.instants_plant import Planted, plant
from heliu.app.serve.teller import answered
from heliu.books.evidence.api import prove_inclusion
from heliu.books.ledger.api import Ledger, verify_ledger
from heliu.credit.applications.api import Policy, find_receivables
from heliu.credit.instants.api import (
    ActKind,
    Answer,
    Ask,
    Payee,
    Till,
    read_act,
    read_receivable,
)
from heliu.credit.limits.api import LimitLine, all_lines, expire, violations
from heliu.credit.loans.api import loan_violations
from heliu.decisions.verdicts.api import Profile, replay
from heliu.flows.screening.api import ClaimCommand, claim
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database
from heliu.ground.ids import derived_id

DECIDE, DRAW, PAY, FINANCE = ActKind
NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
TODAY = NOW.date()


@dataclass(slots=True)
class Counter:
    """The bank at its counter: asks go in, answers come out, each batch committed."""

    database: Database
    till: Till
    planted: Planted
    now: datetime = NOW

    def ask(self, *asks: Ask) -> list[Answer]:
        return answered(self.database, self.till, asks, FixedClock(self.now))

    def receivable(self, number: int) -> UUID:
        return self.planted.receivables[number][0]

    def supplier(self, number: int) -> str:
        return self.planted.receivables[number][1]

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        with self.database.transaction() as tx:
            return tx.rows(sql, params)


@pytest.fixture(scope="module")
def counter(told: Database) -> Iterator[Counter]:
    planted = plant(told, 60, TODAY, NOW, suppliers=6)
    with Ledger.open(told, FixedClock(NOW)) as ledger:
        till = Till(ledger, Policy("scf-receivable-2", Profile.STANDARD), Actor("teller"))
        yield Counter(told, till, planted)


def ask(
    kind: ActKind,
    subject: UUID,
    key: str,
    *,
    party: str | None = None,
    amount: str | None = None,
    payee: Payee | None = None,
) -> Ask:
    said = f"{kind}{subject}{amount}{payee}".encode()
    digest = (said * 2)[:32].ljust(32, b".")
    return Ask(derived_id("test", key), kind, digest, party, subject, amount, payee)


def said(one: Answer) -> dict[str, Any]:
    assert one.refusal is None, one.refusal
    body: dict[str, Any] = msgspec.json.decode(one.body)
    return body


def later(counter: Counter, **how_long: int) -> Counter:
    return Counter(counter.database, counter.till, counter.planted, NOW + timedelta(**how_long))


def code(one: Answer) -> str | None:
    return one.refusal.code if one.refusal else None


def test_a_financing_decides_draws_and_pays_in_one_answer(counter: Counter) -> None:
    [done] = counter.ask(ask(FINANCE, counter.receivable(0), "whole", party=counter.supplier(0)))
    body = said(done)
    assert body["kind"] == "financing"
    assert (body["approved"], body["amount"], body["payment_status"]) == (
        True,
        "8550.00",
        "settled",
    )
    assert float(body["amount"]) - float(body["discount"]) == float(body["proceeds"])
    assert body["paid"] == body["proceeds"]
    assert len(body["journal"]) == 3
    with counter.database.transaction() as tx:
        for made in ("verdict", "drawdown", "payment"):
            assert prove_inclusion(tx, UUID(body[made])).leaf.subject_id == UUID(body[made])
        [again] = replay(tx, [UUID(body["verdict"])])
    assert again.identical


def test_every_axis_carries_the_draw_and_all_laws_hold(counter: Counter) -> None:
    before = {line.key: line.utilised for line in _lines(counter)}
    [done] = counter.ask(ask(FINANCE, counter.receivable(1), "axes"))
    grown = {
        line.key.axis.value: line.utilised - before.get(line.key, 0)
        for line in _lines(counter)
        if line.utilised != before.get(line.key, 0)
    }
    fen = int(said(done)["amount"].replace(".", ""))
    assert grown == dict.fromkeys(("programme", "obligor", "group", "supplier", "product"), fen)
    with counter.database.transaction() as tx:
        assert (verify_ledger(tx), loan_violations(tx), violations(tx)) == ([], [], [])


def test_the_same_key_gets_the_same_answer_and_changes_nothing(counter: Counter) -> None:
    asked = ask(FINANCE, counter.receivable(2), "twice")
    [first], [second], both = counter.ask(asked), counter.ask(asked), counter.ask(asked, asked)
    assert [one.body for one in (second, *both)] == [first.body] * 3
    assert (first.replayed, second.replayed) == (False, True)
    assert counter.rows(
        "SELECT count(*) FROM credit.loan WHERE receivable_id = %s", (counter.receivable(2),)
    ) == [(1,)]


def test_a_key_used_for_another_request_is_refused_and_does_nothing(counter: Counter) -> None:
    counter.ask(ask(FINANCE, counter.receivable(3), "taken"))
    [other] = counter.ask(ask(FINANCE, counter.receivable(4), "taken"))
    assert code(other) == "idempotency.other_body"
    [free] = counter.ask(ask(FINANCE, counter.receivable(4), "free"))
    assert free.refusal is None


def test_one_receivable_is_financed_once_even_within_one_batch(counter: Counter) -> None:
    answers = counter.ask(
        *(ask(FINANCE, counter.receivable(5), f"race-{n}") for n in range(3)),
        ask(FINANCE, counter.receivable(6), "bystander"),
    )
    assert sorted(map(str, map(code, answers[:3]))) == [
        "None",
        *["receivable.already_financed"] * 2,
    ]
    assert answers[3].refusal is None
    [again] = counter.ask(ask(FINANCE, counter.receivable(5), "race-9"))
    assert code(again) == "receivable.already_financed"


def test_a_receivable_that_another_claimed_meanwhile_is_refused_beside_others_that_are_paid(
    counter: Counter,
) -> None:
    receivables = [counter.receivable(number) for number in (50, 51, 52)]
    with counter.database.transaction() as tx:
        claimed = find_receivables(tx, receivables)[receivables[1]].claimed
        assert claimed is not None
        claim(tx, Actor("another"), [ClaimCommand(claimed, derived_id("elsewhere"), NOW)])
    first, lost, last = counter.ask(*(ask(FINANCE, r, f"claims {r}") for r in receivables))
    assert (code(first), code(lost), code(last)) == (None, "screening.already_claimed", None)
    with counter.database.transaction() as tx:
        assert (verify_ledger(tx), loan_violations(tx), violations(tx)) == ([], [], [])


def test_a_refusal_is_kept_under_its_key_too(counter: Counter) -> None:
    asked = ask(FINANCE, counter.receivable(7), "greedy", amount="99999999.00")
    first, second = counter.ask(asked)[0], counter.ask(asked)[0]
    assert code(first) == code(second) == "act.amount_invalid"
    assert second.replayed
    assert first.refusal is not None
    assert second.refusal is not None
    assert first.refusal.reason == second.refusal.reason


@pytest.mark.parametrize("amount", ["0", "-1", "1.001", "1e3", "NaN", "", "１", "9" * 40])
def test_an_unsound_amount_is_refused(counter: Counter, amount: str) -> None:
    [answered] = counter.ask(ask(FINANCE, counter.receivable(8), f"odd {amount}", amount=amount))
    assert code(answered) == "act.amount_invalid"


def test_strangers_and_unknown_things_are_told_apart_and_not_kept(counter: Counter) -> None:
    nobody = derived_id("nobody")
    asks = (
        ask(FINANCE, nobody, "ghost"),
        ask(FINANCE, counter.receivable(9), "other", party=counter.supplier(10)),
        ask(DRAW, nobody, "no decision"),
        ask(PAY, nobody, "no drawdown"),
    )
    unknown = "act.unknown_subject"
    assert [code(a) for a in counter.ask(*asks)] == [unknown, "act.not_yours", unknown, unknown]
    assert (
        counter.rows("SELECT id FROM credit.act WHERE id = ANY(%s)", ([a.key for a in asks],)) == []
    )


def test_a_decision_holds_its_amount_until_it_is_drawn(counter: Counter) -> None:
    [decided] = counter.ask(ask(DECIDE, counter.receivable(11), "decide"))
    body = said(decided)
    assert decided.id == UUID(body["credit_decision"])
    assert _reserved(counter) == int(body["amount"].replace(".", ""))
    [drawn] = counter.ask(ask(DRAW, UUID(body["credit_decision"]), "draw", amount="5000"))
    assert said(drawn)["amount"] == "5000.00"
    [again] = counter.ask(ask(DRAW, UUID(body["credit_decision"]), "draw more"))
    assert code(again) == "credit_decision.drawn"
    # What was not drawn falls back when the decision expires.
    with counter.database.transaction() as tx:
        assert expire(tx, later(counter, hours=1).now) == 1
    assert _reserved(counter) == 0


def test_an_expired_decision_cannot_be_drawn(counter: Counter) -> None:
    [decided] = counter.ask(ask(DECIDE, counter.receivable(12), "old"))
    decision = UUID(said(decided)["credit_decision"])
    [late] = later(counter, minutes=30).ask(ask(DRAW, decision, "late"))
    assert code(late) == "credit_decision.expired"
    with counter.database.transaction() as tx:
        expire(tx, later(counter, hours=1).now)


def test_money_goes_on_from_a_drawdown_to_another_bank(counter: Counter) -> None:
    [financed] = counter.ask(ask(FINANCE, counter.receivable(13), "first"))
    drawdown = UUID(said(financed)["drawdown"])
    payee = Payee("样本收款人", "6222000011112222", None)
    [paid] = counter.ask(ask(PAY, drawdown, "onward", amount="100.00", payee=payee))
    body = said(paid)
    assert (body["paid"], body["payment_status"]) == ("100.00", "instructed")
    [more] = counter.ask(ask(PAY, drawdown, "too much", amount="99999999"))
    assert code(more) == "act.amount_invalid"


def test_an_act_is_read_back_by_its_party_only(counter: Counter) -> None:
    party = counter.supplier(14)
    [done] = counter.ask(ask(FINANCE, counter.receivable(14), "read", party=party))
    body = said(done)
    with counter.database.transaction() as tx:
        for kind, id_ in (
            (FINANCE, body["id"]),
            (DECIDE, body["credit_decision"]),
            (DRAW, body["drawdown"]),
            (PAY, body["payment"]),
        ):
            assert read_act(tx, kind, UUID(id_), party) is not None, kind
            assert read_act(tx, kind, UUID(id_), counter.supplier(15)) is None
        seen = read_receivable(tx, counter.receivable(14), party, NOW.date())
        assert seen is not None
        assert b'"available":"0.00"' in seen
        assert read_receivable(tx, counter.receivable(14), counter.supplier(15), NOW.date()) is None


def test_a_limit_that_runs_out_refuses_only_those_behind_it(counter: Counter) -> None:
    with counter.database.transaction() as tx:
        tx.run("UPDATE credit.limit_line SET amount = utilised + reserved + 800000")
    asks: list[Ask] = [ask(FINANCE, counter.receivable(n), f"run {n}") for n in (18, 24, 30)]
    answers = counter.ask(*asks)
    with counter.database.transaction() as tx:
        tx.run("UPDATE credit.limit_line SET amount = 1000000000000000")
        assert violations(tx) == []
    assert [code(a) for a in answers] == [None, "credit.limit_exceeded", "credit.limit_exceeded"]


def _lines(counter: Counter) -> list[LimitLine]:
    with counter.database.transaction() as tx:
        return list(all_lines(tx))


def _reserved(counter: Counter) -> int:
    return max(line.reserved for line in _lines(counter))
