"""The supplier's first page: today's money, what is due, what was refused and why."""

from datetime import date
from typing import Final

from heliu.channels.mobile import views
from heliu.channels.mobile.desk import pages
from heliu.channels.mobile.lent import due_soon
from heliu.channels.mobile.views import Stand
from heliu.channels.pages.api import Answer, Visit, page
from heliu.parties.identity.api import Right
from heliu.payments.deposits.api import accounts_of, holder_of_firm

_SHOWN: Final = 5
_EVENING: Final = 18
_NOON: Final = 12


@pages.get("/m", Right.RECEIVABLES_READ)
def home(visit: Visit) -> Answer:
    """What may be had today, and what needs an eye."""
    assert visit.party is not None, "a supplier acts for a firm"
    on = visit.bank.clock.today()
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, on)
        accounts = accounts_of(tx, holder_of_firm(visit.party))
    ready = [card for card in cards if card.stand is Stand.READY]
    return page(
        "mobile/home.html",
        on=on,
        ready=ready,
        shown=ready[:_SHOWN],
        available=views.total([card.available for card in ready]),
        refused=[card for card in cards if card.stand is Stand.REFUSED][:_SHOWN],
        lent=[card for card in cards if card.stand is Stand.LENT],
        due=due_soon(cards, on),
        balance=views.total([standing.available for standing in accounts]) if accounts else None,
        greeting=_greeting(visit, on),
    )


@pages.get("/m/receivables", Right.RECEIVABLES_READ)
def listed(visit: Visit) -> Answer:
    """Every receivable of the firm, by how it stands; `?stand=` keeps one kind."""
    assert visit.party is not None, "a supplier acts for a firm"
    on = visit.bank.clock.today()
    wanted = visit.query.get("stand", "")
    with visit.transaction() as tx:
        cards = views.cards(tx, visit.party, on)
    counts = {stand: sum(card.stand is stand for card in cards) for stand in Stand}
    kept = [card for card in cards if not wanted or card.stand == wanted]
    return page(
        "mobile/receivables.html", cards=kept, counts=counts, wanted=wanted, names=views.STAND_TEXT
    )


@pages.get("/m/more", Right.RECEIVABLES_READ)
def more(visit: Visit) -> Answer:
    """The rest of the supplier's bank, in a list."""
    return page("mobile/more.html")


def _greeting(visit: Visit, on: date) -> int:
    """0 in the morning, 1 in the afternoon, 2 in the evening, by the machine's own day."""
    hour = visit.now.astimezone().hour
    return int(hour >= _NOON) + int(hour >= _EVENING)
