"""One voucher fragment: what it is worth, its chain, and passing it on, whole or in part."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from heliu.books.vouchers.api import (
    Fragment,
    Split,
    TitleCommand,
    Transfer,
    View,
    carry_out,
    child_fragment,
    holdings,
    view,
)
from heliu.channels.mobile.desk import pages
from heliu.channels.pages.api import (
    UPLOAD_BYTES,
    Answer,
    Visit,
    is_picture,
    opened,
    page,
    see_other,
    unknown,
    yuan,
)
from heliu.channels.web.api import Speaker
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.text import Text
from heliu.parties.identity.api import Right
from heliu.parties.party.api import find_parties, valid_uscc

TRANSFER: Final = "supplier.transfer_voucher"
_USCC: Final = Text(
    "应为 18 位统一社会信用代码", "give the 18 characters of the firm's credit code"
)
_SELF: Final = Text("不能转让给自己", "it is yours already")
_BASIS: Final = Text("请附上发票或合同", "attach the invoice or contract")


@pages.get("/m/vouchers/{id}", Right.VOUCHERS_READ)
def fragment(visit: Visit, id: UUID) -> Answer:
    """A fragment the firm holds of record, its chain, and the form to pass it on."""
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        whole, part = _held(tx, visit, id)
        names = _names(tx, whole, part)
    return page("mobile/voucher.html", **_model(whole, part, names, on), presented=None)


@pages.post("/m/vouchers/{id}/order", Right.VOUCHERS_ACT, body_bytes=UPLOAD_BYTES)
def order(visit: Visit, id: UUID) -> Answer:
    """What is to be passed on, to whom, on which basis; it is shown once more to be signed."""
    form, on = visit.form, visit.bank.clock.today()
    with visit.transaction() as tx:
        whole, part = _held(tx, visit, id)
        amount = form.money("amount", most=part.open)
        to = form.text("to", most=18).upper()
        if to and not valid_uscc(to):
            form.wrong("to", _USCC)
        if to == visit.party:
            form.wrong("to", _SELF)
        basis = visit.files.get("basis")
        if basis is None or not basis.body:
            form.wrong("basis", _BASIS)
        names = _names(tx, whole, part)
        model = _model(whole, part, names, on)
        if form.errors or amount is None or basis is None:
            return page("mobile/voucher.html", status=422, **model, presented=None)
        text = Text(
            f"把凭证 {str(id)[-8:]} 中的 {yuan(amount)} 转让给 {to}，{part.due_on} 到期。",
            f"Pass {yuan(amount)} of voucher {str(id)[-8:]} to {to}, due on {part.due_on}.",
        )
        digest = hashlib.sha256(basis.body).hexdigest()
        said = {"fragment": str(id), "to": to, "amount": amount, "basis": digest}
        presented = visit.present(tx, TRANSFER, text, json.dumps(said).encode())
    if not is_picture(basis.body):
        visit.file(opened({"basis": basis}, f"person:{visit.person.id}", _speaker(visit)))
    return page("mobile/voucher.html", **model, presented=presented)


@pages.post("/m/vouchers/{id}/pass-on", Right.VOUCHERS_ACT)
def pass_on(visit: Visit, id: UUID) -> Answer:
    """Title passes: a part is split off first, and the rest stays the firm's."""
    order = visit.signed(TRANSFER)
    said = json.loads(order.payload)
    if said["fragment"] != str(id):
        raise unknown()
    with visit.transaction() as tx:
        _, part = _held(tx, visit, id)
        commands = _commands(visit, part, said, order.digest().hex())
        outcomes = carry_out(tx, visit.actor, commands, visit.bank.clock.now())
        refused = next((one for one in outcomes if isinstance(one, Refusal)), None)
        if refused is not None:
            raise refused
    return see_other("/m/vouchers")


def _commands(
    visit: Visit, part: Fragment, said: Mapping[str, Any], deed: str
) -> list[TitleCommand]:
    assert visit.party is not None, "a supplier acts for a firm"
    on, key = visit.bank.clock.today(), visit.key
    amount, moved = int(said["amount"]), part.id
    commands: list[TitleCommand] = []
    if amount < part.open:
        split = derived_id("pass on", key.hex, "split")
        amounts = (amount, part.open - amount)
        commands.append(Split(key=split, on=on, by=visit.party, fragment=part.id, amounts=amounts))
        moved = child_fragment(part.id, 1)
    commands.append(
        Transfer(
            key=derived_id("pass on", key.hex, "transfer"),
            on=on,
            by=visit.party,
            fragment=moved,
            to=said["to"],
            deed=deed,
            basis=said["basis"],
        )
    )
    return commands


def _held(tx: Tx, visit: Visit, id_: UUID) -> tuple[View, Fragment]:
    """The fragment and its voucher. Raises Refusal `page.unknown` unless the firm holds it."""
    held = {one.fragment: one for one in holdings(tx, visit.party or "")}
    if id_ not in held:
        raise unknown()
    whole = view(tx, held[id_].voucher)
    return whole, next(one for one in whole.fragments if one.id == id_)


def _names(tx: Tx, whole: View, part: Fragment) -> dict[str, str]:
    codes = [whole.voucher.issuer, whole.voucher.payee, part.holder]
    return {code: party.profile.name_zh for code, party in find_parties(tx, codes).items()}


def _model(whole: View, part: Fragment, names: Mapping[str, str], on: date) -> dict[str, Any]:
    return {
        "whole": whole,
        "part": part,
        "names": names,
        "condition": whole.condition(part, on),
        "on": on,
    }


def _speaker(visit: Visit) -> Speaker:
    return Speaker(visit.party, frozenset())
