"""Programme terms: what is in force, what came before, what waits for release."""

from collections.abc import Mapping
from typing import Final

from heliu.channels.pages.api import Answer, Visit, page, unknown
from heliu.channels.portal import views
from heliu.channels.portal.desk import firm, pages
from heliu.credit.limits.api import Axis, all_lines, axes
from heliu.credit.products.api import DayCount, ProductKind, Version, diff, history, in_force
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

KIND_TEXT: Final[Mapping[ProductKind, Text]] = {
    ProductKind.BULLET: Text("到期一次还本付息", "principal and interest at maturity"),
    ProductKind.DISCOUNT: Text("放款时预收利息", "interest kept back at disbursement"),
}
COUNT_TEXT: Final[Mapping[DayCount, Text]] = {
    DayCount.ACT_360: Text("实际天数/360", "actual/360"),
    DayCount.ACT_365F: Text("实际天数/365", "actual/365"),
}
AXIS_TEXT: Final[Mapping[Axis, Text]] = {
    Axis.PROGRAMME: Text("本方案", "this programme"),
    Axis.OBLIGOR: Text("贵企业", "your enterprise"),
    Axis.GROUP: Text("贵集团", "your group"),
}


@pages.get("/portal/programmes", Right.PROGRAMME_TERMS_READ)
def listed(visit: Visit) -> Answer:
    """The enterprise's programmes."""
    with visit.transaction() as tx:
        of = views.programmes_of(tx, firm(visit))
    return page("portal/programmes.html", programmes=of, kinds=KIND_TEXT)


@pages.get("/portal/programmes/{code}", Right.PROGRAMME_TERMS_READ)
def one(visit: Visit, code: str) -> Answer:
    """One programme: the terms in force, how far its limits are used, every version."""
    with visit.transaction() as tx:
        versions = history(tx, code)
        if not any(v.programme.buyer_uscc == firm(visit) for v in versions):
            raise unknown()
        current = in_force(tx, [code], visit.bank.clock.today()).get(code)
        lines = {line.key: line for line in all_lines(tx)}
    keys = axes(current, "") if current else ()
    used = [(AXIS_TEXT[k.axis], lines[k]) for k in keys if k in lines and k.axis in AXIS_TEXT]
    return page(
        "portal/programme.html",
        programme=current or versions[-1].programme,
        current=current,
        used=used,
        kinds=KIND_TEXT,
        counts=COUNT_TEXT,
        versions=_changes(versions),
    )


def _changes(versions: list[Version]) -> list[tuple[Version, list[object]]]:
    """Each version, youngest first, with what it says otherwise than the one before."""
    found: list[tuple[Version, list[object]]] = []
    for at, version in enumerate(versions):
        before = versions[at - 1].programme if at else None
        found.append((version, list(diff(before, version.programme)) if before else []))
    return found[::-1]
