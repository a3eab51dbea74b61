"""What repaid principal sets free of pledged goods, as the product says; the keepers are told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from heliu.credit.collateral.api import (
    Release,
    Released,
    ReleaseOrder,
    lot_not_pledged,
    lots_of_contracts,
    release,
    releases,
    securities,
    shipped_book,
)
from heliu.credit.engine.api import EventKind, balances
from heliu.credit.lending import errors
from heliu.credit.lending.domain.contract import Moment
from heliu.credit.lending.domain.deciding import Decided
from heliu.credit.products.api import Part, ReleaseRule
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money

_REPAYS: Final = frozenset({EventKind.REPAY, EventKind.PAY_OFF})


def check(tx: Tx, decided: Sequence[Decided]) -> dict[UUID, Refusal]:
    """Why the lots that acts name cannot leave for them, by act key."""
    naming = [one for one in decided if one.act.lots]
    if not naming:
        return {}
    pledged: dict[UUID | None, set[UUID]] = defaultdict(set)
    for stored in lots_of_contracts(tx, [one.life.contract.id for one in naming]):
        pledged[stored.contract_id].add(stored.lot.id)
    refused = {}
    for one in naming:
        here = pledged[one.life.contract.id]
        other = next((lot for lot in one.act.lots if lot not in here), None)
        named = one.life.product.collateral.release is ReleaseRule.AS_NAMED
        if not named or one.event.kind not in _REPAYS:
            refused[one.act.key] = errors.lots_not_named()
        elif other is not None:
            refused[one.act.key] = lot_not_pledged(other)
    return refused


def free_goods(tx: Tx, actor: Actor, posted: Sequence[Decided], at: Moment) -> dict[UUID, Released]:
    """Release what repayments set free as far as the rest stays covered; by act key."""
    paying = [one for one in posted if one.event.kind in _REPAYS and _frees(one)]
    if not paying:
        return {}
    secured = securities(tx, [one.life.contract.id for one in paying])
    going = [
        one
        for one in paying
        if (security := secured.get(one.life.contract.id)) is not None
        and security.financed.currency == one.life.contract.currency
    ]
    commands = [_command(one, secured[one.life.contract.id].financed, at) for one in going]
    answers = release(tx, actor, commands, shipped_book(), at.now)
    return {
        one.act.key: answer
        for one, answer in zip(going, answers, strict=True)
        if isinstance(answer, Released)
    }


def freed_by(tx: Tx, acts: Sequence[UUID]) -> Mapping[UUID, Released]:
    """What acts set free when they were booked, by act key."""
    keys = {_key(act): act for act in acts}
    return {keys[key]: found for key, found in releases(tx, list(keys)).items()}


def _frees(one: Decided) -> bool:
    return one.life.product.collateral.release is not ReleaseRule.BY_INSTRUCTION


def _command(one: Decided, financed: Money, at: Moment) -> Release:
    """All principal repaid so far, and all that is owed after the act."""
    owed = balances(one.state, at.business_date)
    debt = owed.principal + owed.interest_accrued + owed.interest_due
    debt += owed.penalty + owed.compound + owed.fees
    repaid = one.life.booked.get(Part.PRINCIPAL_REPAID, 0)
    return Release(
        key=_key(one.act.key),
        contract_id=one.life.contract.id,
        paid=Money(min(repaid, financed.minor), financed.currency),
        debt=Money(max(0, debt), financed.currency),
        on=at.business_date,
        order=ReleaseOrder(one.life.product.collateral.release.value),
        lots=one.act.lots,
    )


def _key(act: UUID) -> UUID:
    return derived_id("release on payment", act.hex)
