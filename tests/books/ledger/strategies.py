"""Made-up books and transfers for the ledger's property tests."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from heliu.books.ledger.api import Account, AccountId, Phase, Side, Transfer
from heliu.books.ledger.domain.account import account_id
from heliu.ground.money import Money

NOW = datetime(2026, 5, 20, 1, tzinfo=UTC)
DAY = date(2026, 5, 20)
CURRENCIES = {"CNY": 156, "USD": 840}
FLOORS = [None, 0, 0, 0, -50]


def chart() -> list[Account]:
    """Six accounts of each currency, debit- and credit-normal, most with a floor."""
    accounts = []
    for place in range(12):
        currency = "CNY" if place < 9 else "USD"
        side = Side.DEBIT if place % 3 == 0 else Side.CREDIT
        number = account_id(CURRENCIES[currency], place + 1)
        floor = FLOORS[place % 5]
        accounts.append(Account(number, f"a{place}", "any", currency, floor, side))
    return accounts


ACCOUNTS = chart()
ids = st.sampled_from([*(a.id for a in ACCOUNTS), AccountId(156 * 10**12 + 77)])
keys = st.integers(0, 40).map(lambda n: UUID(int=n + 1))


@st.composite
def transfers(draw: st.DrawFn) -> Transfer:
    """A transfer that often collides with others: few accounts, few keys, small amounts."""
    phase = draw(st.sampled_from([Phase.POSTED] * 5 + [Phase.PENDING, Phase.POST, Phase.VOID]))
    resolves = phase in (Phase.POST, Phase.VOID)
    expires = draw(st.sampled_from([None, NOW + timedelta(hours=1)]))
    return Transfer(
        key=draw(keys),
        debit=draw(ids),
        credit=draw(ids),
        amount=Money(draw(st.integers(0, 60)), draw(st.sampled_from(["CNY"] * 9 + ["USD"]))),
        code=draw(st.sampled_from([1, 1, 1, 2])),
        business_date=DAY,
        phase=phase,
        linked=draw(st.sampled_from([False, False, False, True])),
        pending_key=draw(keys) if resolves else None,
        expires_at=expires if phase is Phase.PENDING else None,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[list[Transfer]]:
    """Batches of transfers, cut between chains only."""
    flat = draw(st.lists(transfers(), min_size=1, max_size=60))
    # Resolve what is there: most POST and VOID repeat an earlier pending transfer's accounts.
    pending = [t for t in flat if t.phase is Phase.PENDING]
    for at, transfer in enumerate(flat):
        if transfer.pending_key and pending and draw(st.integers(0, 4)):
            aim = draw(st.sampled_from(pending))
            whole = aim.amount.minor
            part = min(transfer.amount.minor, whole)
            amount = part if transfer.phase is Phase.POST else whole
            flat[at] = Transfer(
                key=transfer.key,
                debit=aim.debit,
                credit=aim.credit,
                amount=Money(amount, aim.amount.currency),
                code=transfer.code,
                business_date=DAY,
                phase=transfer.phase,
                linked=transfer.linked,
                pending_key=aim.key,
            )
    cuts = draw(st.sets(st.integers(1, len(flat))))
    batches: list[list[Transfer]] = [[]]
    for at, transfer in enumerate(flat):
        if at in cuts and batches[-1] and not batches[-1][-1].linked:
            batches.append([])
        batches[-1].append(transfer)
    return batches
