"""How collateral is shown: outcomes of acts, and a lot as it stands."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any, Final

from heliu.credit.collateral.api import Appraised, Lot, Released, Stored
from heliu.ground.errors import Refusal
from heliu.ground.money import Money


def stored_of(stored: Stored, *names: str) -> dict[str, object]:
    """A lot as it stands; quantities in the goods' unit. Only `names`, if any are given."""
    lot, held = stored.lot, stored.holding
    said: dict[str, object] = {
        "lot": lot.id,
        "receipt": f"{lot.receipt_no}/{lot.receipt_line}",
        "custodian": lot.custodian_uscc,
        "goods": lot.goods,
        "unit": lot.unit,
        "status": held.status.value,
        "verified": _units(held.verified_milli),
        "pledged": _units(held.pledged_milli),
        "released": _units(held.released_milli),
        "seized": _units(held.seized_milli),
        "remaining": _units(held.remaining_milli),
        "held": held.held,
    }
    return {name: said[name] for name in names} if names else said


def _units(milli: int) -> str:
    return f"{Decimal(milli) / 1000:f}"


def plain_of(outcome: object) -> dict[str, Any]:
    """What became of an act, as it stands in JSON."""
    said = next((say(outcome) for kind, say in _SAID.items() if isinstance(outcome, kind)), None)
    if said is not None:
        return said
    if is_dataclass(outcome) and not isinstance(outcome, type):
        return {field.name: _word(getattr(outcome, field.name)) for field in fields(outcome)}
    return {"done": _word(outcome)}


def _refused(refusal: Refusal) -> dict[str, Any]:
    texts = {"reason": refusal.reason.plain(), "cure": refusal.cure.plain()}
    return {"refused": refusal.code, **texts, "facts": refusal.facts}


def _appraised(outcome: Appraised) -> dict[str, Any]:
    return {
        "contract": outcome.contract_id,
        "market": str(outcome.coverage.market),
        "lendable": str(outcome.coverage.lendable),
        "coverage_bp": outcome.coverage.ratio_bp,
        "moved": [event.kind.value for event in outcome.moved],
    }


def _released(outcome: Released) -> dict[str, Any]:
    freed = {str(lot): _units(quantity) for lot, quantity in outcome.quantities}
    return {"contract": outcome.contract_id, "freed": freed, "withheld": outcome.withheld}


def _word(value: object) -> object:
    if isinstance(value, Money):
        return str(value)
    return [str(one) for one in value] if isinstance(value, tuple) else value


def line_of(outcome: object) -> str:
    """What became of an act, in one line."""
    said = plain_of(outcome).items()
    return ", ".join(f"{key} {value}" for key, value in said if value not in (None, [], {}))


_SAID: Final[Mapping[type, Callable[[Any], dict[str, Any]]]] = {
    Refusal: _refused,
    Lot: lambda lot: {"lot": lot.id, "quantity": _units(lot.quantity_milli)},
    Stored: stored_of,
    Appraised: _appraised,
    Released: _released,
    Money: lambda amount: {"called": str(amount)},
}
