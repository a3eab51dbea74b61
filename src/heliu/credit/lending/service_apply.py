"""Use case: from accepted applications to contracts of exactly the terms both sides signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from heliu.credit.lending import errors, store
from heliu.credit.lending.domain.applied import application_key
from heliu.credit.lending.domain.contract import APPLICATION, Moment, Open
from heliu.credit.lending.service_open import Opened, contract_id, open_contracts
from heliu.credit.origination.api import Accepted, Application, accepted, find
from heliu.credit.products.api import (
    LoanProduct,
    loan_product_history,
    loan_product_unknown,
    periods_of,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal


@dataclass(frozen=True, slots=True)
class OpenApplied:
    """Agree the contract of a completed application; `evidence` as in `Open`, but for itself."""

    application_id: UUID
    programme: str | None = None
    evidence: Mapping[str, tuple[UUID, ...]] = field(default_factory=dict)


def open_applied(
    tx: Tx, actor: Actor, commands: Sequence[OpenApplied], at: Moment
) -> list[Opened | Refusal]:
    """Open the contract of each application, in order; a refusal refuses only its own command.

    An application has one contract: again answers with it. What secures the application is what the
    papers are worth, and its debtor the obligor, where the product asks for them.
    """
    ids = [command.application_id for command in commands]
    known = store.numbers(tx, [contract_id(application_key(one)) for one in ids])
    lives, terms = find(tx, ids), accepted(tx, ids)
    shelf = _products(tx, terms)
    outcomes: list[Opened | Refusal | None] = []
    opening: list[Open] = []
    for command in commands:
        identity = contract_id(application_key(command.application_id))
        if identity in known:
            outcomes.append(Opened(identity, again=True))
            continue
        asked = _open(command, lives, terms, shelf, at)
        if isinstance(asked, Refusal):
            outcomes.append(asked)
            continue
        outcomes.append(None)
        opening.append(asked)
    opened = iter(open_contracts(tx, actor, opening, at))
    return [next(opened) if outcome is None else outcome for outcome in outcomes]


def _products(tx: Tx, terms: Mapping[UUID, Accepted]) -> dict[tuple[str, int], LoanProduct]:
    codes = {one.product_code for one in terms.values()}
    return {
        (code, version.product.version): version.product
        for code in codes
        for version in loan_product_history(tx, code)
    }


def _open(
    command: OpenApplied,
    lives: Mapping[UUID, Application],
    terms: Mapping[UUID, Accepted],
    shelf: Mapping[tuple[str, int], LoanProduct],
    at: Moment,
) -> Open | Refusal:
    life, agreed = lives.get(command.application_id), terms.get(command.application_id)
    if life is None or agreed is None:
        return errors.application_not_complete(life.stage.value if life else None)
    product = shelf.get((agreed.product_code, agreed.product_version))
    if product is None:
        return loan_product_unknown(agreed.product_code)
    periods = periods_of(product, agreed.tenor_days)
    if periods is None:
        return errors.tenor_not_whole(agreed.tenor_days)
    held = life.filing.property
    return Open(
        key=application_key(command.application_id),
        product=agreed.product_code,
        borrower_uscc=agreed.borrower,
        principal=agreed.amount,
        annual_rate=agreed.annual_rate,
        on=at.business_date,
        periods=periods,
        obligor_uscc=held.debtor if held and product.parties.obligor is not None else None,
        programme=command.programme,
        inputs=agreed.inputs,
        evidence={**command.evidence, APPLICATION: (command.application_id,)},
        base_value=held.value if held and product.stages[0].advance_rate is not None else None,
        version=agreed.product_version,
    )
