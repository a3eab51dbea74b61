"""The end of the story, for a treasurer: flows, frauds, money, cases, and the books proven."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.panel import Panel
from rich.table import Table

from heliu.app.ecosystem.view import ACT_NAMES, FLOW_NAMES, yuan
from heliu.app.finance.story import CASES
from heliu.app.say import out, plain, two, word
from heliu.ground.money import Money
from heliu.ground.text import Text

_STATES: Final = {
    "instructed": Text("待送出", "waiting"),
    "sent": Text("已送出", "sent"),
    "accepted": Text("已受理", "accepted"),
    "unknown": Text("查询中", "asked about"),
    "disputed": Text("有争议", "disputed"),
    "settled": Text("已到账", "arrived"),
    "rejected": Text("被拒", "rejected"),
    "returned": Text("退回", "returned"),
}


def tell_figures(told: Mapping[str, Any]) -> None:
    """The whole account in the terminal."""
    days = f"{told['first_day']} – {told['last_day']}"
    out.rule(two(f"这段日子: {days}", f"What happened, {days}"))
    _flows(told)
    _frauds(told)
    _treasurer(told)
    _cases(told)
    _payments(told)
    _latencies(told["milliseconds"])
    _troubles(told)
    _laws(told["laws"])


def broken(told: Mapping[str, Any]) -> bool:
    """Whether a law of the books is broken."""
    return any(law["broken"] for law in told["laws"])


def _flows(told: Mapping[str, Any]) -> None:
    parts = []
    for flow, counts in told["flows"].items():
        refused = f" ([red]✗ {counts['refused']}[/])" if counts.get("refused") else ""
        parts.append(f"{word(FLOW_NAMES[flow])} {counts.get('accepted', 0)}{refused}")
    out.print(f"{two('单据', 'documents')}: {', '.join(parts)}")
    for code, count in told["complaints"].items():
        said = two("拒收", "refused at the door")
        out.print(f"  [red]✗[/] {count} {said} [dim]({code})[/]")


def _frauds(told: Mapping[str, Any]) -> None:
    out.rule(two("一、欺诈为何不成", "1. Why the frauds failed"))
    table = _table(
        (two("手法", "fraud"), two("次数", "tried"), two("拒绝", "refused"),
         two("削减", "cut down"), two("得逞", "got through"),
         two("银行的回答", "the bank's answer")),
        right={1, 2, 3, 4},
    )  # fmt: skip
    for one in told["frauds"]:
        through = f"[bold red]{one['through']}[/]" if one["through"] else "0"
        answer = plain(one["reason"]) or two("只按真实部分放款", "lent on what is real, no more")
        table.add_row(
            _say(one["title"]), str(one["tried"]), str(one["refused"]), str(one["cut"]), through,
            f"{answer} [dim]({one['code']})[/]",
        )  # fmt: skip
    out.print(table)
    kept = two("欺诈者申请而未得到", "asked for by frauds and not paid")
    out.print(f"{kept}: [bold]{yuan(told['kept_from_frauds'])}[/]")


def _treasurer(told: Mapping[str, Any]) -> None:
    out.rule(two("二、给司库的一页", "2. For the treasurer"))
    names = (
        two("方案", "programme"), two("应收", "receivables"), two("票面", "invoiced"),
        two("合格", "eligible"), two("贷款", "loans"), two("已放款", "lent"),
        two("已收回", "repaid"), two("利息收入", "earned"), two("未收本金", "still open"),
        two("逾期", "late"),
    )  # fmt: skip
    table = _table(names, right=set(range(1, len(names))))
    sums = ("receivables", "invoiced", "eligible", "loans", "lent", "repaid", "earned", "open")
    amounts = {"invoiced", "eligible", "lent", "repaid", "earned", "open"}
    rows = [
        (_say(p["name"]), {k: p[k] for k in sums}, p["states"].get("late", 0))
        for p in told["programmes"]
    ]
    total = {k: sum(row[1][k] for row in rows) for k in sums}
    rows.append((f"[bold]{two('合计', 'total')}[/]", total, sum(row[2] for row in rows)))
    for name, counted, late in rows:
        cells = [_yuan(counted[k]) if k in amounts else str(counted[k]) for k in sums]
        table.add_row(name, *cells, str(late))
    out.print(table)
    acts = told["acts"]
    honest = sum(acts["honest_refused"].values())
    lines = (
        (two("买方回款", "buyers' cash"),
         f"{yuan(told['cash']['amount'])} · {told['cash']['receipts']}"),
        (two("重复请求得同一答复", "repeated requests, same answer"), str(acts["repeated"])),
        (two("被拒的正常申请", "honest requests refused"),
         f"{honest} {plain(', '.join(acts['honest_refused']))}"),
    )  # fmt: skip
    out.print("\n".join(f"{name}: [bold]{value}[/]" for name, value in lines))


def _cases(told: Mapping[str, Any]) -> None:
    out.rule(two("三、待处理案件", "3. Cases for a person"))
    table = _table((two("案件", "case"), two("件数", "cases"), two("金额", "amount")), right={1, 2})
    for kind, sums in told["cases"].items():
        table.add_row(word(CASES[kind]), str(sums["cases"]), _yuan(sums["amount"]))
    out.print(table)


def _payments(told: Mapping[str, Any]) -> None:
    payments = told["payments"]
    states = ", ".join(f"{word(_STATES[state])} {n}" for state, n in payments["states"].items())
    rail = two(
        "经清算行支付 (会丢失、延迟、重复回执)", "paid by a rail that loses, delays, repeats"
    )
    out.print(f"{rail}: [bold]{Money(payments['by_rail'], payments['currency'])}[/] · {states}")
    entrusted = Money(payments["entrusted"], payments["currency"])
    out.print(f"{two('其中受托支付', 'of this entrusted')}: [bold]{entrusted}[/]")


def _latencies(timed: Mapping[str, Mapping[str, float]]) -> None:
    table = _table(
        (two("请求 (客户所见, 毫秒)", "request, as clients saw it (ms)"), two("次数", "n"), "p50",
         "p99", two("最长", "longest")),
        right={1, 2, 3, 4},
    )  # fmt: skip
    for what, name in ACT_NAMES.items():
        if what in timed:
            row = timed[what]
            cells = (f"{row[k]:.1f}" for k in ("p50", "p99", "largest"))
            table.add_row(word(name), f"{row['requests']:.0f}", *cells)
    out.print(table)


def _troubles(told: Mapping[str, Any]) -> None:
    if not told["troubles"]:
        out.print(f"[green]✓[/] {two('客户未遇到任何异常', 'no client met an error')}")
    for what, count in told["troubles"].items():
        out.print(f"[red]![/] {count} × {plain(what)}")


def _laws(laws: Sequence[Mapping[str, Any]]) -> None:
    out.rule(two("四、账", "4. The books, proven"))
    for law in laws:
        mark = "[red]✗[/]" if law["broken"] else "[green]✓[/]"
        out.print(f"{mark} {_say(law['name'])} {plain(' '.join(law['broken']))}")


def tell_open_door(url: str, key: str, secret: str) -> None:
    """Where the bank stays open, and how to call it."""
    lines = (
        f"[bold]{url}/docs[/]",
        "",
        two("以一家供应商的身份调用:", "Call it as one of the suppliers:"),
        "from heliu.client import Client",
        f'with Client("{url}", key="{key}",',
        f'            secret="{secret}") as bank:',
        "    print(next(bank.receivables()))",
        "",
        two("Ctrl-C 结束; 演示库随之删除", "Ctrl-C ends it, and the demo's database with it"),
    )
    title = two("银行仍在营业", "The bank stays open")
    out.print(Panel("\n".join(lines), title=title, expand=False), soft_wrap=True)


def _table(names: Sequence[str], right: set[int]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    for index, name in enumerate(names):
        table.add_column(name, justify="right" if index in right else "left")
    return table


def _say(text: Mapping[str, str]) -> str:
    return word(Text(text["zh"], text["en"]))


def _yuan(minor: int) -> str:
    return f"{Decimal(minor) / 100:,.0f}"
