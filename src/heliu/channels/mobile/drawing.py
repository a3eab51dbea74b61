"""Drawing what was signed: one loan or many, kept here or sent on; the words that are signed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from heliu.channels.mobile.views import Card, Price, total
from heliu.channels.pages.api import Run, Work, ask_for, percent, yuan
from heliu.credit.instants.api import ActKind, Answer, Ask
from heliu.ground.errors import Fault, Refusal
from heliu.ground.text import Text

DRAW_ALL: Final = "draw_all"
_AT_ONCE: Final = 20

Act = Callable[[Sequence[Ask]], Sequence[Answer]]


class Target(StrEnum):
    """Where drawn money goes: the firm's account here, or on to the one its programme names."""

    HERE = "here"
    REGISTERED = "registered"


TARGET_TEXT: Final[Mapping[Target, Text]] = {
    Target.HERE: Text("本行账户", "your account here"),
    Target.REGISTERED: Text("项目登记的收款账户", "the account your programme names"),
}


def draw_text(card: Card, price: Price, due: date, target: Target) -> Text:
    """The sentence that is signed for one loan."""
    to, number = TARGET_TEXT[target], card.receivable.invoice_no
    amount, net, rate = yuan(price.principal.minor), yuan(price.net.minor), percent(price.rate)
    return Text(
        f"用发票 {number} 融资 {amount}，年利率 {rate}，实际到账 {net} 至{to.zh}，{due} 到期。",
        f"Finance {amount} on invoice {number} at {rate} a year; {net} goes to {to.en}; "
        f"due on {due}.",
    )


def all_text(prices: Sequence[Price]) -> Text:
    """The sentence that is signed for many loans at once."""
    rates = [price.rate for price in prices]
    low, high = percent(min(rates)), percent(max(rates))
    at = low if low == high else f"{low} – {high}"
    amount = yuan(total([price.principal for price in prices]).minor)
    net = yuan(total([price.net for price in prices]).minor)
    to = TARGET_TEXT[Target.HERE]
    return Text(
        f"用 {len(prices)} 张发票融资共 {amount}，年利率 {at}，实际到账共 {net} 至{to.zh}。",
        f"Finance {amount} on {len(prices)} invoices at {at} a year; {net} goes to {to.en}.",
    )


def drawn(
    act: Act, party: str, decisions: Sequence[UUID], target: Target
) -> dict[UUID, UUID | Refusal]:
    """Draw each decision: its loan, or why not. The same decision is drawn once.

    Money sent on whose payment is refused stays on the firm's account: the loan stands.
    """
    asks = [ask_for(ActKind.DRAWDOWN, decision, party, decision) for decision in decisions]
    outcomes: dict[UUID, UUID | Refusal] = {}
    for decision, answer in zip(decisions, act(asks), strict=True):
        outcomes[decision] = answer.refusal or _loan(answer)
    lent = [loan for loan in outcomes.values() if isinstance(loan, UUID)]
    if target is Target.REGISTERED and lent:
        act([ask_for(ActKind.PAYMENT, loan, party, loan) for loan in lent])
    return outcomes


def draw_all(run: Run) -> str:
    """The job: everything that was signed, a few at a time so that its page moves."""
    decisions = [UUID(said) for said in run.job.asked["decisions"]]
    assert run.job.party is not None, "a supplier acts for a firm"
    run.step(0, 0, len(decisions))
    for start in range(0, len(decisions), _AT_ONCE):
        part = decisions[start : start + _AT_ONCE]
        drawn(run.act, run.job.party, part, Target(run.job.asked["to"]))
        run.step(0, start + len(part), len(decisions))
    run.step(1)
    return f"/m/all/done/{run.job.id}"


WORKS: Final[Mapping[str, Work]] = {
    DRAW_ALL: Work(
        (
            Text("逐笔放款并记账", "Draw and book each one"),
            Text("核对结果", "Check what came of it"),
        ),
        draw_all,
    )
}


def _loan(answer: Answer) -> UUID:
    body = msgspec.json.decode(answer.body)
    if "drawdown" not in body:
        raise Fault("a drawdown that was answered names its loan")
    return UUID(body["drawdown"])
