"""What the console draws: the life of a trade, a firm among its partners, figures over time."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Final

from heliu.channels.console.firms import Around
from heliu.channels.pages.api import (
    PANEL,
    STAGE_TEXT,
    Chart,
    Edge,
    Mark,
    Node,
    Point,
    Series,
    Stage,
    Step,
    Trade,
    cycle_graph,
    percent,
    sparkline,
    stacked,
    trade_graph,
    yuan,
)
from heliu.channels.web.api import Language, said
from heliu.decisions.verdicts.api import Span
from heliu.ground.clock import BANK_ZONE
from heliu.ground.text import Text
from heliu.parties.party.api import TIE_TEXT

_TRADE_HEAD: Final = (Text("从", "From"), Text("到", "To"), Text("关系", "Reference"))
_FIRM_HEAD: Final = (Text("供应商", "Supplier"), Text("买方", "Buyer"), Text("往来", "Trade"))
_LIFE: Final = Text("一笔生意的全程", "The whole life of this trade")
_AROUND: Final = Text("企业与往来方", "The firm and its partners")
_HOURS: Final = Text("每小时的决策", "Decisions by hour")
_DAYS: Final = Text("每天的决策", "Decisions by day")
_HOUR: Final = Text("时", "Hour")
_ON: Final = Text("日", "Day")
_APPROVED: Final = Text("批准", "approved")
_REFUSED: Final = Text("拒绝", "refused")
_DAY: Final = Text("截至", "As of")
_PAPERS: Final = (
    Stage.ORDER,
    Stage.DESPATCH,
    Stage.RECEIPT,
    Stage.INVOICE,
    Stage.CONFIRMATION,
)
_TINT: Final = {Mark.DONE: "ok", Mark.AWAITED: "gold", Mark.REFUSED: "bad"}
_NODE_LETTERS: Final = 10


def life(trade: Trade, language: Language) -> Chart:
    """The trade from its order to the last cash, a column a stage, a line a reference."""
    steps = trade.steps()
    stages = [stage for stage in Stage if any(step.stage is stage for step in steps)]
    nodes = [_node(number, step, stages, language) for number, step in enumerate(steps)]
    head = tuple(said(text, language) for text in _TRADE_HEAD)
    columns = [said(STAGE_TEXT[stage], language) for stage in stages]
    return trade_graph(
        said(_LIFE, language), (head[0], head[1], head[2]), columns, nodes, _edges(trade, steps)
    )


def _node(number: int, step: Step, stages: Sequence[Stage], language: Language) -> Node:
    title = step.number or said(STAGE_TEXT[step.stage], language)
    href = ""
    if step.id is not None and step.stage in _PAPERS:
        href = f"/console/documents/{step.id}"
    figure = yuan(step.amount.minor) if step.amount else ""
    on = step.on.isoformat() if step.on else ""
    place = stages.index(step.stage)
    return Node(str(number), place, title, on, figure, href, _TINT[step.mark])


def _edges(trade: Trade, steps: Sequence[Step]) -> list[Edge]:
    """Papers to the papers they cite; the invoice to the receivable, and on along its stages."""
    cites = {
        filed.id: {one for numbers in filed.document.references.values() for one in numbers}
        for filed in trade.documents
    }
    edges = [
        Edge(str(a), str(b))
        for b, later in enumerate(steps)
        if later.id in cites
        for a, earlier in enumerate(steps)
        if earlier.stage in _PAPERS and earlier.number in cites[later.id] and a != b
    ]
    after = [number for number, step in enumerate(steps) if step.stage not in _PAPERS]
    lead = [n for n, step in enumerate(steps) if step.stage in (Stage.INVOICE, Stage.CONFIRMATION)]
    if after:
        edges += [Edge(str(number), str(after[0])) for number in lead]
    stages = list(dict.fromkeys(steps[number].stage for number in after))
    for one, next_ in pairwise(stages):
        edges += [
            Edge(str(a), str(b))
            for a in after
            for b in after
            if steps[a].stage is one and steps[b].stage is next_
        ]
    return edges


def partners(seen: Around, names: Mapping[str, Text], language: Language) -> Chart:
    """The firm and those it trades with; rings and ties of ownership are marked."""
    nodes = [
        Node(
            code,
            0,
            said(names[code], language)[:_NODE_LETTERS],
            href=f"/console/firms/{code}",
            tint="dawn" if code == seen.firms[0] else "",
        )
        for code in seen.firms
    ]
    trades = [
        Edge(
            one.supplier,
            one.buyer,
            _whole(one.eligible.minor),
            (one.supplier, one.buyer) in seen.ring,
        )
        for one in seen.trades
    ]
    joint = ", " if language is Language.EN else "、"
    ties = [
        Edge(
            pair.first,
            pair.second,
            joint.join(said(TIE_TEXT[tie], language) for tie in pair.ties),
            marked=True,
        )
        for pair in seen.ties
    ]
    head = tuple(said(text, language) for text in _FIRM_HEAD)
    title = said(_AROUND, language)
    return cycle_graph(title, (head[0], head[1], head[2]), nodes, [*trades, *ties])


def decided(spans: Sequence[Span], language: Language, *, days: bool) -> Chart:
    """The decisions of a day by hour, or of a week by day: approved below refused."""
    labels = [f"{span.start.astimezone(BANK_ZONE):{'%m-%d' if days else '%H'}}" for span in spans]
    good = tuple(span.approved for span in spans)
    bad = tuple(span.count - span.approved for span in spans)
    return stacked(
        said(_DAYS if days else _HOURS, language),
        said(_ON if days else _HOUR, language),
        labels,
        [
            Series(said(_APPROVED, language), good, tuple(map(str, good)), "ok"),
            Series(said(_REFUSED, language), bad, tuple(map(str, bad)), "bad"),
        ],
        width=PANEL,
    )


def course(
    title: Text, values: Sequence[tuple[date, int | Decimal | None]], kind: str, language: Language
) -> Chart | None:
    """The course of one feature, where it is known at all; `kind` is money, share or days."""
    points = [
        Point(on.isoformat(), int(value * 10_000), told(value, kind))
        for on, value in values
        if value is not None
    ]
    if not points:
        return None
    return sparkline(said(title, language), (said(_DAY, language), said(title, language)), points)


def told(value: int | Decimal | None, kind: str) -> str:
    """A feature as people read it: `kind` is money (fen), share, or a number."""
    if value is None:
        return "—"
    if kind == "money":
        return _whole(int(value))
    return percent(Decimal(value)) if kind == "share" else str(value)


def zoned(at: datetime) -> datetime:
    """The instant in the bank's own time."""
    return at.astimezone(BANK_ZONE)


def _whole(fen: int) -> str:
    """An amount to the yuan, where there is room for no more."""
    return yuan(fen).partition(".")[0]
