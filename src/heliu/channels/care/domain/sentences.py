"""Sentences of the care edition: built once, shown on the screen, read by readers and voices.

Amounts stand in words and long digits one by one, so what is heard is what is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from heliu.channels.care.domain.words import amount_words, digits_words
from heliu.ground.clock import BANK_ZONE
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits.api import Bill, Line, State, Transfer, masked

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is about to be paid, before it is signed."""

    name: str
    number: str
    amount: Money


def joined(parts: Sequence[Text]) -> Text:
    """Sentences one after the other."""
    return Text("".join(part.zh for part in parts), " ".join(part.en for part in parts))


def balance(posted: Money, available: Money) -> Text:
    """What somebody has, and what of it can be used when that is less."""
    has, free = amount_words(posted.minor), amount_words(available.minor)
    if posted == available:
        return Text(f"您的余额是{has.zh}。", f"Your balance is {has.en}.")
    return Text(
        f"您的余额是{has.zh}，现在可以用{free.zh}。",
        f"Your balance is {has.en}; you can use {free.en} now.",
    )


def line(moved: Line) -> Text:
    """One line of a statement."""
    amount, day = amount_words(abs(moved.effect.minor)), on(moved.on)
    comes = moved.effect.minor > 0
    who = moved.with_whom
    zh = f"收到{f'{who}的' if who else ''}" if comes else f"付给{who}" if who else "付出"
    en = "you received" if comes else "you paid"
    side = f" {'from' if comes else 'to'} {who}" if who else ""
    return Text(
        f"{day.zh}，{zh}{amount.zh}，{moved.title.zh}。",
        f"On {day.en} {en} {amount.en}{side}, {moved.title.en.lower()}.",
    )


def repeat_back(draft: Draft) -> Text:
    """A transfer said again before it is signed."""
    amount, tail = amount_words(draft.amount.minor), digits_words(_tail(draft.number))
    return Text(
        f"您要付给{draft.name}{amount.zh}，收款账号最后四位是{tail.zh}。",
        f"You are about to pay {amount.en} to {draft.name}, whose account ends in {tail.en}.",
    )


def bill_due(bill: Bill) -> Text:
    """A bill that waits to be paid."""
    amount, day, name = amount_words(bill.amount.minor), on(bill.due_on), bill.biller.name
    return Text(
        f"{name.zh}的账单是{amount.zh}，{day.zh}前交。",
        f"The bill of {name.en} is {amount.en}, due by {day.en}.",
    )


def transfer(made: Transfer) -> Text:
    """How a transfer stands."""
    amount, name = amount_words(made.amount.minor), made.to.name
    match made.state:
        case State.HELD if made.waits_for_approval:
            return Text(
                f"付给{name}的{amount.zh}在等家人确认，钱还在您的账户里。",
                f"{amount.en.capitalize()} to {name} waits for your family; "
                "the money is still in your account.",
            )
        case State.HELD:
            until = moment(made.pays_at)
            return Text(
                f"付给{name}的{amount.zh}还没有付出，{until.zh}之前您可以撤回。",
                f"{amount.en.capitalize()} to {name} has not been paid yet; "
                f"you can take it back until {until.en}.",
            )
        case State.PAID:
            return Text(
                f"已经付给{name}{amount.zh}。", f"{amount.en.capitalize()} was paid to {name}."
            )
        case State.RECALLED:
            return Text(
                f"付给{name}的{amount.zh}已经撤回，钱在您的账户里。",
                f"You took back {amount.en} to {name}; the money is in your account.",
            )
        case State.REFUSED | State.LAPSED | State.FAILED:
            return Text(
                f"付给{name}的{amount.zh}没有付出，钱在您的账户里。",
                f"{amount.en.capitalize()} to {name} was not paid; the money is in your account.",
            )


def on(day: date) -> Text:
    """A day without its year."""
    return Text(f"{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]}")


def moment(at: datetime) -> Text:
    """An instant on Beijing's clock, as people say it."""
    there = at.astimezone(BANK_ZONE)
    day, minutes = on(there.date()), f"{there.minute}分" if there.minute else "整"
    return Text(f"{day.zh}{there.hour}点{minutes}", f"{there:%H:%M} on {day.en}")


def _tail(number: str) -> str:
    return "".join(char for char in masked(number) if char in "0123456789")
