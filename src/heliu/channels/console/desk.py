"""The desk's table of pages, and what its side navigation shows."""

from typing import Final

from heliu.channels.pages.api import Entry, Pages
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

pages: Final = Pages("console")

_TODAY: Final = Text("今天", "Today")
_TRADE: Final = Text("业务", "Trade")

for entry in (
    Entry("/console", "w-gauge", Text("实时总览", "Live wall"), Right.WALL_READ, _TODAY),
    Entry(
        "/console/receivables", "w-stack", Text("应收账款", "Receivables"), Right.TRADE_READ, _TRADE
    ),
    Entry("/console/documents", "w-package", Text("单据", "Documents"), Right.TRADE_READ, _TRADE),
    Entry("/console/firms", "w-factory", Text("企业", "Firms"), Right.TRADE_READ, _TRADE),
    Entry(
        "/console/decisions",
        "w-scales",
        Text("授信决策", "Decisions"),
        Right.DECISIONS_READ,
        _TRADE,
    ),
):
    pages.entry(entry)
