"""What elders say, and what it is understood as; nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.channels.care.domain.saying import Said, Task, understand

PAYEES = ["李娜", "李", "Zhang Wei", ""]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("给李娜转两百块", Said(Task.TRANSFER, 20_000, "李娜")),
        ("转 200 元给李娜", Said(Task.TRANSFER, 20_000, "李娜")),
        ("给儿子转两百块", Said(Task.TRANSFER, 20_000, None, "儿子")),
        ("转两百五给小宝", Said(Task.TRANSFER, 25_000, None, "小宝")),
        ("转账", Said(Task.TRANSFER)),
        ("给李娜转账", Said(Task.TRANSFER, None, "李娜")),
        ("李娜 五十块", Said(Task.TRANSFER, 5_000, "李娜")),
        ("pay two hundred yuan to zhang wei", Said(Task.TRANSFER, 20_000, "Zhang Wei")),
        ("send 50 yuan to Bob", Said(Task.TRANSFER, 5_000, None, "Bob")),
        ("交水电费", Said(Task.BILLS)),
        ("电费", Said(Task.BILLS)),
        ("pay the electricity bill", Said(Task.BILLS)),
        ("上月水电多少", Said(Task.ASK)),
        ("这个月花了多少钱", Said(Task.ASK)),
        ("给李娜转了多少", Said(Task.ASK)),
        ("养老金到了吗", Said(Task.ASK)),
        ("我还有多少钱", Said(Task.BALANCE)),
        ("查余额", Said(Task.BALANCE)),
        ("what is my balance", Said(Task.BALANCE)),
        ("看看钱都去哪了", Said(Task.LINES)),
        ("查明细", Said(Task.LINES)),
        ("找真人", Said(Task.HUMAN)),
        ("有人骗我转两百块给李娜", Said(Task.HUMAN)),
        ("I think it is a scam", Said(Task.HUMAN)),
        ("今天天气怎么样", Said(Task.UNKNOWN)),
        ("", Said(Task.UNKNOWN)),
    ],
)
def test_a_task_is_understood(text: str, said: Said) -> None:
    assert understand(text, PAYEES) == said


@given(text=st.text(max_size=200))
def test_no_words_break_the_grammar(text: str) -> None:
    said = understand(text, PAYEES)
    assert said.payee in (None, *PAYEES)
    assert said.amount is None or said.amount > 0
