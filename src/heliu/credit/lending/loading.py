"""Loading contracts with all that was recorded of them, in a fixed number of round trips."""

from collections.abc import Sequence
from uuid import UUID

from heliu.credit.engine.api import Status
from heliu.credit.lending import store
from heliu.credit.lending.domain.contract import Funds
from heliu.credit.lending.domain.deciding import Life
from heliu.credit.lending.domain.exposure import Change
from heliu.credit.products.api import loan_products_by_no
from heliu.ground.db import Tx


def load_lives(
    tx: Tx, numbers: Sequence[int]
) -> tuple[dict[UUID, Life], dict[tuple[UUID, int], Funds]]:
    """The lives of contracts by id, and the funds of each act by (contract id, event number)."""
    contracts, past, states, papers = store.load(tx, numbers)
    products = loan_products_by_no(tx, [c.product_no for c in contracts.values()])
    lives: dict[UUID, Life] = {}
    funds: dict[tuple[UUID, int], Funds] = {}
    for no, contract in contracts.items():
        lives[contract.id] = Life(
            contract=contract,
            product=products[contract.product_no].product,
            papers=papers[no][0],
            events=tuple(one.event for one in past[no]),
            exposures=tuple(Change(one.event.id, one.exposure_change) for one in past[no]),
            principal=states[no].principal,
            booked=states[no].booked,
            cancelled=states[no].status is Status.CANCELLED,
        )
        funds |= {(contract.id, one.event.no): Funds(one.funds) for one in past[no]}
    return lives, funds
