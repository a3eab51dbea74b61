"""What the deposits desk tells the house. No account numbers, names or balances: others read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from heliu.ground.db import Tx
from heliu.ground.ids import derived_id
from heliu.ground.outbox import Fact, tell
from heliu.payments.deposits.domain.transfer import State, Transfer

TRANSFER_HELD: Final = "payments.transfer_held.v1"
TRANSFER_ENDED: Final = "payments.transfer_ended.v1"


def tell_transfers(tx: Tx, transfers: Sequence[Transfer], now: datetime) -> None:
    """Tell each transfer as it stands: held, or ended and how."""
    tell(
        tx,
        [
            Fact(derived_id("fact", kind, one.id.hex), kind, _body(one), now)
            for one in transfers
            for kind in [TRANSFER_HELD if one.state is State.HELD else TRANSFER_ENDED]
        ],
    )


def parties_of(holder: str) -> list[str]:
    """The USCC that may know of it, if the holder is a firm; persons are nobody's partners."""
    kind, _, identity = holder.partition(":")
    return [identity] if kind == "supplier" else []


def _body(transfer: Transfer) -> dict[str, object]:
    return {
        "transfer": str(transfer.id),
        "holder": transfer.holder,
        "amount": transfer.amount.minor,
        "currency": transfer.amount.currency,
        "state": transfer.state.value,
        "pays_at": transfer.pays_at.isoformat(),
        "parties": parties_of(transfer.holder),
    }
