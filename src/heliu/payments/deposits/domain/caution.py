"""May this transfer be made, and how long does it wait? Locks first, then what may be a scam."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from heliu.ground.clock import BANK_ZONE
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits import errors
from heliu.payments.deposits.domain.locks import Lock, LockKind, night_holds
from heliu.payments.deposits.domain.transfer import PAUSE, RECALL_WINDOW, MakeTransfer, Pause

# A house choice, not law: first payment to a payee, this much or more, by an elder, waits a day.
SCAM_FROM: Final = Money(500_000)
SCAM_TOLD: Final = Text(
    "这是第一次付给这个收款人, 而且金额较大, 所以等 24 小时再付。"
    "这段时间钱还在您的账户里, 随时可以撤回。"
    "如果有人催您快付、叫您保密, 那多半是骗局; 请打银行卡背面的电话问一问。",
    "This is the first payment to this payee, and a large one, so it waits for 24 hours. "
    "Until then the money stays in your account and you can take it back. "
    "If somebody hurries you or tells you to keep it secret, it is most likely a scam: "
    "call the number on the back of your card.",
)
APPROVAL_TOLD: Final = Text(
    "这笔金额超过了您和家人约定的数, 需要家人确认后才付。24 小时内没有确认, 钱会退回您的账户。",
    "This amount is above what you and your family agreed on: it is paid once they have "
    "confirmed it. If nobody does within 24 hours, the money goes back to your account.",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when a transfer is asked for.

    `spent`: the day's other transfers of the holder, held or paid. `trusted`: the payee stands on
    the list for long enough. `paid_before`: the holder has paid this account before. `own`: it is
    the holder's own. `biller`: the payee is a registered biller, of a bill.
    `needs_approval`: the holder agreed with a guardian that both must want this amount.
    """

    at: datetime
    locks: Mapping[LockKind, Lock]
    spent: Money
    trusted: bool
    paid_before: bool
    elder: bool
    own: bool = False
    biller: bool = False
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class Caution:
    """How long a transfer that may be made waits, and why."""

    pauses: frozenset[Pause]
    pays_at: datetime
    due_at: datetime


def blocked(asked: MakeTransfer, facts: Facts) -> Refusal | None:
    """The holder's own lock that stops the transfer, if one does. Own accounts are always open."""
    if facts.own:
        return None
    night, single, daily, payees = (facts.locks[kind] for kind in LockKind)
    clock = facts.at.astimezone(BANK_ZONE).time()
    if night.starts is not None and night.ends is not None and night_holds(night, clock):
        return errors.locked_night(night.starts, night.ends)
    if single.amount is not None and asked.amount > single.amount:
        return errors.locked_single(single.amount)
    if daily.amount is not None and facts.spent + asked.amount > daily.amount:
        left = max(daily.amount - facts.spent, Money(0, asked.amount.currency))
        return errors.locked_daily(daily.amount, left)
    if payees.locked and not (facts.trusted or facts.biller):
        return errors.locked_payees()
    return None


def caution(asked: MakeTransfer, facts: Facts) -> Caution:
    """How long a transfer waits: the recall window; a day if it may be a scam or needs approval.

    What goes to the holder himself is paid at once; a bill to a biller never pauses.
    """
    if facts.own:
        return Caution(frozenset(), facts.at, facts.at)
    pauses = set()
    if not facts.biller:
        large = asked.amount.currency == SCAM_FROM.currency and asked.amount >= SCAM_FROM
        if facts.elder and large and not facts.paid_before:
            pauses.add(Pause.SCAM)
        if facts.needs_approval:
            pauses.add(Pause.APPROVAL)
    pays_at = facts.at + (PAUSE if Pause.SCAM in pauses else RECALL_WINDOW)
    due_at = facts.at + PAUSE if Pause.APPROVAL in pauses else pays_at
    return Caution(frozenset(pauses), pays_at, due_at)
