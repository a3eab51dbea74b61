"""The client against the application itself."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from heliu.client import Client, Financing, FinancingAsk, Payee, Problem, Unreachable
from heliu.ground.errors import Refusal
from heliu.ground.text import Text

R = UUID("0192f3c4-7a10-8b52-9c3e-5d2a41b7e001")
FINANCED = Refusal(
    "receivable.already_financed", Text("已融资", "financed"), Text("另选", "choose")
)


def lost(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("the line was cut", request=request)


def busy(request: httpx.Request) -> httpx.Response:
    return httpx.Response(503, headers={"retry-after": "2"}, request=request)


def test_the_three_acts_and_all_at_once_come_back_typed(reached: Any) -> None:
    with reached.client() as bank:
        decided = bank.decide_credit(R)
        drawn = bank.draw_down(decided.id, Decimal("900.10"))
        paid = bank.pay(drawn.id, payee=Payee("样本", "6222"))
        financed = bank.finance(R, 900)
        assert (decided.receivable, decided.annual_rate) == (R, Decimal("0.0485"))
        assert drawn.amount == Decimal("900.10")
        assert paid.drawdown == drawn.id
        assert bank.credit_decision(decided.id) == decided
        assert bank.drawdown(drawn.id) == drawn
        assert bank.payment(paid.id) == paid
        assert bank.financing(financed.id) == financed


def test_many_come_back_in_order_each_done_or_refused(reached: Any) -> None:
    refused = uuid4()
    reached.bank.refusals[refused] = FINANCED
    with reached.client() as bank:
        first, second, third = bank.finance_many(
            [FinancingAsk("a", R), FinancingAsk("b", refused), FinancingAsk("c", R, "1.50")]
        )
    assert isinstance(first, Financing)
    assert isinstance(second, Problem)
    assert second.code == "receivable.already_financed"
    assert isinstance(third, Financing)
    assert third.amount == Decimal("1.50")


def test_a_no_of_the_bank_is_a_problem_with_its_cure_in_the_language_asked_for(
    reached: Any,
) -> None:
    reached.bank.refusals[R] = FINANCED
    with reached.client(language="zh-CN") as bank, pytest.raises(Problem) as met:
        bank.finance(R)
    assert (met.value.status, met.value.detail, met.value.cure) == (422, "已融资", "另选")
    assert reached.slept == []


@pytest.mark.parametrize("trouble", [lost, busy])
def test_a_cut_line_or_a_busy_bank_is_asked_again_under_the_same_key(
    reached: Any, trouble: Callable[[httpx.Request], httpx.Response]
) -> None:
    reached.way.troubles = [trouble, trouble]
    with reached.client() as bank:
        bank.finance(R)
    sent = reached.way.requests
    assert len(sent) == 3
    assert len({request.headers["idempotency-key"] for request in sent}) == 1
    assert len({request.headers["heliu-nonce"] for request in sent}) == 3


def test_retry_after_is_waited_for(reached: Any) -> None:
    reached.way.troubles = [busy]
    with reached.client() as bank:
        bank.finance(R)
    assert reached.slept == [2.0]


def test_an_answer_lost_on_its_way_is_found_again_and_has_one_effect(reached: Any) -> None:
    def answered_but_lost(request: httpx.Request) -> httpx.Response | None:
        reached.way.handle_request(request)
        return lost(request)

    reached.way.troubles = [answered_but_lost]
    with reached.client() as bank:
        financing = bank.finance(R)
    assert [answer.id for _, answer in reached.bank.reads.answers.values()] == [financing.id]


def test_when_nobody_answers_the_key_to_ask_again_with_is_told(reached: Any) -> None:
    reached.way.troubles = [lost] * 3
    with reached.client(tries=3) as bank, pytest.raises(Unreachable) as met:
        bank.finance(R, idempotency_key="mine")
    assert met.value.idempotency_key == "mine"
    assert reached.slept == [0.2, 0.4]


def test_a_bank_that_stays_busy_is_told_as_such(reached: Any) -> None:
    reached.way.troubles = [busy] * 2
    with reached.client(tries=2) as bank, pytest.raises(Problem, match="503"):
        bank.finance(R)


def test_a_wrong_secret_is_refused_and_not_tried_again(reached: Any) -> None:
    key, secret = reached.connections["supplier"].id, "hs_of_another"
    way = reached.way
    with Client("http://bank", key=key, secret=secret, transport=way) as bank:
        with pytest.raises(Problem) as met:
            bank.finance(R)
    assert (met.value.status, met.value.code) == (401, "signature.wrong")
    assert len(way.requests) == 1


def test_money_is_never_a_float(reached: Any) -> None:
    with reached.client() as bank, pytest.raises(TypeError, match="never a float"):
        bank.finance(R, 900.1)


def test_receivables_are_read_page_by_page_and_only_ones_own(reached: Any) -> None:
    own = sorted(uuid4() for _ in range(5))
    suppliers = dict.fromkeys(own, "91350200MA00TRD1XC") | {uuid4(): "91330100MA00TRD28Y"}
    reached.bank.reads.suppliers.update(suppliers)
    with reached.client() as bank:
        assert [one.id for one in bank.receivables(page=2)] == own
        assert bank.receivable(own[0]).available == Decimal("90000.00")
    with reached.client("bank") as bank:
        assert len(list(bank.receivables())) == 6


def test_the_secret_does_not_show(reached: Any) -> None:
    credential = reached.client()._caller._credential
    assert credential.secret not in repr(credential)
