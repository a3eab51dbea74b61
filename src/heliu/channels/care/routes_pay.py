"""Paying, one step a page: whom, how much, read back and signed; what waits; bills."""

from http import HTTPStatus
from typing import Final
from uuid import UUID

from heliu.channels.care import voice
from heliu.channels.care.domain import sentences
from heliu.channels.care.domain.sentences import Draft
from heliu.channels.care.registry import Act, few, pages
from heliu.channels.pages.api import (
    Answer,
    Shown,
    Visit,
    holder_of,
    page,
    recall_transfer,
    see_other,
    show_bill,
    show_transfer,
    sign_transfer,
    transfer_of,
    unknown,
    when_of,
)
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import Right
from heliu.payments.deposits.api import (
    APPROVAL_TOLD,
    SCAM_TOLD,
    AddPayee,
    BillState,
    MakeTransfer,
    Pause,
    Payee,
    To,
    accounts_of,
    add_payee,
    bills_of,
    payees_of,
)

_SHOWN: Final = 4
_WRONG: Final = HTTPStatus.UNPROCESSABLE_ENTITY
_TOLD: Final = {Pause.SCAM: SCAM_TOLD, Pause.APPROVAL: APPROVAL_TOLD}
_NEW: Final = Act(Text("给新的人", "Somebody new"), "/care/payee", "r-plus", "gold")


@pages.get("/care/transfer", Right.TRANSFERS_MAKE)
def choose(visit: Visit) -> Answer:
    """Whom to pay: a few names, or somebody new."""
    start = int(visit.query["from"]) if visit.query.get("from", "").isdecimal() else 0
    with visit.transaction() as tx:
        payees = payees_of(tx, holder_of(visit))
    most = _SHOWN if len(payees) <= _SHOWN else _SHOWN - 1
    shown = payees[start : start + most]
    acts = [
        Act(Text(one.name, one.name), f"/care/transfer/to/{one.id}", "d-user-circle", "sky")
        for one in shown
    ]
    if start + most < len(payees):
        more = Text("更多人", "More people")
        acts.append(Act(more, f"/care/transfer?from={start + most}", "r-caret-right"))
    return page("care/choose.html", acts=few((*acts, _NEW)))


@pages.get("/care/transfer/to/{payee}", Right.TRANSFERS_MAKE)
def how_much(visit: Visit, payee: UUID) -> Answer:
    """How much to pay somebody of the list."""
    with visit.transaction() as tx:
        chosen = _payee(tx, visit, payee)
    return page("care/amount.html", payee=chosen, amount=visit.query.get("amount", ""), why=None)


def _payee(tx: Tx, visit: Visit, payee: UUID) -> Payee:
    for one in payees_of(tx, holder_of(visit)):
        if one.id == payee:
            return one
    raise unknown()


@pages.post("/care/transfer/to/{payee}", Right.TRANSFERS_MAKE)
def read_back(visit: Visit, payee: UUID) -> Answer:
    """The payment read back, to be signed; nothing has moved yet."""
    return _shown(visit, payee)


def _shown(visit: Visit, payee: UUID) -> Answer:
    fen = visit.form.money("amount")
    with visit.transaction() as tx:
        chosen = _payee(tx, visit, payee)
        accounts = accounts_of(tx, holder_of(visit))
        if fen is None or not accounts:
            return page("care/amount.html", status=_WRONG, payee=chosen, amount="", why=None)
        account = accounts[0].account
        command = MakeTransfer(visit.key, account.holder, account.id, chosen.to, Money(fen))
        shown = show_transfer(tx, visit, command)
    if isinstance(shown, Refusal):
        visit.form.wrong("amount", shown.reason)
        return page("care/amount.html", status=_WRONG, payee=chosen, amount="", why=shown)
    return _to_sign(visit, shown, f"/care/transfer/to/{payee}/sign")


def _to_sign(visit: Visit, shown: Shown, action: str) -> Answer:
    to = shown.command.to
    return page(
        "care/sign.html",
        status=_WRONG if visit.form.errors else HTTPStatus.OK,
        shown=shown,
        sentence=sentences.repeat_back(Draft(to.name, to.account, shown.command.amount)),
        told=[_TOLD[pause] for pause in sorted(shown.caution.pauses)],
        action=action,
    )


@pages.post("/care/transfer/to/{payee}/sign", Right.TRANSFERS_MAKE)
def sign(visit: Visit, payee: UUID) -> Answer:
    """Hold the payment as it was signed."""
    try:
        made = sign_transfer(visit)
    except Refusal as refusal:
        visit.form.wrong("pin", refusal.reason)
        return _shown(visit, payee)
    return see_other(f"/care/transfers/{made.id}")


@pages.get("/care/transfers/{id}", Right.TRANSFERS_MAKE)
def transfer(visit: Visit, id: UUID) -> Answer:
    """How a payment stands, and one press that takes it back while that is possible."""
    with visit.transaction() as tx:
        found = transfer_of(tx, visit, id)
    return page(
        "care/transfer.html",
        transfer=found,
        sentence=sentences.transfer(found),
        told=[_TOLD[pause] for pause in sorted(found.pauses)] if found.ended_at is None else [],
        recallable=found.recallable(visit.now),
        voice=f"/care/voice/transfers/{id}" if voice.can_speak() else "",
    )


@pages.post("/care/transfers/{id}/recall", Right.TRANSFERS_MAKE)
def recall(visit: Visit, id: UUID) -> Answer:
    """Take it back."""
    recall_transfer(visit, id)
    return see_other(f"/care/transfers/{id}")


@pages.get("/care/payee", Right.TRANSFERS_MAKE)
def new_payee(visit: Visit) -> Answer:
    """Somebody new: name and number, as they stand on his card."""
    del visit
    return page("care/payee.html", why=None)


@pages.post("/care/payee", Right.TRANSFERS_MAKE)
def keep_payee(visit: Visit) -> Answer:
    """Put somebody new on the list, then ask how much."""
    form = visit.form
    name, number = form.text("name", most=140), form.text("number", most=34)
    bank = form.text("bank", most=14, needed=False) or None
    if form.errors:
        return page("care/payee.html", status=_WRONG, why=None)
    command = AddPayee(holder_of(visit), To(name, number.replace(" ", ""), bank))
    with visit.transaction() as tx:
        outcome = add_payee(tx, command, when_of(visit))
    if isinstance(outcome, Refusal):
        differs = outcome.code == "deposit.name_differs"
        form.wrong("name" if differs else "number", outcome.reason)
        return page("care/payee.html", status=_WRONG, why=outcome)
    return see_other(f"/care/transfer/to/{outcome.id}")


@pages.get("/care/bills", Right.BILLS_PAY)
def bills(visit: Visit) -> Answer:
    """The bills that wait, soonest first."""
    with visit.transaction() as tx:
        found = bills_of(tx, holder_of(visit))
    due = [bill for bill in found if bill.state is BillState.DUE][::-1][:_SHOWN]
    return page("care/bills.html", bills=[(bill, sentences.bill_due(bill)) for bill in due])


@pages.get("/care/bills/{id}", Right.BILLS_PAY)
def bill(visit: Visit, id: UUID) -> Answer:
    """One bill read back, to be signed."""
    return _bill(visit, id)


def _bill(visit: Visit, id_: UUID) -> Answer:
    with visit.transaction() as tx:
        accounts = accounts_of(tx, holder_of(visit))
        if not accounts:
            raise unknown()
        shown = show_bill(tx, visit, id_, accounts[0].account.id)
    if isinstance(shown, Refusal):
        raise shown
    return _to_sign(visit, shown, f"/care/bills/{id_}")


@pages.post("/care/bills/{id}", Right.BILLS_PAY)
def pay_bill(visit: Visit, id: UUID) -> Answer:
    """Pay the bill as it was signed."""
    try:
        made = sign_transfer(visit)
    except Refusal as refusal:
        visit.form.wrong("pin", refusal.reason)
        return _bill(visit, id)
    return see_other(f"/care/transfers/{made.id}")
