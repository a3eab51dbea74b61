"""A loan's state in the shapes of the vector format: amounts as texts, rows in column order."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from heliu.credit.engine.domain.state import (
    ChargeState,
    Disbursement,
    Instalment,
    LoanState,
    Status,
    Transaction,
)
from heliu.credit.engine.domain.terms import ScheduleType, Terms
from heliu.credit.engine.postings import lines
from heliu.ground.money import exponent

ROW_COLUMNS: Final = (
    "nr", "days", "date", "paid_date", "balance", "principal", "interest",
    "fees", "penalties", "due", "paid", "in_advance", "late", "outstanding",
)  # fmt: skip
_STATUS: Final = {
    Status.PENDING: "approved",
    Status.ACTIVE: "active",
    Status.CLOSED: "closed_obligations_met",
    Status.OVERPAID: "overpaid",
    Status.WRITTEN_OFF: "closed_written_off",
}


def shown(
    terms: Terms, state: LoanState, told: Sequence[Transaction], booked: Sequence[Transaction]
) -> dict[str, object]:
    """The schedule of a state, its charges and totals, and all transactions told so far."""
    text = _Texts(terms.currency)
    first = terms.schedule_type is ScheduleType.CUMULATIVE
    return {
        "schedule": {"rows": _rows(text, state, first=first), "totals": _totals(text, state)},
        "transactions": [_transaction(text, one) for one in told],
        "charges": [_charge(text, charge) for charge in state.charges],
        "outstanding": text.amount(state.outstanding),
        "overpaid": text.amount(state.overpaid),
        "status": _STATUS[state.status],
        "journal": _journal(text, booked),
    }


class _Texts:
    """Amounts of one currency as texts."""

    def __init__(self, currency: str) -> None:
        self.places = exponent(currency)

    def amount(self, minor: int) -> str:
        """`12345` as "123.45"."""
        return str(Decimal(minor).scaleb(-self.places))


def _rows(text: _Texts, state: LoanState, *, first: bool) -> list[list[object]]:
    """Rows in order; a disbursement stands before what falls due on its day only if `first`."""
    rows: list[list[object]] = []
    left = list(state.disbursements)
    for row in state.instalments:
        opens = first or row.down_payment or row.additional
        while left and (left[0].on < row.due_date or (left[0].on == row.due_date and opens)):
            rows.append(_paid_out(text, left.pop(0)))
        rows.append(_row(text, row))
    return rows + [_paid_out(text, paid) for paid in left]


def _paid_out(text: _Texts, paid: Disbursement) -> list[object]:
    zero = text.amount(0)
    day = paid.on.isoformat()
    amount = text.amount(paid.amount)
    return [None, None, day, None, amount, None, None, zero, None, zero, zero, None, None, None]


def _row(text: _Texts, row: Instalment) -> list[object]:
    settled = row.settled_on.isoformat() if row.settled_on else None
    amounts = (
        row.balance, row.principal, row.interest, row.fees, row.penalties,
        row.due, row.paid, row.in_advance, row.late, row.outstanding,
    )  # fmt: skip
    days = (row.due_date - row.from_date).days
    return [row.number, days, row.due_date.isoformat(), settled, *map(text.amount, amounts)]


def _totals(text: _Texts, state: LoanState) -> dict[str, str]:
    rows = state.instalments
    return {
        "principal": text.amount(sum(row.principal for row in rows)),
        "interest": text.amount(sum(row.interest for row in rows)),
        "fees": text.amount(sum(row.fees for row in rows)),
        "penalties": text.amount(sum(row.penalties for row in rows)),
        "due": text.amount(sum(row.due for row in rows)),
        "paid": text.amount(sum(row.paid for row in rows)),
        "in_advance": text.amount(sum(row.in_advance for row in rows)),
        "late": text.amount(sum(row.late for row in rows)),
        "outstanding": text.amount(sum(row.outstanding for row in rows)),
    }


def _transaction(text: _Texts, one: Transaction) -> dict[str, object]:
    parts = (one.amount, one.principal, one.interest, one.fees, one.penalties, one.balance)
    amount, principal, interest, fees, penalties, balance = map(text.amount, parts)
    return {
        "date": one.on.isoformat(),
        "type": one.kind.value,
        "amount": amount,
        "principal": principal,
        "interest": interest,
        "fees": fees,
        "penalties": penalties,
        "loan_balance": balance,
        "reverted": one.reversed,
    }


def _charge(text: _Texts, charge: ChargeState) -> dict[str, object]:
    return {
        "name": charge.name,
        "ispenalty": str(charge.is_penalty).lower(),
        "due_as_of": charge.due_on.isoformat(),
        "due": text.amount(charge.amount),
        "paid": text.amount(charge.paid),
        "outstanding": text.amount(charge.amount - charge.paid),
    }


def _journal(text: _Texts, booked: Sequence[Transaction]) -> list[dict[str, object]]:
    """One entry for all transactions of a kind on a day, their lines in order."""
    entries: dict[tuple[str, str], list[dict[str, str]]] = {}
    for one in booked:
        lines_of = entries.setdefault((one.kind.value, one.on.isoformat()), [])
        lines_of.extend(
            {
                "side": line.side,
                "account_kind": line.account.kind,
                "account": line.account.name,
                "account_code": line.account.code,
                "amount": text.amount(line.amount),
            }
            for line in lines(one)
        )
    return [
        {"transaction": kind, "date": day, "entries": told} for (kind, day), told in entries.items()
    ]
