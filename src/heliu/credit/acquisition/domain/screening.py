"""A list screened: who is who, who is listed twice, and what the bank knows of each. Pure.

Lines without a true USCC, and further lines of a supplier already listed, are set aside with a
complaint; everything else becomes a flag that a rule of the release speaks about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from heliu.credit.acquisition.domain import identity
from heliu.credit.acquisition.domain.columns import (
    COUNTS,
    EXPOSURE,
    FLAGS,
    NUMBERS,
    PURCHASES,
    Array,
    Bools,
    Columns,
    columns_of,
)
from heliu.credit.acquisition.domain.complaints import Complaint, Fault

_THOUSAND: Final = 1000


@dataclass(frozen=True, slots=True)
class Registered:
    """What the register says of a listed supplier; `related` to the core enterprise."""

    active: bool
    registered_on: date | None
    related: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the bank knows when a list comes; `core_*` are the core enterprise's."""

    register: Mapping[str, Registered]
    enrolled: frozenset[str]
    stopped: frozenset[str]
    core: str
    core_representative: str | None
    core_account: str


def identified(table: pa.Table) -> tuple[pa.Table, list[Complaint]]:
    """The lines of `table` with a true USCC, each supplier once, and a flag `contradicted`.

    Of several lines of one supplier the first counts; if another says something else, it is
    contradicted, and a rule refuses it.
    """
    codes = pc.ascii_upper(table.column("uscc").combine_chunks())
    table = table.set_column(table.schema.get_field_index("uscc"), "uscc", codes)
    true = _true_codes(codes)
    lines = table.column("line").to_numpy()
    complaints = [Complaint(int(n), "uscc", Fault.USCC) for n in lines[~true]]
    if not true.all():
        table = table.filter(pa.array(true)).combine_chunks()
    first = _first_places(column(table, "uscc"))
    again = np.flatnonzero(first != np.arange(len(first)))
    lines = table.column("line").to_numpy()
    complaints += [
        Complaint(int(lines[n]), "uscc", Fault.TWICE, int(lines[first[n]])) for n in again
    ]
    contradicted = np.zeros(len(table), np.int8)
    if len(again):
        contradicted[first[again][_differ(table, again, first[again])]] = 1
    table = table.append_column("contradicted", pa.array(contradicted))
    if len(again):
        kept = np.ones(len(table), np.bool_)
        kept[again] = False
        table = table.filter(pa.array(kept)).combine_chunks()
    return table, complaints


def flagged(table: pa.Table, known: Known) -> pa.Table:
    """`table` (from `identified`) with the register's word: flags, and dates where it has them."""
    codes = column(table, "uscc")
    size = len(table)
    active, related = np.full(size, -1, np.int8), np.zeros(size, np.int8)
    registered = column(table, "registered_on")
    if known.register:
        at = _places(codes, known.register)
        listed = list(known.register.values())
        found = np.flatnonzero(at >= 0)
        active[found] = np.array([one.active for one in listed], np.int8)[at[found]]
        related[found] = np.array([one.related for one in listed], np.int8)[at[found]]
        dates = pa.array([one.registered_on for one in listed], pa.date32())
        told = dates.take(pa.array(at, mask=at < 0))
        registered = pc.coalesce(told, registered)
    related |= _same(codes, known.core)
    related |= _same(column(table, "account"), known.core_account)
    if known.core_representative:
        related |= _same(column(table, "legal_representative"), known.core_representative)
    place = table.schema.get_field_index("registered_on")
    table = table.set_column(place, "registered_on", registered)
    for name, flag in (
        ("already_enrolled", _is(codes, known.enrolled)),
        ("register_active", active),
        ("related_party", related),
        ("stop_warning", _is(codes, known.stopped)),
    ):
        table = table.append_column(name, pa.array(flag, pa.int8()))
    return table


def without_flags(table: pa.Table) -> pa.Table:
    """`table` of suppliers of whom the bank knows nothing: no flag is raised."""
    size = len(table)
    for name in FLAGS:
        flag = np.full(size, -1 if name == "register_active" else 0, np.int8)
        table = table.append_column(name, pa.array(flag))
    return table


def features(table: pa.Table, on: date) -> Columns:
    """The features of a flagged table on business date `on`."""
    purchases = _numpy(table, PURCHASES)
    known: dict[str, Array] = {PURCHASES: purchases}
    for name in NUMBERS:
        if name in table.column_names:
            known[name] = _numpy(table, name)
    days = column(table, "registered_on").cast(pa.int32()).cast(pa.float64())
    epoch = (on - date(1970, 1, 1)).days
    known["age_days"] = epoch - days.to_numpy(zero_copy_only=False)
    before, other = column(table, "previous_purchases_minor"), column(table, "other_exposure_minor")
    known["purchases_growth_permille"] = _permille(purchases, before, less=True)
    known[EXPOSURE] = _permille_of(other, purchases)
    for name in FLAGS:
        known[name] = _numpy(table, name)
    known |= {name: known[name].astype(np.float32) for name in COUNTS}
    return columns_of(known)


def _permille(now: Array, before: pa.Array, *, less: bool) -> Array:
    told = before.fill_null(0).to_numpy(zero_copy_only=False)
    divisor = np.where(told > 0, told, 1)
    change = (now - (told if less else 0)) * _THOUSAND // divisor
    return np.where(told > 0, change.astype(np.float64), np.nan)


def _permille_of(part: pa.Array, whole: Array) -> Array:
    told = part.fill_null(-1).to_numpy(zero_copy_only=False)
    share = told * _THOUSAND // np.where(whole > 0, whole, 1)
    return np.where((told >= 0) & (whole > 0), share.astype(np.float64), np.nan)


def _true_codes(codes: pa.Array) -> Bools:
    long = pc.equal(pc.binary_length(codes), identity.LENGTH).to_numpy(zero_copy_only=False)
    true = np.zeros(len(codes), np.bool_)
    written = codes if long.all() else codes.filter(pa.array(long))
    true[long] = identity.valid(identity.fixed(written))
    return true


def _first_places(codes: pa.Array) -> Array:
    """For every place, the first place of the same code; empty if no code stands twice."""
    prints = np.sort(identity.fingerprints(identity.fixed(codes)))
    if not (prints[1:] == prints[:-1]).any():
        return np.empty(0, np.int64)
    kinds = pc.dictionary_encode(codes).indices.to_numpy()
    first = np.empty(int(kinds.max(initial=-1)) + 1, np.int64)
    first[kinds[::-1]] = np.arange(len(kinds))[::-1]
    return np.asarray(first[kinds])


def _differ(table: pa.Table, places: Array, others: Array) -> Bools:
    differ = np.zeros(len(places), np.bool_)
    for name in table.column_names:
        if name == "line":
            continue
        said = column(table, name)
        one, other = said.take(pa.array(places)), said.take(pa.array(others))
        same = pc.fill_null(pc.equal(one, other), False)  # noqa: FBT003
        neither = pc.and_(pc.is_null(one), pc.is_null(other))
        differ |= ~pc.or_(same, neither).to_numpy(zero_copy_only=False)
    return differ


def _places(codes: pa.Array, register: Mapping[str, Registered]) -> Array:
    found = pc.index_in(codes, pa.array(list(register), pa.string()))
    return np.asarray(found.fill_null(-1))


def _same(said: pa.Array, wanted: str) -> Array:
    return np.asarray(pc.fill_null(pc.equal(said, wanted), False), np.int8)  # noqa: FBT003


def _is(said: pa.Array, wanted: frozenset[str]) -> Array:
    listed = pa.array(sorted(wanted), pa.string())
    return np.asarray(pc.is_in(said, listed), np.int8)


def _numpy(table: pa.Table, name: str) -> Array:
    return np.asarray(column(table, name))


def column(table: pa.Table, name: str) -> pa.Array:
    """One column of `table` in one piece."""
    combined = table.column(name).combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined
