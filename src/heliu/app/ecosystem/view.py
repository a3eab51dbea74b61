"""The live view: the four flows, money out and back, frauds and why not, and how long acts took."""

from datetime import date
from decimal import Decimal
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text as Line

from heliu.app.ecosystem.papers import COMMERCE, FLOWS, FUNDS, INFORMATION, LOGISTICS
from heliu.app.ecosystem.tally import CUT, REFUSED, THROUGH, Tally
from heliu.app.say import plain, two, word
from heliu.ground.text import Text

_NEWS: Final = 9
_BAR: Final = 60
FLOW_NAMES: Final = {
    COMMERCE: Text("商流", "commerce"),
    LOGISTICS: Text("物流", "logistics"),
    INFORMATION: Text("信息流", "information"),
    FUNDS: Text("资金流", "funds"),
}
ACT_NAMES: Final = {
    "financing": Text("三秒合一", "financing"),
    "credit_decision": Text("E秒授信", "credit decision"),
    "drawdown": Text("E秒放款", "drawdown"),
    "payment": Text("E秒支付", "payment"),
    "receivables": Text("查询应收", "list receivables"),
    "documents": Text("提交单据", "documents"),
}
_WEEKDAYS: Final = (
    Text("周一", "Mon"), Text("周二", "Tue"), Text("周三", "Wed"), Text("周四", "Thu"),
    Text("周五", "Fri"),
)  # fmt: skip


def screen(tally: Tally) -> RenderableType:
    """What is to be seen now."""
    panels = (
        Panel(_flows(tally), title=two("四流", "the four flows")),
        Panel(_money(tally), title=two("资金", "money")),
        Panel(acts_table(tally), title=two("客户所见毫秒", "milliseconds, as clients saw them")),
    )
    return Group(
        _head(tally),
        Columns(panels),
        Panel(_frauds(tally), title=two("欺诈", "frauds")),
        Panel(_news(tally), title=two("银行说不", "the bank says no")),
    )


def progress_line(tally: Tally) -> str:
    """The same in one line, for where there is no terminal."""
    refused = sum(outcomes[REFUSED] for _, outcomes, _ in tally.fraud_outcomes())
    told = two("放款", "lent"), two("回款", "back"), two("拒绝欺诈", "frauds refused")
    sums = f"{told[0]} {yuan(tally.lent)}, {told[1]} {yuan(tally.back)}, {told[2]} {refused}"
    return f"{_when(tally.day)}  {tally.day_number}/{tally.days}  {sums}"


def yuan(amount: Decimal) -> str:
    """An amount for people who count in yuan."""
    return f"¥{amount:,.0f}"


def _head(tally: Tally) -> RenderableType:
    bar = ProgressBar(total=max(1, tally.days), completed=tally.day_number, width=_BAR)
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Line("Heliu 合流", style="bold"), _when(tally.day), bar,
                 f"{tally.day_number}/{tally.days}")  # fmt: skip
    return grid


def _when(day: date | None) -> str:
    return f"{day} {word(_WEEKDAYS[day.weekday()])}" if day else two("开业准备", "getting ready")


def _flows(tally: Tally) -> Table:
    table = Table("", two("接收", "accepted"), two("拒收", "refused"), box=SIMPLE_HEAD)
    for flow in FLOWS:
        accepted = tally.papers[flow, "accepted"] + tally.papers[flow, "duplicate"]
        refused = tally.papers[flow, "refused"]
        marked = f"[red]{refused}[/]" if refused else "0"
        table.add_row(word(FLOW_NAMES[flow]), f"{accepted:,}", marked)
    return table


def _money(tally: Tally) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    rows = (
        (two("放款笔数", "loans"), f"{tally.financed:,}"),
        (two("已放款", "lent"), f"[green]{yuan(tally.lent)}[/]"),
        (two("供应商实得", "to suppliers"), yuan(tally.to_suppliers)),
        (two("经清算行转出", "sent on by the rail"), f"{tally.by_rail:,}"),
        (two("其中受托支付", "of these entrusted"), f"{tally.entrusted:,}"),
        (two("买方回款", "buyers' cash"), f"[green]{yuan(tally.back)}[/]"),
        (two("回款笔数", "receipts"), f"{tally.receipts:,}"),
    )
    for row in rows:
        grid.add_row(*row)
    return grid


def acts_table(tally: Tally) -> Table:
    """Each kind of request: how many, median, 99th percentile."""
    table = Table("", two("次数", "n"), "p50", "p99", box=SIMPLE_HEAD)
    for what, name in ACT_NAMES.items():
        count, median, high, _ = tally.percentiles(what)
        table.add_row(word(name), f"{count:,}", f"{median:.1f}", f"{high:.1f}")
    return table


def _frauds(tally: Tally) -> RenderableType:
    told = []
    for fraud, outcomes, _ in tally.fraud_outcomes():
        marks = f"[green]✗ {outcomes[REFUSED]}[/]" if outcomes[REFUSED] else ""
        marks += f" [cyan]✂ {outcomes[CUT]}[/]" if outcomes[CUT] else ""
        marks += f" [bold red]! {outcomes[THROUGH]}[/]" if outcomes[THROUGH] else ""
        told.append(f"{word(fraud.called)} {marks.strip()}")
    return Columns(told, padding=(0, 3)) if told else Line("—", style="dim")


def _news(tally: Tally) -> Table:
    grid = Table.grid(padding=(0, 2))
    for news in tally.latest(_NEWS):
        what = word(news.fraud.called) if news.fraud else two("正常申请", "an honest request")
        code = f"[cyan]{news.said.code}[/]" if news.fraud else f"[yellow]{news.said.code}[/]"
        grid.add_row(f"{news.day:%m-%d}", plain(news.who), what, code)
    return grid
