"""What is to be paid when: weeks ahead by how sure they are, and the days of a quarter. Pure.

A payable that a bank lends on is paid to that bank, a confirmed one to its supplier; one that still
waits is shown apart: it may yet be disputed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from heliu.channels.pages.api import Chart, Day, Series, calendar, stacked, yuan
from heliu.channels.portal.payables import Payable, State
from heliu.channels.web.api import Language, said
from heliu.ground.text import Text

QUARTER: Final = 13
_WEEK: Final = timedelta(weeks=1)
_TITLE: Final = Text("未来各周应付（元）", "Payable in the coming weeks (yuan)")
_WEEK_OF: Final = Text("周一", "Week of")
_DAYS: Final = Text("未来十三周每日应付", "Payable on each day of thirteen weeks")
_DUE: Final = Text("到期日", "Due on")
_AMOUNT: Final = Text("金额", "Amount")
_FINANCED: Final = Text("已融资（付给银行）", "Financed (paid to the bank)")
_CONFIRMED: Final = Text("已确认", "Confirmed")
_WAITING: Final = Text("待确认", "To confirm")


@dataclass(frozen=True, slots=True)
class Week:
    """One week [first, first + 7 days): what falls due, minor units, and of how many payables."""

    first: date
    financed: int = 0
    confirmed: int = 0
    waiting: int = 0
    count: int = 0

    @property
    def total(self) -> int:
        """All that falls due."""
        return self.financed + self.confirmed + self.waiting


def ahead(payables: Sequence[Payable], on: date, weeks: int = QUARTER) -> list[Week]:
    """The weeks from the one of `on`; what is due before `on` is late and not in them."""
    monday = on - timedelta(on.weekday())
    sums = [Week(monday + _WEEK * number) for number in range(weeks)]
    for one in payables:
        if one.state in {State.PAID, State.DISPUTED} or one.due_on is None or one.due_on < on:
            continue
        number = (one.due_on - monday).days // 7
        if number < weeks:
            sums[number] = _with(sums[number], one)
    return sums


def late(payables: Sequence[Payable], on: date) -> list[Payable]:
    """What should have been paid before `on`, and was not as far as the bank knows."""
    found = [one for one in payables if one.late(on) and one.financed]
    return sorted(found, key=lambda one: (one.due_on or on, one.receivable.invoice_no))


def drawn_weeks(weeks: Sequence[Week], language: Language, width: int) -> Chart:
    """The weeks as columns of parts, with their table."""
    parts = (
        (_FINANCED, "sky", [week.financed for week in weeks]),
        (_CONFIRMED, "", [week.confirmed for week in weeks]),
        (_WAITING, "gold", [week.waiting for week in weeks]),
    )
    series = [
        Series(said(label, language), tuple(values), tuple(yuan(v) for v in values), tint)
        for label, tint, values in parts
    ]
    columns = [f"{week.first:%m-%d}" for week in weeks]
    return stacked(said(_TITLE, language), said(_WEEK_OF, language), columns, series, width=width)


def drawn_days(payables: Sequence[Payable], on: date, language: Language) -> Chart:
    """The days of a quarter as a heat."""
    sums: dict[date, int] = {}
    for one in payables:
        due = one.due_on
        if due is None or one.state in {State.PAID, State.DISPUTED}:
            continue
        if on <= due < on + QUARTER * _WEEK:
            sums[due] = sums.get(due, 0) + one.invoiced.minor
    days = [Day(day, minor, yuan(minor)) for day, minor in sorted(sums.items())]
    head = (said(_DUE, language), said(_AMOUNT, language))
    return calendar(said(_DAYS, language), head, days, first=on, weeks=QUARTER)


def _with(week: Week, one: Payable) -> Week:
    minor, sure = one.invoiced.minor, one.state is State.CONFIRMED
    return Week(
        week.first,
        week.financed + minor * one.financed,
        week.confirmed + minor * (sure and not one.financed),
        week.waiting + minor * (not sure and not one.financed),
        week.count + 1,
    )
