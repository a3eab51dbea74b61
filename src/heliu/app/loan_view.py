"""How loans are shown: outcomes of commands, one loan at a glance, what was booked of it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import typer
from rich.table import Table

from heliu.app.say import json_document, out, refuse, two
from heliu.credit.lending.api import Cancelled, Done, Entered, Glance, JournalRow, Opened
from heliu.credit.products.api import Part
from heliu.ground.errors import Refusal
from heliu.ground.money import Money


def tell(
    outcomes: Sequence[Opened | Done | Entered | Cancelled | Refusal], *, as_json: bool
) -> None:
    """What became of each command, in order; exit 1 if one was refused."""
    if as_json:
        json_document([outcome(one) for one in outcomes])
    else:
        for one in outcomes:
            if isinstance(one, Refusal):
                refuse(one)
            else:
                out.print(line(one), soft_wrap=True)
    if any(isinstance(one, Refusal) for one in outcomes):
        raise typer.Exit(1)


def line(one: Opened | Done | Entered | Cancelled) -> str:
    """What became of a command, in one line."""
    again = two(" (重复指令)", " (as before)") if one.again else ""
    match one:
        case Opened():
            return two(f"合同 {one.contract_id}", f"contract {one.contract_id}") + again
        case Done():
            lines = len(one.transfers)
            said = two(f"事件 {one.event_no}, {lines} 笔分录", f"act {one.event_no}, {lines} rows")
            return f"{one.contract_id}: {said}{_goods(one)}{again}"
        case Cancelled():
            return (
                two(f"合同 {one.contract_id} 已取消", f"contract {one.contract_id} is cancelled")
                + again
            )
        case Entered():
            return f"{one.contract_id}: {one.papers.stage}{again}"


def outcome(one: Opened | Done | Entered | Cancelled | Refusal) -> dict[str, Any]:
    """What became of a command, as JSON has it."""
    match one:
        case Refusal():
            return {
                "status": "refused",
                "code": one.code,
                "reason": one.reason.plain(),
                "cure": one.cure.plain(),
                "facts": one.facts,
            }
        case Opened():
            return {"status": "opened", "contract_id": one.contract_id, "again": one.again}
        case Done():
            return {
                "status": "booked",
                "contract_id": one.contract_id,
                "event_no": one.event_no,
                "transfers": one.transfers,
                "payment_id": one.payment_id,
                "released": _released(one),
                "again": one.again,
            }
        case Cancelled():
            return {"status": "cancelled", "contract_id": one.contract_id, "again": one.again}
        case Entered():
            return {
                "status": "entered",
                "contract_id": one.contract_id,
                "stage": one.papers.stage,
                "base_value_minor": one.papers.base_value,
                "short_minor": one.short,
                "again": one.again,
            }


def _goods(one: Done) -> str:
    if one.released is None:
        return ""
    lots = len(one.released.quantities)
    if one.released.withheld is not None:
        return two(", 货物未放行", ", no goods leave") + f" ({one.released.withheld})"
    return two(f", 放行 {lots} 批货物", f", goods leave of {lots} lots")


def _released(one: Done) -> dict[str, Any] | None:
    if one.released is None:
        return None
    lots = [{"lot": lot, "quantity_milli": milli} for lot, milli in one.released.quantities]
    return {"lots": lots, "withheld": one.released.withheld}


def told(one: Glance) -> dict[str, Any]:
    """A loan at a glance, as JSON has it."""
    head = one.head._asdict()
    plan = [row._asdict() for row in one.plan]
    return {
        "on": one.on,
        **head,
        "accrued": one.accrued,
        "overdue": one.overdue,
        "oldest_unpaid_due": one.oldest_unpaid_due,
        "plan": plan,
    }


def draw(one: Glance, booked: Sequence[dict[str, Any]]) -> None:
    """Draw a loan at a glance, its plan and what was booked of it."""
    head = one.head
    out.print(f"[bold]{head.product} v{head.version}[/] {head.id} · {head.status} · {head.stage}")
    facts = Table(show_header=False, box=None)
    facts.add_row(two("未还本金", "outstanding"), amount(one, head.outstanding))
    facts.add_row(two("本期应计利息", "accrued this period"), amount(one, one.accrued))
    facts.add_row(two("逾期", "overdue"), amount(one, one.overdue))
    if head.overpaid:
        facts.add_row(two("多付", "overpaid"), amount(one, head.overpaid))
    facts.add_row(two("到期日", "matures"), str(head.matures_on))
    out.print(facts)
    plan = Table("no", "due", "principal", "interest", "fees", "paid", "settled", title="plan")
    for row in one.plan:
        paid = row.principal_paid + row.interest_paid + row.fees_paid + row.penalties_paid
        plan.add_row(
            *(str(row.number), str(row.due_date), amount(one, row.principal)),
            *(amount(one, row.interest), amount(one, row.fees + row.penalties)),
            *(amount(one, paid), _day(row.settled_on)),
        )
    out.print(plan)
    drawn = Table("act", "kind", "on", "debit", "credit", "amount", title="journal")
    for line in booked:
        drawn.add_row(
            *(str(line["event_no"]), line["kind"], str(line["effective_on"])),
            *(line["debit"], line["credit"], amount(one, line["amount_minor"])),
        )
    out.print(drawn)


def amount(one: Glance, minor: int) -> str:
    """An amount of the loan in major units."""
    return str(Money(minor, one.head.currency))


def _day(day: date | None) -> str:
    return "" if day is None else str(day)


def lines(journal: Sequence[JournalRow]) -> list[dict[str, Any]]:
    """What acts booked, in words."""
    return [
        {
            "event_no": line.event_no,
            "kind": line.kind,
            "effective_on": line.effective_on,
            "business_date": line.business_date,
            "part": Part(line.code).word,
            "debit": line.debit,
            "credit": line.credit,
            "amount_minor": line.amount,
        }
        for line in journal
    ]
