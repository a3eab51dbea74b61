"""Drafts: a transfer as it is shown to be signed, and as the signed order carries it.

What is signed is what is paid: the payload of the signed order is read back into the command.
"""

from uuid import UUID

import msgspec

from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.payments.deposits.domain.account import masked
from heliu.payments.deposits.domain.purpose import NAMES, Purpose
from heliu.payments.deposits.domain.transfer import MakeTransfer, To

SIGN_TRANSFER = "transfer.make"


class _Packed(msgspec.Struct, frozen=True):
    key: UUID
    holder: str
    account: UUID
    name: str
    number: str
    bank: str | None
    minor: int
    currency: str
    purpose: Purpose
    memo: str
    bill: UUID | None


def packed(command: MakeTransfer) -> bytes:
    """The command as the payload of an order that is signed."""
    to, amount = command.to, command.amount
    return msgspec.json.encode(
        _Packed(
            *(command.key, command.holder, command.account, to.name, to.account, to.bank),
            *(amount.minor, amount.currency, command.purpose, command.memo, command.bill),
        )
    )


def unpacked(payload: bytes) -> MakeTransfer:
    """The command of a signed order's payload, as it was packed."""
    of = msgspec.json.decode(payload, type=_Packed)
    to, amount = To(of.name, of.number, of.bank), Money(of.minor, of.currency)
    return MakeTransfer(of.key, of.holder, of.account, to, amount, of.purpose, of.memo, of.bill)


def order_text(command: MakeTransfer, payer_number: str) -> Text:
    """The order in words, as its payer reads and signs it."""
    minor, what = command.amount.minor, NAMES[command.purpose]
    figure = f"{minor // 100:,}.{minor % 100:02d}"
    payer, payee, name = masked(payer_number), masked(command.to.account), command.to.name
    memo = command.memo
    return Text(
        f"从尾号 {payer} 的账户付给{name}（尾号 {payee}）{figure} 元，用途：{what.zh}"
        + (f"，附言：{memo}。" if memo else "。"),
        f"Pay {figure} yuan from the account ending {payer} to {name} (ending {payee}), "
        f"for: {what.en.lower()}" + (f", message: {memo}." if memo else "."),
    )
