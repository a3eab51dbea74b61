"""The last days of the demonstration: a voucher taken, nights run, so that no page is empty.

The story itself knows no vouchers and no nights. A core enterprise issues one to the supplier whom
visitors may be, and the bank closes the last dates: figures tied out, warnings watched, cases made.
"""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from heliu.app.bank import Bank
from heliu.app.ecosystem.plan import Plan
from heliu.app.night import nights
from heliu.app.samples.firms import HAIHE, Firm
from heliu.books.vouchers.api import (
    Accept,
    Approve,
    Backing,
    Issue,
    TenorRule,
    TitleCommand,
    carry_out,
    voucher_id,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text

NIGHTS: Final = 3
_HOLDER: Final = "A01"
_WORTH: Final = Money(18_600_000)
_RUNS: Final = timedelta(days=120)
_TENOR: Final = TenorRule(6, 12, Text("演示规则", "the demonstration's rule"))
_NUMBER: Final = "26372000000000009901"
_MAKER, _CHECKER, _PAYEE = (Actor(f"demo:voucher-{who}") for who in ("maker", "checker", "payee"))


def give_voucher(tx: Tx, plan: Plan, today: date, now: datetime) -> None:
    """Issued by two persons of the buyer, accepted by the supplier."""
    payee = next(one.firm for one in plan.cast if one.firm.code == _HOLDER)
    issue = _issue(payee, today)
    voucher, buyer = voucher_id(issue.key), HAIHE.uscc
    approve = Approve(key=derived_id("demo", "approve"), on=today, by=buyer, voucher=voucher)
    accept = Accept(
        key=derived_id("demo", "accept"), on=today, by=payee.uscc, voucher=voucher,
        deed=_digest("deed"),
    )  # fmt: skip
    acts: tuple[tuple[Actor, TitleCommand], ...] = (
        (_MAKER, issue),
        (_CHECKER, approve),
        (_PAYEE, accept),
    )
    for actor, command in acts:
        (done,) = carry_out(tx, actor, [command], now)
        assert not isinstance(done, Refusal), done


def run_nights(bank: Bank) -> None:
    """Close the last dates before today."""
    today = bank.clock.today()
    for ago in range(NIGHTS, 0, -1):
        for _ in nights(bank, today - timedelta(days=ago), _untold):
            pass


def _issue(payee: Firm, today: date) -> Issue:
    worth = _WORTH.minor
    invoice = Backing("", _NUMBER, "", worth, worth, _digest(_NUMBER))
    return Issue(
        key=derived_id("demo", "voucher"), on=today, by=HAIHE.uscc, payee=payee.uscc,
        amount=_WORTH, due_on=today + _RUNS, backing=(invoice,), tenor=_TENOR,
    )  # fmt: skip


def _digest(paper: str) -> str:
    return sha256(paper.encode()).hexdigest()


def _untold(step: str, done: int, total: int) -> None:
    del step, done, total
