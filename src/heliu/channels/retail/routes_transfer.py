"""Transfers: written, shown, signed, held with a visible recall, paid; and the list of payees."""

from http import HTTPStatus
from uuid import UUID

from heliu.channels.pages.api import (
    Answer,
    Visit,
    holder_of,
    page,
    recall_transfer,
    see_other,
    show_transfer,
    sign_transfer,
    transfer_of,
    when_of,
)
from heliu.channels.retail.registry import pages
from heliu.channels.retail.views import PAUSES, STATES
from heliu.ground.clock import BANK_ZONE
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.identity.api import Right
from heliu.payments.deposits.api import (
    APPROVAL_TOLD,
    NAMES,
    SCAM_TOLD,
    AddPayee,
    MakeTransfer,
    Pause,
    Purpose,
    To,
    accounts_of,
    add_payee,
    payees_of,
    remove_payee,
    transfers_of,
)

_CHOSEN = (
    *(Purpose.TRANSFER, Purpose.RENT, Purpose.GROCERIES, Purpose.MEDICAL),
    *(Purpose.SALARY, Purpose.BUSINESS),
)
# Beside which field a refusal belongs.
_FIELD_OF = {
    "deposit.not_enough": "amount",
    "deposit.amount_not_positive": "amount",
    "deposit.locked_single": "amount",
    "deposit.locked_daily": "amount",
    "deposit.name_differs": "name",
    "deposit.no_such_number": "number",
    "deposit.bank_needed": "bank",
    "deposit.to_itself": "number",
    "deposit.too_long": "memo",
    "payment.payee_invalid": "name",
}
TOLD = {Pause.SCAM: SCAM_TOLD, Pause.APPROVAL: APPROVAL_TOLD}


@pages.get("/m/transfers", Right.TRANSFERS_MAKE)
def transfers(visit: Visit) -> Answer:
    """What was ordered, youngest first, and whom one pays."""
    with visit.transaction() as tx:
        found = transfers_of(tx, holder_of(visit))
        payees = payees_of(tx, holder_of(visit))
    return page(
        "retail/transfers.html", transfers=found, payees=payees, states=STATES, pauses=PAUSES
    )


@pages.get("/m/transfers/new", Right.TRANSFERS_MAKE)
def new_transfer(visit: Visit) -> Answer:
    """The form of a transfer; `to` names a payee of the list."""
    return _form(visit)


def _form(visit: Visit, status: int = HTTPStatus.OK, refusal: Refusal | None = None) -> Answer:
    with visit.transaction() as tx:
        accounts = accounts_of(tx, holder_of(visit))
        payees = payees_of(tx, holder_of(visit))
    chosen = next((one for one in payees if str(one.id) == visit.query.get("to", "")), None)
    return page(
        "retail/transfer_form.html",
        status=status,
        accounts=accounts,
        payees=payees,
        chosen=chosen,
        refusal=refusal,
        purposes=[(purpose, NAMES[purpose]) for purpose in _CHOSEN],
    )


@pages.post("/m/transfers/new", Right.TRANSFERS_MAKE)
def check_transfer(visit: Visit) -> Answer:
    """The transfer as it will be: shown, to be signed; nothing has moved yet."""
    return _shown(visit)


def _shown(visit: Visit) -> Answer:
    wrong = HTTPStatus.UNPROCESSABLE_ENTITY
    command = _command(visit)
    if command is None:
        return _form(visit, wrong)
    with visit.transaction() as tx:
        shown = show_transfer(tx, visit, command)
    if isinstance(shown, Refusal):
        field = _FIELD_OF.get(shown.code)
        if field is not None:
            visit.form.wrong(field, shown.reason)
        return _form(visit, wrong, shown)
    status = wrong if visit.form.errors else HTTPStatus.OK
    told = [TOLD[pause] for pause in sorted(shown.caution.pauses)]
    return page("retail/transfer_sign.html", status=status, shown=shown, told=told)


def _command(visit: Visit) -> MakeTransfer | None:
    form = visit.form
    account, fen = form.id("account"), form.money("amount")
    name, number = form.text("name", most=140), form.text("number", most=34)
    bank = form.text("bank", most=14, needed=False) or None
    purpose = form.choice("purpose", Purpose)
    memo = form.text("memo", most=140, needed=False)
    wrong = form.errors.keys() - {"pin"}
    if wrong or account is None or fen is None or purpose is None:
        return None
    to = To(name, number.replace(" ", ""), bank)
    return MakeTransfer(visit.key, holder_of(visit), account, to, Money(fen), purpose, memo)


@pages.post("/m/transfers/sign", Right.TRANSFERS_MAKE)
def make_transfer(visit: Visit) -> Answer:
    """Hold the transfer as it was signed."""
    try:
        made = sign_transfer(visit)
    except Refusal as refusal:
        visit.form.wrong("pin", refusal.reason)
        return _shown(visit)
    return see_other(f"/m/transfers/{made.id}")


@pages.get("/m/transfers/{id}", Right.TRANSFERS_MAKE)
def transfer(visit: Visit, id: UUID) -> Answer:
    """One transfer: how it stands, until when it can be taken back, its receipt."""
    with visit.transaction() as tx:
        found = transfer_of(tx, visit, id)
    return page(
        "retail/transfer.html",
        transfer=found,
        states=STATES,
        pauses=PAUSES,
        names=NAMES,
        told=[TOLD[pause] for pause in sorted(found.pauses)],
        zone=BANK_ZONE,
        recallable=found.recallable(visit.now),
    )


@pages.post("/m/transfers/{id}/recall", Right.TRANSFERS_MAKE)
def recall(visit: Visit, id: UUID) -> Answer:
    """Take it back: the money is there again at once."""
    recall_transfer(visit, id)
    return see_other(f"/m/transfers/{id}")


@pages.get("/m/payees/new", Right.TRANSFERS_MAKE)
def new_payee(visit: Visit) -> Answer:
    """The form of a payee."""
    del visit
    return page("retail/payee.html", refusal=None)


@pages.post("/m/payees/new", Right.TRANSFERS_MAKE)
def keep_payee(visit: Visit) -> Answer:
    """Put somebody on the list."""
    form = visit.form
    name, number = form.text("name", most=140), form.text("number", most=34)
    bank = form.text("bank", most=14, needed=False) or None
    wrong = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.errors:
        return page("retail/payee.html", status=wrong, refusal=None)
    command = AddPayee(holder_of(visit), To(name, number.replace(" ", ""), bank))
    with visit.transaction() as tx:
        outcome = add_payee(tx, command, when_of(visit))
    if isinstance(outcome, Refusal):
        form.wrong(_FIELD_OF.get(outcome.code, "number"), outcome.reason)
        return page("retail/payee.html", status=wrong, refusal=outcome)
    return see_other(f"/m/transfers/new?to={outcome.id}")


@pages.post("/m/payees/{id}/remove", Right.TRANSFERS_MAKE)
def drop_payee(visit: Visit, id: UUID) -> Answer:
    """Take somebody off the list."""
    with visit.transaction() as tx:
        refusal = remove_payee(tx, holder_of(visit), id, when_of(visit))
    if refusal is not None:
        raise refusal
    return see_other("/m/transfers")
