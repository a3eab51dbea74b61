"""What the bank knows when a list comes: the register, who is enrolled, whom a warning stops."""

from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from heliu.credit.acquisition import store
from heliu.credit.acquisition.domain.screening import Known, Registered, column
from heliu.credit.products.api import Programme
from heliu.ground.db import Tx
from heliu.parties.party.api import AsOf, Status, find_parties, related_pairs


def known(tx: Tx, programme: Programme, table: pa.Table, on: date, now: datetime) -> Known:
    """What is known of the suppliers in `table` on business date `on`."""
    as_of = AsOf(on, now)
    codes = column(table, "uscc")
    # What both the register and the list hold is looked at closely.
    register = pa.array(store.registered(tx), pa.string())
    listed = codes.filter(pc.is_in(codes, register)).to_pylist()
    core = programme.buyer_uscc
    parties = find_parties(tx, [core, *listed], as_of)
    ties = related_pairs(tx, [core, *listed], as_of)
    related = {pair.second if pair.first == core else pair.first
               for pair in ties if core in (pair.first, pair.second)}  # fmt: skip
    buyer = parties.get(core)
    return Known(
        register={
            uscc: Registered(
                active=party.profile.status is Status.ACTIVE,
                registered_on=party.profile.registered_on,
                related=uscc in related,
            )
            for uscc, party in parties.items()
        },
        enrolled=frozenset(supplier.uscc for supplier in programme.suppliers),
        stopped=store.stopped(tx, on),
        core=core,
        core_representative=buyer.profile.legal_representative if buyer else None,
        core_account=programme.buyer_account,
    )
