"""Real documents of one trade, filed through the real connectors, for the stories of products."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

from heliu.app.samples import epcis, ubl_documents
from heliu.app.samples.firms import CARRIER, FIRMS, GOODS, Firm
from heliu.app.samples.information import approval, information
from heliu.app.samples.trade import Line, Trade
from heliu.books.ledger.api import Ledger, NewAccount, Transfer, verify_ledger
from heliu.credit.products.api import (
    CATALOGUE,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.flows.confluence.connectors import CONNECTORS
from heliu.flows.intake.api import Blob, Filed, Kind, Status, file_blobs, load_documents
from heliu.ground.actor import SYSTEM, Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Database, Tx
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

BUYER, SUPPLIER = FIRMS["HH"], FIRMS["HC"]
KEEPER = CARRIER  # the logistics firm also keeps the warehouse
ORDERED = date(2026, 3, 2)
SPACE = UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def an_id(name: str) -> UUID:
    return uuid5(SPACE, name)


def a_trade(quantity: int = 2000, serial: int = 900) -> Trade:
    """2,000 moulded housings at 46.80 and 13 % tax: 105,768.00."""
    return Trade(serial, BUYER, SUPPLIER, ORDERED, (Line.of(GOODS["SHELL"], quantity),))


def at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 2, tzinfo=UTC)


def filed(tx: Tx, on: date, *contents: bytes) -> list[Filed]:
    """What these files say, kept; every one of them must be accepted."""
    blobs = [
        Blob("story", f"{sha256(data).hexdigest()[:8]}.bin", sha256(data).hexdigest(), data)
        for data in contents
    ]
    outcomes = file_blobs(tx, SYSTEM, CONNECTORS, blobs, at(on))
    assert [outcome.status for outcome in outcomes] == [Status.ACCEPTED] * len(contents)
    return load_documents(tx, [id_ for outcome in outcomes for id_ in outcome.documents])


def papers(tx: Tx, trade: Trade) -> dict[Kind, Filed]:
    """Order, despatch, waybill, receipt, invoice and the buyer's approval, by kind."""
    said = information(trade.buyer, trade.approved_on, approvals=[approval(trade)])
    documents = filed(
        tx,
        trade.approved_on,
        ubl_documents.order(trade),
        ubl_documents.despatch_advice(trade),
        ubl_documents.waybill(trade),
        ubl_documents.receipt_advice(trade),
        ubl_documents.invoice(trade),
        said,
    )
    return {document.document.kind: document for document in documents}


def stored(keeper: Firm, receipt: str, gtin: str, quantity: int, unit: str, on: date) -> bytes:
    """The keeper's EPCIS event that goods went into his store under a receipt."""
    event = _event(keeper, "storing", on, (gtin, quantity, unit))
    paper = f"urn:epcglobal:cbv:bt:{keeper.gln}:{receipt}"
    event["bizTransactionList"] = [{"type": "recadv", "bizTransaction": paper}]
    return epcis.document(f"IN-{receipt}", on, [event])


def seen(keeper: Firm, step: str, gtin: str, quantity: int, unit: str, on: date) -> bytes:
    """An EPCIS event of the same store, without a receipt: goods leave, or are counted."""
    return epcis.document(f"{step}-{on}", on, [_event(keeper, step, on, (gtin, quantity, unit))])


def place(keeper: Firm) -> str:
    """Where the keeper's store is."""
    return f"https://id.gs1.org/414/{keeper.gln}"


def priced(issuer: Firm, goods: str, unit: str, price: str, on: date) -> bytes:
    """A price of the day, as an information message of its source."""
    item = {
        "id": f"{goods}-{on}",
        "item": goods,
        "unit": unit,
        "price": price,
        "currency": "CNY",
        "valid_from": on.isoformat(),
        "valid_until": (on + timedelta(days=1)).isoformat(),
    }
    return information(issuer, on, prices=[item])


def _event(keeper: Firm, step: str, on: date, goods: tuple[str, int, str]) -> dict[str, Any]:
    gtin, quantity, unit = goods
    epc_class = f"https://id.gs1.org/01/{gtin}/10/L0001"
    return {
        "type": "ObjectEvent",
        "eventTime": f"{on}T10:00:00.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE",
        "bizStep": step,
        "disposition": "in_progress",
        "readPoint": {"id": place(keeper)},
        "bizLocation": {"id": place(keeper)},
        "quantityList": [{"epcClass": epc_class, "quantity": quantity, "uom": unit}],
    }


def released(tx: Tx, day: date, *codes: str) -> None:
    """Products of the catalogue, proposed by one person and released by another."""
    for code in codes:
        _, body = read_loan_product(CATALOGUE / f"{code}.yaml")
        propose_loan_product(tx, Actor("product manager"), body, at(day))
        release_loan_product(tx, Actor("risk officer"), body["product"], body["version"], at(day))


@dataclass(slots=True)
class Bank:
    """A bank with its books: every step of a story is one committed transaction."""

    database: Database
    ledger: Ledger
    clock: FixedClock

    @contextmanager
    def on(self, day: date) -> Iterator[Tx]:
        """One step on a day."""
        self.clock.at = at(day)
        with self.database.transaction() as tx:
            yield tx

    def offers(self, day: date, *codes: str) -> None:
        """Products of the catalogue go on sale."""
        with self.on(day) as tx:
            released(tx, day, *codes)

    def gives(self, day: date, firm: Firm, amount: Money) -> None:
        """Money comes in from outside to a firm's account with the bank."""
        with self.on(day) as tx:
            names = (f"nostro:{amount.currency}", deposit(firm, amount.currency))
            nostro, own = self.ledger.open_accounts(
                tx,
                [
                    NewAccount(names[0], "nostro", amount.currency),
                    NewAccount(names[1], "customer_deposit", amount.currency, floor=0),
                ],
            )
            key = derived_id("story", firm.code, str(day), str(amount.minor))
            self.ledger.post(
                tx,
                [Transfer(key=key, debit=nostro, credit=own, amount=amount, code=1,
                          business_date=day)],
            )  # fmt: skip

    def balances(self) -> dict[str, int]:
        """What stands on every account that is not zero: debits less credits, minor units."""
        with self.database.transaction() as tx:
            assert verify_ledger(tx) == []
            rows = tx.rows("SELECT name, debits - credits FROM books.balance_view ORDER BY name")
        return {name: int(net) for name, net in rows if net}

    def journal(self, *, since: int = 0) -> list[tuple[str, str, int]]:
        """Debit, credit and amount of every journal line after the first `since`."""
        with self.database.transaction() as tx:
            rows = tx.rows(
                """SELECT d.name, c.name, j.amount
                FROM books.journal j
                JOIN books.account d ON d.id = j.debit
                JOIN books.account c ON c.id = j.credit
                ORDER BY j.seq"""
            )
        return [(debit, credit, amount) for debit, credit, amount in rows][since:]


def deposit(firm: Firm, currency: str = "CNY") -> str:
    """The name of a firm's account with the bank."""
    return f"supplier:{firm.uscc}:deposit:{currency}"
