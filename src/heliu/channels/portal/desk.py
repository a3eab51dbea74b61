"""The desk's table of pages, and what its side navigation shows."""

from typing import Final

from heliu.channels.pages.api import Entry, Pages, Visit
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

pages: Final = Pages("portal")

_PAY: Final = Text("应付", "Payables")
_CHAIN: Final = Text("供应链", "Supply chain")
_JOIN: Final = Text("接入", "Connect")

for entry in (
    Entry("/portal", "w-gauge", Text("首页", "Home"), Right.PAYABLES_READ),
    Entry("/portal/payables", "w-invoice", Text("应付账款", "Payables"), Right.PAYABLES_READ, _PAY),
    Entry("/portal/proposals", "w-seal-check", Text("复核", "To check"), Right.PAYABLES_READ, _PAY),
    Entry(
        "/portal/forecast",
        "w-coins",
        Text("到期与资金", "Dues and cash"),
        Right.FORECAST_READ,
        _PAY,
    ),
    Entry(
        "/portal/suppliers",
        "w-factory",
        Text("供应商", "Suppliers"),
        Right.SUPPLIERS_ONBOARD,
        _CHAIN,
    ),
    Entry(
        "/portal/programmes",
        "w-clipboard-text",
        Text("方案条款", "Terms"),
        Right.PROGRAMME_TERMS_READ,
        _CHAIN,
    ),
    Entry(
        "/portal/documents",
        "w-stack",
        Text("单据与证据", "Documents"),
        Right.DOCUMENTS_READ,
        _CHAIN,
    ),
    Entry(
        "/portal/connect",
        "w-plugs-connected",
        Text("系统接入", "Connections"),
        Right.CONNECTIONS_MANAGE,
        _JOIN,
    ),
):
    pages.entry(entry)


def firm(visit: Visit) -> str:
    """The enterprise (USCC) the visitor acts for: whoever has a right of this desk has one."""
    assert visit.party is not None, "makers and checkers act for an enterprise"
    return visit.party
