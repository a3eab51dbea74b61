"""What merchants took, as files say it: a CSV of settlements, or the bank's messages.

CSV, UTF-8, with a header: settlement, merchant (USCC), settled_on (YYYY-MM-DD), amount (major
units) and, if not CNY, currency. The bank's entries count where they name the merchant they credit
by his code.
"""

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import InvalidOperation
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from heliu.app.bank import Bank
from heliu.app.finance.money_in import cash_receipts
from heliu.app.finance.run import file_items
from heliu.app.loan_file import invalid
from heliu.credit.lending.api import Taking
from heliu.flows.intake.api import batches, blobs_from, find_documents
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Inexact, Money

_NEEDED: Final = ("settlement", "merchant", "settled_on", "amount")


class Told(NamedTuple):
    """A settlement by the name it goes by in its file, as a taking, or why it is none."""

    name: str
    taking: Taking | Refusal


def read_takings(bank: Bank, paths: Sequence[Path], today: date) -> list[Told]:
    """Every settlement of these files and folders; a row that is wrong hides no other.

    Raises Refusal `loan_file.invalid` for a CSV file that is none.
    """
    tables = [path for path in paths if path.is_file() and path.suffix.lower() == ".csv"]
    messages = [path for path in paths if path not in tables]
    rows = [told for path in tables for told in _table(path)]
    return rows + (list(_entries(bank, messages, today)) if messages else [])


def _table(path: Path) -> Iterator[Told]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise invalid(path.name, error.strerror or "it cannot be read") from error
    except UnicodeDecodeError as error:
        raise invalid(path.name, "it is not UTF-8") from error
    try:
        table = csv.DictReader(text.splitlines(), strict=True)
        if lacking := [name for name in _NEEDED if name not in (table.fieldnames or ())]:
            raise invalid(path.name, f"no column {', '.join(lacking)}")
        yield from [_row(row, f"{path.name}:{table.line_num}") for row in table]
    except csv.Error as error:
        raise invalid(path.name, str(error)) from error


def _row(row: dict[str, str | None], place: str) -> Told:
    said = {name: (row.get(name) or "").strip() for name in (*_NEEDED, "currency")}
    if lacking := [name for name in _NEEDED if not said[name]]:
        return Told(place, invalid(place, f"{', '.join(lacking)} is empty"))
    currency = said["currency"] or "CNY"
    try:
        amount = Money.of(said["amount"], currency)
        on = date.fromisoformat(said["settled_on"])
    except (Inexact, InvalidOperation, ValueError) as error:
        return Told(place, invalid(place, str(error) or "an amount or a date is none"))
    identity = derived_id("takings", said["merchant"], said["settlement"])
    return Told(said["settlement"], Taking(identity, said["merchant"], amount, on))


def _entries(bank: Bank, paths: Sequence[Path], today: date) -> Iterator[Told]:
    filed = [
        outcome
        for batch in batches(blobs_from(paths, "folder"))
        for outcome in file_items(bank, batch)
    ]
    yield from (
        Told(one.file, invalid(one.file, one.refusal.message.en)) for one in filed if one.refusal
    )
    ids = list(dict.fromkeys(chain.from_iterable(one.documents for one in filed)))
    with bank.database.transaction() as tx:
        known = find_documents(tx, ids)
    documents = [known[one] for one in ids]
    currencies = {one.document.currency or "" for one in documents}
    money, aside = cash_receipts(documents, currencies, today)
    yield from (Told(str(one.filed.id), invalid(one.filed.file, one.reason.en)) for one in aside)
    for one in money:
        cash = known[one.document_id].document.cash
        merchant = cash.creditor.tax_id if cash else None
        on = (cash.value_on if cash else None) or known[one.document_id].document.issued_on
        name = str(one.document_id)
        if merchant is None:
            yield Told(name, invalid(name, "it names no merchant by his code"))
        else:
            yield Told(name, Taking(one.id, merchant, one.amount, on or today))
