"""How an application is shown: where it stands, its offer, its reasons, what it lacks."""

from typing import Any
from uuid import UUID

from heliu.app.say import json_document, out, plain, two, word
from heliu.credit.origination.api import Application, Day, find, still_missing
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def show_application(tx: Tx, identity: UUID, day: Day, *, as_json: bool) -> None:
    """Print an application as it stands. Raises Refusal `origination.unknown`."""
    now = find(tx, [identity]).get(identity)
    if now is None:
        raise Refusal(
            "origination.unknown",
            Text("没有这笔申请", "there is no such application"),
            Text("用 heliu application list 查看", "see `heliu application list`"),
        )
    lacking = still_missing(tx, [identity], day.rules).get(identity, [])
    if as_json:
        missing = [{"code": one.code, **one.words.plain()} for one in lacking]
        json_document(told(now) | {"missing": missing})
        return
    out.print(f"{now.id}  [bold]{now.stage.value}[/]  {now.filing.product_code}", soft_wrap=True)
    if now.offer is not None:
        offer = now.offer
        terms = f"{offer.amount}, {offer.annual_rate:.4%}, {offer.tenor_days} d"
        until = f", < {now.offer_ends_on}" if now.offer_ends_on else ""
        out.print(f"{two('报价', 'offer')}: {terms}, {offer.manner.value}{until}")
    for reason in now.reasons:
        out.print(
            f"- {plain(word(reason.text))} — {plain(word(reason.cure))} [dim]({reason.code})[/]"
        )
    for one in lacking:
        out.print(
            f"- {two('尚缺', 'missing')}: {plain(word(one.words))} [dim]({one.code})[/]",
            soft_wrap=True,
        )


def told(now: Application) -> dict[str, Any]:
    """An application for machines."""
    filing, offer = now.filing, now.offer
    return {
        "application": now.id,
        "stage": now.stage.value,
        "product": filing.product_code,
        "version": filing.product_version,
        "borrower": filing.borrower,
        "amount": str(filing.amount),
        "filed_on": now.filed_on,
        "kyb": {item.code: item.passed for item in now.kyb},
        "offer": offer
        and {
            "amount": str(offer.amount),
            "annual_rate": str(offer.annual_rate),
            "tenor_days": offer.tenor_days,
            "manner": offer.manner.value,
            "ends_on": now.offer_ends_on,
        },
        "reasons": [
            {"code": r.code, **r.text.plain(), "cure": r.cure.plain()} for r in now.reasons
        ],
        "contract_sha256": now.contract.text_sha256 if now.contract else None,
        "signed_by": sorted(signer.value for signer in now.signed_by),
        "registration": now.registration.number if now.registration else None,
    }
