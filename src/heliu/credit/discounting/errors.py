"""Refusals of the discounting desk: what is so, and what would cure it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def not_confirmed(payable: UUID, why: Text) -> Refusal:
    """The buyer has not confirmed what is to be paid early."""
    return Refusal(
        "discounting.not_confirmed",
        Text(
            f"买方未确认该应付账款：{why.zh}", f"the buyer has not confirmed the payable: {why.en}"
        ),
        Text("由买方确认发票后再报价", "have the buyer confirm the invoice, then offer"),
        {"payable": str(payable)},
    )


def offered_otherwise(payable: UUID) -> Refusal:
    """The payable has another offer."""
    return Refusal(
        "discounting.offered_otherwise",
        Text("该应付账款已有不同的报价", "another offer stands on this payable"),
        Text("等待该报价被接受或到期付款", "let it be accepted, or pay when due"),
        {"payable": str(payable)},
    )


def out_of_bounds(least: Decimal, most: Decimal) -> Refusal:
    """The rate or amount is not one the product allows."""
    return Refusal(
        "discounting.out_of_bounds",
        Text(
            f"折扣率或金额超出产品范围 {least} 至 {most}", f"outside the product: {least} to {most}"
        ),
        Text("在产品范围内重新报价", "offer within the product's bounds"),
        {"least": str(least), "most": str(most)},
    )


def dates_impossible(on: date, due_on: date | None) -> Refusal:
    """There is no time between the offer and the due date."""
    return Refusal(
        "discounting.dates_impossible",
        Text("报价有效期须在今日与到期日之间", "an offer holds between today and the due date"),
        Text("更正有效期", "correct the day until which it holds"),
        {"on": on.isoformat(), "due_on": due_on.isoformat() if due_on else None},
    )


def no_product(code: str) -> Refusal:
    """No such product of early payment is in force."""
    return Refusal(
        "discounting.no_product",
        Text(f"没有生效的提前付款产品 {code}", f"no product of early payment {code} is in force"),
        Text("先发布产品版本", "release a version of the product first"),
        {"product": code},
    )


def no_offer(offer: UUID) -> Refusal:
    """Nothing was offered under this number to this supplier."""
    return Refusal(
        "discounting.no_offer",
        Text("没有对您的该报价", "no such offer was made to you"),
        Text("按收到的报价编号接受", "accept by the number of the offer received"),
        {"offer": str(offer)},
    )


def offer_over(offer: UUID, valid_until: date) -> Refusal:
    """The offer is no longer valid."""
    return Refusal(
        "discounting.offer_over",
        Text(f"报价已于 {valid_until} 到期", f"the offer was valid until {valid_until}"),
        Text("应付账款到期时将按原额支付", "the payable is paid in full when due"),
        {"offer": str(offer)},
    )
