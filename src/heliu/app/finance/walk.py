"""One trade's whole path: documents, match, decision, draw, cash, journal and proof."""

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.tree import Tree

from heliu.app.bank import Bank
from heliu.app.finance.story import money
from heliu.app.say import out, plain, two
from heliu.books.evidence.api import prove_inclusion
from heliu.credit.loans.api import Event, JournalLine, journal_of
from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def tell_walk(bank: Bank, report: dict[str, Any], invoice: str) -> None:
    """Tell the path of one invoice of the report. Raises Refusal if it is not in it."""
    found = [r for r in report["receivables"] if r["invoice"] == invoice]
    if not found:
        known = ", ".join(r["invoice"] for r in report["receivables"][:5])
        raise Refusal(
            "walk.no_such_invoice",
            Text(f"目录中没有发票 {invoice}", f"no invoice {invoice} in this folder"),
            Text(f"例如 {known}", f"there are, for example, {known}"),
        )
    for receivable in found:
        _documents(receivable)
        _match(receivable)
        _decision(receivable)
        if receivable["loan"]:
            _loan(bank, receivable)
        _proof(bank, receivable)


def choose(report: dict[str, Any]) -> str:
    """An invoice worth walking: financed, reduced and repaid, if there is one."""

    def worth(r: dict[str, Any]) -> tuple[bool, bool, int]:
        loan, verified = r["loan"], r["verified"]
        reduced = bool(loan) and verified["eligible"] != verified["invoiced"]
        return bool(loan) and loan["state"] == "repaid", reduced, len(r["documents"])

    chosen: str = max(report["receivables"], key=worth)["invoice"]
    return chosen


def _documents(receivable: dict[str, Any]) -> None:
    seller, buyer = receivable["seller"]["name"], receivable["buyer"]["name"]
    number = plain(receivable["invoice"])
    tree = Tree(f"[bold]{number}[/] {plain(seller)} → {plain(buyer)}")
    for document in receivable["documents"]:
        kind, file = document["kind"].value, document["file"].rsplit("/", 1)[-1]
        tree.add(f"{kind} [bold]{plain(document['number'])}[/] [dim]{plain(file)}[/]")
    out.rule(two("单据", "Documents"))
    out.print(tree)


def _match(receivable: dict[str, Any]) -> None:
    verified, currency = receivable["verified"], receivable["currency"]
    out.rule(two("三单匹配", "Three-way match"))
    table = Table(box=SIMPLE_HEAD)
    headings = (
        ("行", "line"),
        ("开票", "invoiced"),
        ("订购", "ordered"),
        ("收货", "received"),
        ("支持", "supported"),
        ("单位", "unit"),
        ("合格", "eligible"),
    )
    for zh, en in headings:
        table.add_column(two(zh, en), justify="right")
    for line in verified["lines"]:
        names = ("line", "invoiced", "ordered", "received", "supported", "unit")
        cells = ["—" if line[name] is None else plain(line[name]) for name in names]
        table.add_row(*cells, money(line["eligible"]["minor"], currency))
    out.print(table)
    bins = ", ".join(f"{name} {count}" for name, count in sorted(verified["bins"].items()))
    out.print(f"{two('声明', 'claims')}: {bins}")
    for finding in verified["findings"]:
        zh, en = finding["message"]
        out.print(f"  {finding['severity']}: {plain(two(zh, en))} [dim]({finding['code']})[/]")
    invoiced, eligible = (money(verified[k], currency) for k in ("invoiced", "eligible"))
    out.print(two(f"票面 {invoiced}，合格 {eligible}", f"invoiced {invoiced}, eligible {eligible}"))


def _decision(receivable: dict[str, Any]) -> None:
    decision, currency = receivable["decision"], receivable["currency"]
    out.rule(two("裁决", "Verdict"))
    if "verdict" not in decision:
        out.print(decision["outcome"])
        return
    asked, approved = (money(decision[k], currency) for k in ("requested", "approved"))
    out.print(
        f"{decision['outcome']} · {decision['decided_on']} · "
        f"{two('申请', 'asked')} {asked}, {two('批准', 'approved')} {approved} · "
        f"{two('评分', 'score')} {decision['score']} {decision['grade']} · "
        f"{decision['annual_rate'] or '—'} · [dim]{decision['verdict']}[/]"
    )
    for reason in decision["reasons"]:
        text, cure = reason["text"], reason["cure"]
        said, better = two(text["zh"], text["en"]), two(cure["zh"], cure["en"])
        out.print(f"  {plain(said)} → {plain(better)}")


def _loan(bank: Bank, receivable: dict[str, Any]) -> None:
    loan = receivable["loan"]
    keys = [key for event in loan["events"] for key in event["transfers"]]
    with bank.database.transaction() as tx:
        lines = journal_of(tx, keys)
    out.rule(two("日记账", "Journal"))
    table = Table(box=SIMPLE_HEAD)
    for zh, en in (
        ("号", "no"),
        ("业务日", "day"),
        ("事件", "event"),
        ("借", "debit"),
        ("贷", "credit"),
    ):
        table.add_column(two(zh, en))
    table.add_column(two("金额", "amount"), justify="right")
    for line in lines:
        table.add_row(*_cells(line))
    out.print(table)
    for case in loan["cases"]:
        amount = money(case["amount"], case["currency"])
        out.print(f"  [yellow]{two('案件', 'case')}[/] {case['on']} {case['kind'].value} {amount}")


def _cells(line: JournalLine) -> tuple[str, ...]:
    event = Event(line.code).name.lower().replace("_", " ")
    return (
        str(line.seq),
        str(line.on),
        event,
        _account(line.debit),
        _account(line.credit),
        str(line.amount),
    )


def _account(name: str) -> str:
    # Ids are long: the ends tell accounts of one trade apart well enough to read.
    return ":".join(part if len(part) <= 20 else f"{part[:8]}…" for part in name.split(":"))  # noqa: PLR2004


def _proof(bank: Bank, receivable: dict[str, Any]) -> None:
    out.rule(two("证明", "Proof"))
    with bank.database.transaction() as tx:
        for name, identity in (
            ("document", receivable["id"]),
            ("verdict", receivable["decision"].get("verdict")),
            ("loan", receivable["loan"] and receivable["loan"]["id"]),
        ):
            if identity:
                proof = prove_inclusion(tx, identity, kind=name)
                out.print(
                    f"{name} {identity}: {two('叶', 'leaf')} {proof.leaf.position} / {proof.size}, "
                    f"root [dim]{proof.root.hex()[:16]}…[/]"
                )
