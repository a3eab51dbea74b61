"""The finance run told in the terminal: refused files, receivables, cases, the treasurer's sums."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from rich.box import SIMPLE_HEAD
from rich.panel import Panel
from rich.table import Table

from heliu.app.say import out, plain, two, word
from heliu.ground.money import Money
from heliu.ground.text import Text

_OUTCOMES: Final = {
    "financed": ("green", Text("已放款", "financed")),
    "refused": ("red", Text("已拒绝", "refused")),
    "undecided": ("yellow", Text("待证据", "waiting")),
    "no_programme": ("dim", Text("无方案", "no programme")),
}
_STATES: Final = {
    "repaid": Text("已还清", "repaid"),
    "open": Text("未到期", "open"),
    "late": Text("逾期", "late"),
    "bought_back": Text("供应商已回购", "bought back"),
    "written_off": Text("已核销", "written off"),
}
CASES: Final = {
    "short_payment": Text("少付", "short payment"),
    "late_payment": Text("迟付", "late payment"),
    "overpayment": Text("多付", "overpayment"),
    "wrong_payer": Text("付款人不符", "wrong payer"),
    "unidentified": Text("来款不明", "unidentified cash"),
    "dilution": Text("稀释", "dilution"),
}

_COLUMNS: Final[tuple[tuple[str, str, Literal["left", "right"]], ...]] = (
    ("发票", "invoice", "left"),
    ("供应商", "supplier", "left"),
    ("票面", "invoiced", "right"),
    ("合格", "eligible", "right"),
    ("决定", "decision", "left"),
    ("级", "grade", "left"),
    ("放款", "lent", "right"),
    ("付供应商", "paid", "right"),
    ("现状", "now", "left"),
    ("毫秒", "ms", "right"),
)
# A narrow terminal leaves these out: grade, paid, milliseconds.
_WIDE: Final = 126
_DETAILS: Final = frozenset({5, 7, 9})


def tell(report: dict[str, Any]) -> None:
    """The whole report, from the door to the books."""
    _files(report["files"])
    _set_aside(report["set_aside"])
    _receivables(report["receivables"])
    _refusals(report["receivables"])
    _cases(report["cases"])
    _summary(report)


def money(minor: int | None, currency: str | None) -> str:
    """An amount for people, or a dash."""
    return "—" if minor is None or not currency else str(Money(minor, currency))


def _files(files: Sequence[dict[str, Any]]) -> None:
    out.rule(two("一、来件", "1. What came in"))
    counts: dict[tuple[str, str], int] = {}
    for file in files:
        key = (file["connector"] or two("未识别", "not recognised"), file["outcome"])
        counts[key] = counts.get(key, 0) + 1
    table = Table(box=SIMPLE_HEAD)
    for heading in (two("连接器", "connector"), two("结果", "outcome"), two("文件", "files")):
        table.add_column(heading, justify="right" if heading in {"files", "文件"} else "left")
    for (connector, outcome), count in sorted(counts.items()):
        table.add_row(connector, outcome, str(count))
    out.print(table)
    for file in files:
        if refusal := file["refusal"]:
            text = two(refusal["text"]["zh"], refusal["text"]["en"])
            name = "/".join(file["file"].split("/")[-3:])
            place = plain(refusal["place"])
            out.print(f"  [red]✗[/] {plain(name)} [dim]{place}[/]: {plain(text)}")


def _set_aside(aside: Sequence[dict[str, Any]]) -> None:
    for one in aside:
        name = plain(one["file"].rsplit("/", 1)[-1])
        out.print(f"  [yellow]![/] {name}: {plain(_say(one['text']))}")


def _receivables(receivables: Sequence[dict[str, Any]]) -> None:
    out.rule(two("二、应收账款", "2. Receivables"))
    for currency in sorted({r["currency"] or "?" for r in receivables}):
        table = Table(
            box=SIMPLE_HEAD,
            title=currency,
            title_justify="left",
            collapse_padding=True,
            pad_edge=False,
        )
        shown = [n for n in range(len(_COLUMNS)) if out.width >= _WIDE or n not in _DETAILS]
        for zh, en, side in (_COLUMNS[n] for n in shown):
            table.add_column(two(zh, en), justify=side, no_wrap=True)
        for r in receivables:
            if (r["currency"] or "?") == currency:
                row = _row(r)
                table.add_row(*(row[n] for n in shown))
        out.print(table)


def _row(r: dict[str, Any]) -> tuple[str, ...]:
    decision, verified, loan = r["decision"], r["verified"], r["loan"]
    colour, label = _OUTCOMES[decision["outcome"]]
    return (
        plain(r["invoice"]),
        plain(_short(r["seller"]["name"] or r["seller"]["tax_id"] or "?", 9)),
        _plain(verified["invoiced"], r["currency"]),
        _plain(verified["eligible"], r["currency"]),
        f"[{colour}]{word(label)}[/]",
        decision.get("grade", ""),
        _plain(r["disbursed"] or None, r["currency"]),
        _plain(r["paid"] or None, r["currency"]),
        word(_STATES[loan["state"]]) if loan else "",
        f"{r['milliseconds']:.0f}" if r["milliseconds"] else "",
    )


def _plain(minor: int | None, currency: str | None) -> str:
    return money(minor, currency).removesuffix(f" {currency}") if minor is not None else ""


def _refusals(receivables: Sequence[dict[str, Any]]) -> None:
    out.rule(two("三、为何不是全额", "3. Why not, or not all"))
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for r in receivables:
        full = r["verified"]["eligible"] == r["verified"]["invoiced"]
        outcome = r["decision"]["outcome"]
        if outcome == "refused" or (outcome == "financed" and not full):
            groups.setdefault((outcome, _told(r)), []).append(r["invoice"])
    # What is refused for the same reasons is told once.
    for (outcome, told), invoices in groups.items():
        colour, label = _OUTCOMES[outcome]
        more = f" +{len(invoices) - 3}" if len(invoices) > 3 else ""  # noqa: PLR2004
        named = plain(", ".join(invoices[:3]))
        out.print(f"[bold]{named}[/]{more} [{colour}]{word(label)}[/]")
        for line in told:
            out.print(line)


def _told(r: dict[str, Any]) -> tuple[str, ...]:
    findings = [f for f in r["verified"]["findings"] if f["severity"] != "notice"]
    told = [(f["code"], f["message"], f["cure"]) for f in findings]
    if r["decision"]["outcome"] == "refused" and not told:
        told = [(d["code"], d["text"], d["cure"]) for d in r["decision"]["reasons"]]
    return tuple(
        f"    {plain(_say(text))} [dim]({code})[/]\n      → {plain(_say(cure))}"
        for code, text, cure in told[:4]
    )


def _cases(cases: Sequence[dict[str, Any]]) -> None:
    if not cases:
        return
    out.rule(two("四、待处理案件", "4. Cases for a person"))
    table = Table(box=SIMPLE_HEAD)
    for zh, en in (("日期", "day"), ("案件", "case"), ("金额", "amount"), ("贷款", "loan")):
        table.add_column(two(zh, en))
    for case in cases:
        loan = str(case["loan"])[:8] if case["loan"] else "—"
        table.add_row(
            str(case["on"]),
            word(CASES[case["kind"]]),
            money(case["amount"], case["currency"]),
            loan,
        )
    out.print(table)


def _summary(report: dict[str, Any]) -> None:
    summary = report["summary"]
    lines = []
    counts = ", ".join(
        f"{word(_OUTCOMES[name][1])} {count}" for name, count in summary["decisions"].items()
    )
    lines.append(f"{two('应收账款', 'receivables')}: {counts}")
    names = {
        "invoiced": Text("票面金额", "invoiced"),
        "eligible": Text("合格金额", "supported by evidence"),
        "disbursed": Text("已放款", "lent"),
        "paid_to_suppliers": Text("已付供应商", "paid to suppliers"),
        "principal_repaid": Text("本金已收回", "principal repaid"),
        "interest_earned": Text("利息", "interest"),
        "principal_open": Text("未收本金", "principal outstanding"),
    }
    for currency, sums in sorted(summary["money"].items()):
        for name, label in names.items():
            if name in sums:
                lines.append(f"{word(label)}: [bold]{money(sums[name], currency)}[/]")
    title = two("给司库的一页", "For the treasurer")
    out.print(Panel("\n".join(lines), title=f"{title} · {report['on']}", expand=False))


def _say(text: dict[str, str] | Sequence[str]) -> str:
    zh, en = (text["zh"], text["en"]) if isinstance(text, dict) else text
    return two(zh, en)


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
