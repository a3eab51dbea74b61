"""The live wall: the four flows, decisions, money, refusals, pace and queues of today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from heliu.channels.console import drawing
from heliu.channels.console.desk import pages
from heliu.channels.console.routes_documents import FLOW_TEXT
from heliu.channels.pages.api import Answer, Chart, Visit, page
from heliu.credit.instants.api import ActKind, acts_since
from heliu.credit.loans.api import cases, money_moved, waiting
from heliu.decisions.verdicts.api import Span, decided_by_span, decided_since, refused_for
from heliu.flows.intake.api import Came, Flow, documents_came
from heliu.ground.clock import BANK_ZONE
from heliu.ground.money import Money
from heliu.ground.pace import ACTS
from heliu.ground.text import Text
from heliu.oversight.monitoring.api import standing
from heliu.parties.identity.api import Right
from heliu.payments.orders.api import open_cases

WEEK: Final = 7
LATELY: Final = timedelta(minutes=5)
ACT_TEXT: Final = {
    ActKind.CREDIT_DECISION: Text("E秒授信", "Credit decisions"),
    ActKind.DRAWDOWN: Text("E秒放款", "Drawdowns"),
    ActKind.PAYMENT: Text("E秒支付", "Payments"),
    ActKind.FINANCING: Text("融资", "Financings"),
}
_OUT: Final = ("proceeds",)
_BACK: Final = ("repaid", "bought_back", "recovered")


@dataclass(frozen=True, slots=True)
class FlowToday:
    """What came by one flow today, and when the last document did (None: nothing came)."""

    flow: Flow
    count: int
    last: datetime | None


@pages.get("/console", Right.WALL_READ)
def wall(visit: Visit) -> Answer:
    """The wall; it is drawn anew as things happen."""
    return page("console/wall.html", **_today(visit))


@pages.get("/console/tiles", Right.WALL_READ)
def tiles(visit: Visit) -> Answer:
    """The tiles alone, for the wall that is drawn anew."""
    return page("console/_tiles.html", **_today(visit))


def _today(visit: Visit) -> Mapping[str, Any]:
    now, on = visit.bank.clock.now(), visit.bank.clock.today()
    days = WEEK if visit.query.get("days") == "7" else 1
    start = on - timedelta(days - 1)
    since, span = datetime.combine(start, time(), BANK_ZONE), timedelta(days=1)
    with visit.transaction() as tx:
        came = documents_came(tx, since)
        spans = decided_by_span(tx, since, span if days > 1 else timedelta(hours=1))
        lately, reasons = decided_since(tx, now - LATELY), refused_for(tx, since)
        moved, acts = money_moved(tx, start, on + span), acts_since(tx, since)
        queues = [
            (Text("回款需核对", "Receipts to check"), len(cases(tx))),
            (Text("未匹配资金", "Cash not applied"), len(waiting(tx))),
            (Text("支付需裁定", "Payments to rule on"), len(open_cases(tx))),
            (Text("预警", "Warnings"), len(standing(tx))),
        ]
    return {
        "week": days > 1,
        "at": now.astimezone(BANK_ZONE),
        "on": on,
        "flows": _flows(came),
        "flow_names": FLOW_TEXT,
        "decided": sum(one.count for one in spans),
        "approved": sum(one.approved for one in spans),
        "a_minute": lately / (LATELY / timedelta(minutes=1)),
        "drawn": _drawn(visit, spans, days),
        "reasons": reasons,
        "out": _sum([m.amount for m in moved if m.kind in _OUT]),
        "back": _sum([m.amount for m in moved if m.kind in _BACK]),
        "acts": [(ACT_TEXT[kind], *acts.get(kind, (0, 0))) for kind in ActKind],
        "pace": ACTS.quantiles(),
        "queues": queues,
    }


def _drawn(visit: Visit, spans: list[Span], days: int) -> Chart | None:
    return drawing.decided(spans, visit.language, days=days > 1) if spans else None


def _flows(came: list[Came]) -> list[FlowToday]:
    return [
        FlowToday(
            flow,
            sum(one.count for one in came if one.flow is flow),
            max((one.last.astimezone(BANK_ZONE) for one in came if one.flow is flow), default=None),
        )
        for flow in Flow
    ]


def _sum(amounts: list[Money]) -> Money:
    """Their sum in yuan; other currencies are left to the ledger's own pages."""
    return Money(sum(a.minor for a in amounts if a.currency == "CNY"), "CNY")
