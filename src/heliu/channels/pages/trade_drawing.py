"""A trade drawn: its steps from the order to the last cash, each linked to its own page."""

from collections.abc import Callable, Sequence

from heliu.channels.pages.charts import Chart
from heliu.channels.pages.charts_graph import Edge, Node, trade_graph
from heliu.channels.pages.rendering import yuan
from heliu.channels.pages.trade import STAGE_TEXT, Mark, Stage, Step
from heliu.channels.web.api import Language, said
from heliu.ground.text import Text

TITLE = Text("一笔生意的全程", "The whole life of this trade")
_HEAD = (Text("从", "From"), Text("到", "To"), Text("说明", "What"))
_TINTS = {Mark.DONE: "ok", Mark.AWAITED: "gold", Mark.REFUSED: "bad"}
_NOTES = {Mark.AWAITED: Text("等待中", "awaited"), Mark.REFUSED: Text("未通过", "refused")}


def drawn_trade(steps: Sequence[Step], language: Language, href: Callable[[Step], str]) -> Chart:
    """The graph of `steps` (of one trade, in order); `href` is "" for a step without a page."""
    stages = [stage for stage in Stage if any(step.stage is stage for step in steps)]
    nodes = [
        Node(
            key=str(number),
            column=stages.index(step.stage),
            title=step.number or said(STAGE_TEXT[step.stage], language),
            note=_note(step, language),
            figure=yuan(step.amount.minor) if step.amount else "",
            href=href(step),
            tint=_TINTS[step.mark],
        )
        for number, step in enumerate(steps)
    ]
    head = (said(_HEAD[0], language), said(_HEAD[1], language), said(_HEAD[2], language))
    columns = [said(STAGE_TEXT[stage], language) for stage in stages]
    return trade_graph(said(TITLE, language), head, columns, nodes, _edges(nodes))


def _note(step: Step, language: Language) -> str:
    words = [step.on.isoformat()] if step.on else []
    if step.mark in _NOTES:
        words.append(said(_NOTES[step.mark], language))
    return " · ".join(words)


def _edges(nodes: Sequence[Node]) -> list[Edge]:
    """What stands in one column led to what stands in the next."""
    return [
        Edge(one.key, other.key)
        for one in nodes
        for other in nodes
        if other.column - one.column == 1
    ]
