"""The supplier's first page: today's money, what is due, what was refused and why."""

from datetime import date
from typing import Final

from heliu.channels.mobile import views
from heliu.channels.mobile.desk import pages
from heliu.channels.mobile.lent import due_soon
from heliu.channels.mobile.views import Stand
from heliu.channels.pages.api import Answer, Visit, page, see_other
from heliu.parties.identity.api import Right
from heliu.payments.deposits.api import accounts_of, holder_of_firm

_SHOWN: Final = 5
_EVENING: Final = 18
_NOON: Final = 12


@pages.get("/m", Right.SELF)
def home(visit: Visit) -> Answer:
    """What may be had today, and what needs an eye; who is no supplier begins elsewhere."""
    if not visit.may(Right.RECEIVABLES_READ):
        return see_other(_elsewhere(visit))
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


def _elsewhere(visit: Visit) -> str:
    """Where somebody begins who has no receivables: his accounts, whom he guards, himself."""
    if visit.may(Right.ACCOUNTS_READ):
        return "/m/accounts"
    return "/care/guard" if visit.may(Right.GUARD) else "/me"


def _greeting(visit: Visit, on: date) -> int:
    """0 in the morning, 1 in the afternoon, 2 in the evening, by the machine's own day."""
    hour = visit.now.astimezone().hour
    return int(hour >= _NOON) + int(hour >= _EVENING)
