"""Who appears in the tests of vouchers, and short ways to say what they do (amounts in fen)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from heliu.books.ledger.api import AccountId, Ledger, NewAccount, Transfer
from heliu.books.vouchers.api import (
    Accept,
    Approve,
    Backing,
    Done,
    Finance,
    FinancingKind,
    Freeze,
    Issue,
    Redeem,
    Release,
    Split,
    TenorRule,
    TitleCommand,
    Unfreeze,
    Void,
    carry_out,
    deposit,
    redeem,
    voucher_id,
    whole_fragment,
)
from heliu.books.vouchers.api import (
    Transfer as Pass,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text

CORE: Final = "91310000MA1CORE001"
MILL: Final = "91310000MA1MILL002"
FOUNDRY: Final = "91310000MA1FOUND03"
MINE: Final = "91310000MA1MINE004"
BANK: Final = "91310000MA1BANK005"
COURT: Final = "11310000MA1COURT06"
CLERK, CHIEF = Actor("clerk"), Actor("chief")
MARCH, APRIL, DUE = date(2026, 3, 2), date(2026, 4, 1), date(2026, 8, 31)
NOON: Final = datetime(2026, 3, 2, 4, tzinfo=UTC)
TENOR: Final = TenorRule(6, 12, Text("测试规则", "the tests' rule"))


def key(name: str) -> UUID:
    return derived_id("test", name)


def digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def backed(amount: int, number: str = "24312000000012345678", of: int | None = None) -> Backing:
    return Backing("", number, "", of or amount, amount, digest(number))


def issue(amount: int = 100_000_000, name: str = "V", **other: Any) -> Issue:
    currency = other.pop("currency", "CNY")
    said: dict[str, Any] = {
        "key": key(name),
        "on": MARCH,
        "by": CORE,
        "payee": MILL,
        "amount": Money(amount, currency),
        "due_on": DUE,
        "backing": (backed(amount, f"24312{name}"),),
        "tenor": TENOR,
    }
    return Issue(**{**said, **other})


def approve(name: str = "V", **other: Any) -> Approve:
    said: dict[str, Any] = {"key": key(f"approve {name}"), "on": MARCH, "by": CORE}
    return Approve(**{**said, "voucher": the(name), **other})


def accept(name: str = "V", **other: Any) -> Accept:
    said: dict[str, Any] = {"key": key(f"accept {name}"), "on": MARCH, "by": MILL}
    return Accept(**{**said, "voucher": the(name), "deed": digest("deed"), **other})


def split(fragment: UUID, *amounts: int, by: str = MILL, name: str = "split") -> Split:
    return Split(key=key(name), on=MARCH, by=by, fragment=fragment, amounts=amounts)


def transfer(fragment: UUID, to: str, *, by: str = MILL, name: str = "", **other: Any) -> Pass:
    said: dict[str, Any] = {"key": key(name or f"{fragment} to {to}"), "on": MARCH, "by": by}
    papers = {"deed": digest("deed"), "basis": digest("contract")}
    return Pass(**{**said, "fragment": fragment, "to": to, **papers, **other})


def finance(fragment: UUID, amount: int, *, by: str = MILL, **other: Any) -> Finance:
    said: dict[str, Any] = {
        "key": key(f"{fragment} financed"),
        "on": MARCH,
        "by": by,
        "fragment": fragment,
        "financier": BANK,
        "kind": FinancingKind.PLEDGE,
        "amount": amount,
        "registry_no": f"REG-{fragment}",
        "deed": digest("deed"),
        "basis": digest("loan contract"),
    }
    return Finance(**{**said, **other})


def release(fragment: UUID, **other: Any) -> Release:
    said: dict[str, Any] = {"key": key(f"{fragment} released"), "on": MARCH, "by": BANK}
    return Release(**{**said, "fragment": fragment, "deed": digest("release"), **other})


def freeze(fragment: UUID, **other: Any) -> Freeze:
    said: dict[str, Any] = {"key": key(f"{fragment} frozen"), "on": MARCH, "by": COURT}
    return Freeze(**{**said, "fragment": fragment, "order": digest("order"), **other})


def unfreeze(fragment: UUID, **other: Any) -> Unfreeze:
    said: dict[str, Any] = {"key": key(f"{fragment} free"), "on": MARCH, "by": COURT}
    return Unfreeze(**{**said, "fragment": fragment, "order": digest("lifted"), **other})


def void(name: str = "V", by: str = CORE, **other: Any) -> Void:
    said: dict[str, Any] = {"key": key(f"void {name} {by}"), "on": MARCH, "by": by}
    return Void(**{**said, "voucher": the(name), "reason": "written by mistake", **other})


def redemption(cash: int, name: str = "V", **other: Any) -> Redeem:
    currency = other.pop("currency", "CNY")
    said: dict[str, Any] = {"key": key(f"redeem {name} {cash}"), "on": DUE, "by": CORE}
    return Redeem(**{**said, "voucher": the(name), "cash": Money(cash, currency), **other})


def the(name: str = "V") -> UUID:
    return voucher_id(key(name))


def whole(name: str = "V") -> UUID:
    return whole_fragment(the(name))


def said(answers: list[Done | Refusal]) -> list[str]:
    """What was answered: the kind of the event, or the code of the refusal."""
    return [a.code if isinstance(a, Refusal) else a.event.kind for a in answers]


def done(tx: Tx, *commands: TitleCommand, actor: Actor = CLERK) -> list[str]:
    return said(carry_out(tx, actor, commands, NOON))


def accepted(tx: Tx, amount: int = 100_000_000, name: str = "V", **other: Any) -> UUID:
    """A voucher that was issued, approved by a second person and accepted; its whole fragment."""
    assert done(tx, issue(amount, name, **other)) == ["drafted"]
    assert done(tx, approve(name), accept(name), actor=CHIEF) == ["approved", "accepted"]
    return whole(name)


@dataclass(frozen=True, slots=True)
class Till:
    """The open ledger, and who has how much on deposit."""

    ledger: Ledger

    def fund(self, tx: Tx, party: str, amount: int, name: str = "fund") -> None:
        nostro, account = self.ledger.open_accounts(
            tx, [NewAccount("nostro:CNY", "nostro"), deposit(party, "CNY")]
        )
        sent = Transfer(
            key=key(f"{name} {party} {amount}"),
            debit=nostro,
            credit=account,
            amount=Money(amount),
            code=1,
            business_date=DUE,
        )
        assert self.ledger.post(tx, [sent])[0].refusal is None

    def pay(self, tx: Tx, *commands: Redeem) -> list[str]:
        return said(redeem(tx, self.ledger, CLERK, commands, NOON))

    def account(self, tx: Tx, party: str) -> AccountId:
        return self.ledger.open_accounts(tx, [deposit(party, "CNY")])[0]

    def has(self, tx: Tx, party: str) -> int:
        return self.ledger.balance(self.account(tx, party)).posted
