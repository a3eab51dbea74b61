"""Search that answers: what a question means, and what the books say to it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.payments.deposits.branch import Branch

from heliu.ground.money import Money
from heliu.payments.deposits.api import PayIn, Purpose, answer, pay_in
from heliu.payments.deposits.domain.period import find_period, small_number
from heliu.payments.deposits.domain.question import Direction, read_question

TODAY = date(2026, 11, 24)
NAMES = ["李娜", "李", "Zhang Wei"]
P = Purpose


@pytest.mark.parametrize(
    ("words", "start", "until"),
    [
        ("上月水电多少", date(2026, 10, 1), date(2026, 11, 1)),
        ("上个月", date(2026, 10, 1), date(2026, 11, 1)),
        ("这个月", date(2026, 11, 1), date(2026, 12, 1)),
        ("本月", date(2026, 11, 1), date(2026, 12, 1)),
        ("last month", date(2026, 10, 1), date(2026, 11, 1)),
        ("this month", date(2026, 11, 1), date(2026, 12, 1)),
        ("今天", date(2026, 11, 24), date(2026, 11, 25)),
        ("yesterday", date(2026, 11, 23), date(2026, 11, 24)),
        ("前天", date(2026, 11, 22), date(2026, 11, 23)),
        ("上周", date(2026, 11, 16), date(2026, 11, 23)),
        ("this week", date(2026, 11, 23), date(2026, 11, 30)),
        ("今年", date(2026, 1, 1), date(2027, 1, 1)),
        ("last year", date(2025, 1, 1), date(2026, 1, 1)),
        ("最近三十天", date(2026, 10, 26), date(2026, 11, 25)),
        ("近7天", date(2026, 11, 18), date(2026, 11, 25)),
        ("last 7 days", date(2026, 11, 18), date(2026, 11, 25)),
        ("最近三个月", date(2026, 9, 1), date(2026, 11, 25)),
        ("past 2 months", date(2026, 10, 1), date(2026, 11, 25)),
        ("10月", date(2026, 10, 1), date(2026, 11, 1)),
        ("十二月", date(2025, 12, 1), date(2026, 1, 1)),
        ("二月份", date(2026, 2, 1), date(2026, 3, 1)),
        ("2025年3月", date(2025, 3, 1), date(2025, 4, 1)),
        ("2025-03", date(2025, 3, 1), date(2025, 4, 1)),
        ("in december", date(2025, 12, 1), date(2026, 1, 1)),
        ("in march 2024", date(2024, 3, 1), date(2024, 4, 1)),
    ],
)
def test_a_period_is_what_people_mean_by_it(words: str, start: date, until: date) -> None:
    period = find_period(words, TODAY)
    assert period is not None
    assert (period.start, period.until) == (start, until)


@pytest.mark.parametrize("words", ["", "多少钱", "2025年13月", "十三月", "近零天", "十十月"])
def test_what_names_no_period_has_none(words: str) -> None:
    assert find_period(words, TODAY) is None


@pytest.mark.parametrize(
    ("words", "number"),
    [("一", 1), ("两", 2), ("十", 10), ("十二", 12), ("二十", 20), ("三十一", 31), ("7", 7)],
)
def test_small_numbers_are_read(words: str, number: int) -> None:
    assert small_number(words) == number


@pytest.mark.parametrize("words", ["", "0", "零", "十十", "一二", "x"])
def test_what_is_no_small_number_is_none(words: str) -> None:
    assert small_number(words) is None


@pytest.mark.parametrize(
    ("text", "direction", "purposes", "who"),
    [
        ("上月水电多少", Direction.OUT, (P.POWER, P.WATER), ""),
        ("how much for power last month", Direction.OUT, (P.POWER,), ""),
        ("电话费花了多少", Direction.OUT, (P.PHONE,), ""),
        ("水电煤今年", Direction.OUT, (P.POWER, P.WATER, P.GAS), ""),
        ("本月工资", Direction.IN, (P.SALARY,), ""),
        ("工资付了吗", Direction.IN, (P.SALARY,), ""),
        ("pension this year", Direction.IN, (P.PENSION,), ""),
        ("上月收入多少", Direction.IN, (), ""),
        ("这个月花了多少", Direction.OUT, (), ""),
        ("收入和支出", Direction.BOTH, (), ""),
        ("上月", Direction.BOTH, (), ""),
        ("转给李娜多少", Direction.OUT, (), "李娜"),
        ("zhang wei this year", Direction.BOTH, (), "Zhang Wei"),
    ],
)
def test_a_question_is_read(
    text: str, direction: Direction, purposes: tuple[Purpose, ...], who: str
) -> None:
    question = read_question(text, TODAY, NAMES)
    assert question is not None
    assert not question.balance
    assert (question.direction, question.purposes, question.who) == (direction, purposes, who)


@pytest.mark.parametrize("text", ["余额", "我还有多少钱", "what is my balance"])
def test_a_question_for_the_balance_is_one(text: str) -> None:
    question = read_question(text, TODAY, NAMES)
    assert question is not None
    assert question.balance


@pytest.mark.parametrize("text", ["", "你好", "weather", "' OR 1=1 --", "<script>"])
def test_what_asks_nothing_is_not_guessed(text: str) -> None:
    assert read_question(text, TODAY, NAMES) is None


@given(text=st.text(max_size=200))
def test_no_text_breaks_the_grammar(text: str) -> None:
    question = read_question(text, TODAY, NAMES)
    assert question is None or question.period.start < question.period.until


def test_an_answer_counts_the_lines_it_shows_and_says_what_it_ran(bank: Branch) -> None:
    bank.made(
        replace(bank.asks("a", 12_000), purpose=P.POWER),
        replace(bank.asks("b", 3_000), purpose=P.WATER),
        replace(bank.asks("c", 500), purpose=P.RENT),
    )
    bank.wait(10)
    bank.turn()
    with bank.database.transaction() as tx:
        found = answer(tx, bank.elder.holder, "本月水电多少", bank.when.on)
        rent = answer(tx, bank.elder.holder, "rent this month", bank.when.on)
        none = answer(tx, bank.elder.holder, "去年房租", bank.when.on)
        lost = answer(tx, bank.elder.holder, "你好", bank.when.on)
    assert found is not None
    assert (
        found.sentence.zh
        == "2026年11月1日至2026年11月30日，电费、水费共支出 150.00 元，一共 2 笔。"
    )
    assert found.total == Money(-15_000)
    assert sum(row.effect.minor for row in found.rows) == -15_000
    assert found.query.startswith("SELECT j.business_date")
    assert found.parameters["purposes"] == ["power", "water"]
    assert rent is not None
    assert rent.sentence.en == (
        "From 1 Nov 2026 to 30 Nov 2026, 5.00 yuan went out for rent, in 1 line."
    )
    assert none is not None
    assert none.rows == ()
    assert lost is None


def test_an_answer_never_reads_anothers_account(bank: Branch) -> None:
    bank.made(bank.asks("hers", 12_345, payer=bank.daughter))
    bank.wait(10)
    bank.turn()
    with bank.database.transaction() as tx:
        found = answer(tx, bank.elder.holder, "转给Corner Shop多少", bank.when.on)
        hers = answer(tx, bank.daughter.holder, "转给corner shop多少", bank.when.on)
    assert found is None or found.rows == ()
    assert hers is not None
    assert hers.total == Money(-12_345)


def test_income_and_spending_stand_in_one_sentence(bank: Branch) -> None:
    wages = PayIn(bank.asks("w").key, bank.elder.id, Money(100), "Factory", P.SALARY)
    with bank.database.transaction() as tx:
        pay_in(tx, bank.ledger, [wages], bank.when)
    bank.made(bank.asks("a", 40))
    bank.wait(10)
    bank.turn()
    with bank.database.transaction() as tx:
        found = answer(tx, bank.elder.holder, "本月", bank.when.on)
        salary = answer(tx, bank.elder.holder, "salary this month", bank.when.on)
        balance = answer(tx, bank.elder.holder, "余额", bank.when.on)
    assert found is not None
    assert "共支出 0.40 元，共收入 100,001.00 元，一共 3 笔" in found.sentence.zh
    assert salary is not None
    assert salary.total == Money(100)
    assert balance is not None
    assert "100,000.60" in balance.sentence.zh


def test_held_money_is_said_with_the_balance(bank: Branch) -> None:
    bank.made(bank.asks("a", 40))
    with bank.database.transaction() as tx:
        balance = answer(tx, bank.elder.holder, "balance", bank.when.on)
    assert balance is not None
    assert balance.sentence.en == (
        "Your balance is 100,000.00 yuan; 99,999.60 yuan is available now, "
        "0.40 yuan is on its way out."
    )
