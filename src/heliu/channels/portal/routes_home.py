"""The first page of the portal, and what is due when."""

from typing import Final

from heliu.channels.pages.api import Answer, Visit, page
from heliu.channels.portal import forecast, store, views
from heliu.channels.portal.desk import firm, pages
from heliu.channels.portal.payables import WEEK, Filter, State, chosen, sum_of
from heliu.flows.intake.api import papers_addressed_to
from heliu.parties.identity.api import Right

_STRIP: Final = 8
_PAPERS: Final = 6
_SHOWN: Final = 5
_RECENT: Final = 200
_WIDE: Final = 620


@pages.get("/portal", Right.PAYABLES_READ)
def home(visit: Visit) -> Answer:
    """What waits for the visitor, what is due this week, and the weeks after."""
    on, buyer = visit.bank.clock.today(), firm(visit)
    with visit.transaction() as tx:
        owed = views.payables(tx, buyer, on)
        proposals = [one for one in store.listed(tx, buyer, _RECENT) if one.ruling is None]
        came = papers_addressed_to(tx, buyer, limit=_PAPERS)
        of = views.programmes_of(tx, buyer)
    waiting = chosen(owed, Filter(state=State.WAITING), on)
    week = [one for one in chosen(owed, Filter(due="week"), on) if one.state is not State.PAID]
    weeks = forecast.ahead(owed, on, _STRIP)
    return page(
        "portal/home.html",
        on=on,
        until=on + WEEK,
        waiting=waiting,
        shown=waiting[:_SHOWN],
        waiting_sum=sum_of(waiting),
        proposals=proposals,
        week=week,
        week_sum=sum_of(week),
        late=forecast.late(owed, on),
        drawn=forecast.drawn_weeks(weeks, visit.language, _WIDE),
        came=came,
        name=of[0].buyer_name if of else None,
    )


@pages.get("/portal/forecast", Right.FORECAST_READ)
def due_when(visit: Visit) -> Answer:
    """Thirteen weeks of cash, the days of a quarter, and every payable of them by its day."""
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        owed = views.payables(tx, firm(visit), on)
    weeks = forecast.ahead(owed, on)
    last = weeks[-1].first + WEEK
    soon = [
        one
        for one in chosen(owed, Filter(), on)
        if one.due_on and on <= one.due_on < last and one.state is not State.PAID
    ]
    return page(
        "portal/forecast.html",
        on=on,
        weeks=weeks,
        drawn=forecast.drawn_weeks(weeks, visit.language, _WIDE),
        days=forecast.drawn_days(owed, on, visit.language),
        soon=soon,
        late=forecast.late(owed, on),
        total=sum(week.total for week in weeks),
        financed=sum(week.financed for week in weeks),
        confirmed=sum(week.confirmed for week in weeks),
        waiting=sum(week.waiting for week in weeks),
    )
