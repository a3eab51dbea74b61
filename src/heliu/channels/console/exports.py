"""Tables that can be taken away: their columns, and their rows read page by page."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from heliu.channels.console import asking, store
from heliu.channels.console.store import Export
from heliu.channels.console.tables import Cell, Column, Kind, Value, write
from heliu.channels.pages.api import Run, Work
from heliu.channels.pages.api import trades as trades_of
from heliu.credit.applications.api import search_receivables, traded_pairs
from heliu.decisions.verdicts.api import search_verdicts
from heliu.flows.intake.api import search_documents
from heliu.ground.db import Tx
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

AT_ONCE: Final = 1000
"""Up to so many rows a page hands the file out itself; more are written by a job."""

MOST: Final = 1_000_000
_PAGE: Final = 1000
_STEP: Final = 20_000
EXPORT: Final = "export"

Row = list[Value]
Query = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """A table by name: who may see it, its columns, its rows for a query on a business date."""

    title: Text
    asks: Right
    columns: tuple[Column, ...]
    rows: Callable[[Tx, Query, date], Iterator[Row]]


def first(tx: Tx, name: str, query: Query, on: date) -> list[Row]:
    """The first rows, one more than may be handed out at once."""
    return list(islice(SOURCES[name].rows(tx, query, on), AT_ONCE + 1))


def export(run: Run) -> str:
    """The job: write the table, keep it for its person for a day."""
    asked = run.job.asked
    source, kind, name = SOURCES[asked["table"]], Kind(asked["kind"]), asked["name"]
    out, done = io.BytesIO(), 0
    with run.bank.database.transaction() as tx:

        def told() -> Iterator[Row]:
            nonlocal done
            for row in islice(source.rows(tx, asked["query"], run.bank.clock.today()), MOST):
                yield row
                done += 1
                if done % _STEP == 0:
                    run.step(0, done)

        write(kind, source.columns, told(), out)
    run.step(1)
    kept = Export(run.job.id, run.job.person, name, kind, out.getvalue())
    with run.bank.database.transaction() as tx:
        store.keep(tx, kept, run.wall())
    return f"/console/exports/{run.job.id}"


WORKS: Final[Mapping[str, Work]] = {
    EXPORT: Work(
        (Text("读取并写出每一行", "Read and write every row"), Text("保存文件", "Keep the file")),
        export,
    )
}


def _receivables(tx: Tx, query: Query, on: date) -> Iterator[Row]:
    asked, after = asking.receivables(query), None
    while found := search_receivables(tx, asked, after, _PAGE):
        for trade in trades_of(tx, found, on):
            r, made, loan, debt = trade.receivable, trade.application, trade.loan, trade.debt
            yield [
                *(str(r.id), r.invoice_no, r.programme, r.supplier, r.buyer, r.eligible),
                *(r.eligible.currency, r.issued_on, r.due_on, r.verified_on),
                *(made.approved if made else None, made.annual_rate if made else None),
                *(loan.principal if loan else None, loan.opened_on if loan else None),
                debt.principal if debt else None,
            ]
        after = (found[-1].verified_on, found[-1].id)


def _decisions(tx: Tx, query: Query, on: date) -> Iterator[Row]:
    del on
    wanted, after = asking.decisions(query), None
    while found := search_verdicts(tx, wanted, after, _PAGE):
        for d in found:
            answer = "approved" if d.approved else "refused"
            yield [
                *(str(d.id), str(d.subject_id), d.release, answer, d.amount, d.amount.currency),
                *(d.score, d.grade, d.at),
            ]
        after = (found[-1].at, found[-1].id)


def _documents(tx: Tx, query: Query, on: date) -> Iterator[Row]:
    del on
    sought, before = asking.documents(query), None
    while found := search_documents(tx, sought, before, _PAGE):
        for one in found:
            said = one.filed.document
            yield [
                *(str(one.filed.id), one.flow, said.kind, said.number, said.issued_on),
                *(said.seller.tax_id, said.buyer.tax_id, said.totals.payable, said.currency),
                *(one.source, one.filed.file, one.filed.sha256, one.at),
            ]
        before = found[-1].position


def _firms(tx: Tx, query: Query, on: date) -> Iterator[Row]:
    del on
    party = query.get("party")
    for one in traded_pairs(tx, [party] if party else None, MOST):
        yield [one.supplier, one.buyer, one.count, one.eligible, one.eligible.currency]


def _columns(*said: tuple[str, str, str, Cell] | tuple[str, str, str]) -> tuple[Column, ...]:
    return tuple(Column(one[0], Text(one[1], one[2]), *one[3:]) for one in said)


SOURCES: Final[Mapping[str, Source]] = {
    "receivables": Source(
        Text("应收账款", "Receivables"),
        Right.TRADE_READ,
        _columns(
            ("id", "编号", "Id"),
            ("invoice_no", "发票号", "Invoice"),
            ("programme", "方案", "Programme"),
            ("supplier", "供应商", "Supplier"),
            ("buyer", "买方", "Buyer"),
            ("eligible", "合格金额", "Eligible", Cell.MONEY),
            ("currency", "币种", "Currency"),
            ("issued_on", "开票日", "Issued on", Cell.DATE),
            ("due_on", "到期日", "Due on", Cell.DATE),
            ("verified_on", "核验日", "Verified on", Cell.DATE),
            ("approved", "批准金额", "Approved", Cell.MONEY),
            ("annual_rate", "年利率", "Annual rate", Cell.RATE),
            ("principal", "放款金额", "Financed", Cell.MONEY),
            ("opened_on", "放款日", "Financed on", Cell.DATE),
            ("outstanding", "未还本金", "Outstanding", Cell.MONEY),
        ),
        _receivables,
    ),
    "decisions": Source(
        Text("授信决策", "Decisions"),
        Right.DECISIONS_READ,
        _columns(
            ("id", "编号", "Id"),
            ("receivable", "应收账款", "Receivable"),
            ("release", "规则版本", "Release"),
            ("answer", "结论", "Answer"),
            ("amount", "金额", "Amount", Cell.MONEY),
            ("currency", "币种", "Currency"),
            ("score", "分数", "Score", Cell.COUNT),
            ("grade", "等级", "Grade"),
            ("decided_at", "时间", "Decided at", Cell.INSTANT),
        ),
        _decisions,
    ),
    "documents": Source(
        Text("单据", "Documents"),
        Right.TRADE_READ,
        _columns(
            ("id", "编号", "Id"),
            ("flow", "流", "Flow"),
            ("kind", "种类", "Kind"),
            ("number", "号码", "Number"),
            ("issued_on", "日期", "Issued on", Cell.DATE),
            ("seller", "销方", "Seller"),
            ("buyer", "购方", "Buyer"),
            ("payable", "应付金额", "Payable", Cell.MONEY),
            ("currency", "币种", "Currency"),
            ("source", "来源", "Source"),
            ("file", "文件", "File"),
            ("sha256", "SHA-256", "SHA-256"),
            ("received_at", "收到时间", "Received at", Cell.INSTANT),
        ),
        _documents,
    ),
    "firms": Source(
        Text("企业", "Firms"),
        Right.TRADE_READ,
        _columns(
            ("supplier", "供应商", "Supplier"),
            ("buyer", "买方", "Buyer"),
            ("receivables", "应收笔数", "Receivables", Cell.COUNT),
            ("eligible", "合格金额", "Eligible", Cell.MONEY),
            ("currency", "币种", "Currency"),
        ),
        _firms,
    ),
}
