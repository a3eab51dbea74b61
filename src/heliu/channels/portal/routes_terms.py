"""Programme terms: what is in force, what came before, what waits for release."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from heliu.channels.pages.api import Answer, Visit, page, unknown
from heliu.channels.portal import views
from heliu.channels.portal.desk import firm, pages
from heliu.credit.limits.api import Axis, all_lines, axes
from heliu.credit.products.api import (
    Change,
    DayCount,
    Enrolled,
    ProductKind,
    Programme,
    Version,
    diff,
    history,
    in_force,
)
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


@dataclass(frozen=True, slots=True)
class Changed:
    """A version, and what it says otherwise than the one before; the first says all anew."""

    version: Version
    fields: tuple[Change, ...]
    joined: tuple[Enrolled, ...]
    left: tuple[Enrolled, ...]


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


def _changes(versions: list[Version]) -> list[Changed]:
    """Each version, youngest first, with what it says otherwise than the one before."""
    before = [None, *(version.programme for version in versions[:-1])]
    return [_changed(old, new) for old, new in zip(before, versions, strict=True)][::-1]


def _changed(old: Programme | None, version: Version) -> Changed:
    if old is None:
        return Changed(version, (), (), ())
    new = version.programme
    joined = tuple(one for one in new.suppliers if old.supplier(one.uscc) is None)
    left = tuple(one for one in old.suppliers if new.supplier(one.uscc) is None)
    # Who joins or leaves is told by name; what changed of the others field by field.
    whole = {one.uscc for one in (*joined, *left)}
    fields = tuple(
        change
        for change in diff(old, new)
        if not (change.field.startswith("suppliers.") and change.field.split(".")[1] in whole)
    )
    return Changed(version, fields, joined, left)
