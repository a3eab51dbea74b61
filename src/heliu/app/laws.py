"""`heliu verify`: every law of the house on the live database, and the name of what is broken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from heliu.books.evidence.api import verify_log
from heliu.books.ledger.api import verify_ledger
from heliu.books.vouchers.api import voucher_violations
from heliu.credit.closing.api import closing_violations
from heliu.credit.collateral.api import violations as collateral_violations
from heliu.credit.collection.api import violations as collection_violations
from heliu.credit.discounting.api import violations as discounting_violations
from heliu.credit.instants.api import act_violations
from heliu.credit.lending.api import lending_violations
from heliu.credit.limits.api import violations as limit_violations
from heliu.credit.loans.api import loan_violations
from heliu.flows.screening.api import claim_violations
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.payments.deposits.api import deposit_violations
from heliu.payments.orders.api import order_violations


@dataclass(frozen=True, slots=True)
class Law:
    """One law: its name in both languages, and what breaks it ("" places are the law's own)."""

    code: str
    name: Text
    broken: tuple[str, ...]


def examine_laws(tx: Tx) -> list[Law]:
    """Every law with what breaks it; one consistent view, so use a REPEATABLE READ transaction."""
    return [Law(code, name, tuple(look(tx))) for code, name, look in _LAWS]


def _ledger(tx: Tx) -> list[str]:
    return [f"{v.law}: {v.detail}" for v in verify_ledger(tx)]


def _limits(tx: Tx) -> list[str]:
    return [
        f"limit {axis} {line}: reserved {reserved}, utilised {utilised}, events say {r}, {u}"
        for line, axis, reserved, utilised, r, u in limit_violations(tx)
    ]


def _payments(tx: Tx) -> list[str]:
    return [str(violation) for violation in order_violations(tx)]


def _evidence(tx: Tx) -> list[str]:
    return [f"{v.code} {v.place}: {v.message}" for v in verify_log(tx)]


_LAWS: Final[tuple[tuple[str, Text, Callable[[Tx], list[str]]], ...]] = (
    (
        "ledger",
        Text("借贷相等，余额即日记账之和", "debits equal credits, balances are folds"),
        _ledger,
    ),
    ("limits", Text("额度等于其流水之和，不超限", "limits are folds of their events"), _limits),
    ("claims", Text("一笔应收只融资一次", "one receivable is financed once"), claim_violations),
    ("loans", Text("贷款与日记账一致", "loans agree with the journal"), loan_violations),
    (
        "contracts",
        Text("合同、明细账与日记账一致", "contracts, sub-ledger and journal agree"),
        lending_violations,
    ),
    (
        "collateral",
        Text("一批货只质押一次，解押不少一斤", "a lot is pledged once, and none of it is lost"),
        collateral_violations,
    ),
    (
        "discounting",
        Text("提前付款与日记账一致", "early payments agree with the journal"),
        discounting_violations,
    ),
    (
        "closing",
        Text("日终明细与总账一致", "positions, sub-ledger and general ledger tie out"),
        closing_violations,
    ),
    (
        "collection",
        Text("案件、联系与承诺各得其所", "cases, contacts and promises are folds of their events"),
        collection_violations,
    ),
    ("acts", Text("凡批准的放款必有贷款", "what was granted was lent"), act_violations),
    ("payments", Text("付款单与日记账一致", "payment orders agree with the journal"), _payments),
    (
        "deposits",
        Text("转账付出或撤回，不会两者都有", "a transfer is paid or recalled, never both"),
        deposit_violations,
    ),
    (
        "vouchers",
        Text("凭证与存证、日记账一致", "vouchers agree with the evidence log and the journal"),
        voucher_violations,
    ),
    ("evidence", Text("证据树与其叶一致", "the evidence root is that of its leaves"), _evidence),
)
