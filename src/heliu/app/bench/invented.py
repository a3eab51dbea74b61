"""An invented core enterprise and its suppliers, as many as wanted, always the same ones."""

from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from heliu.credit.acquisition.api import SCHEMA
from heliu.credit.products.api import Programme, read_programme
from heliu.parties.party.api import USCC_ALPHABET

_SAMPLE: Final = files("heliu") / "samples" / "trade" / "programmes" / "haihe-appliances.yaml"
PROGRAMME: Final[Programme] = replace(read_programme(Path(str(_SAMPLE))), version=1)
_DIVISIONS: Final = (110000, 660000)
_ORGANISATION: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def supplier_table(size: int, seed: int) -> pa.Table:
    """`size` suppliers of every kind: good ones, bad ones, and some of whom little is known."""
    rng = np.random.default_rng(seed)
    purchases = np.minimum(np.exp(rng.normal(19.5, 2.0, size)), 1e13).astype(np.int64)
    before = (purchases * rng.uniform(0.5, 1.6, size)).astype(np.int64)
    other = (purchases * rng.beta(1, 6, size)).astype(np.int64)
    days = (date(2026, 3, 1) - date(1970, 1, 1)).days - rng.integers(100, 9000, size)
    columns: dict[str, Any] = {
        "line": pa.array(np.arange(2, size + 2), pa.int32()),
        "uscc": pa.array(_codes(size, rng).tolist(), pa.string()),
        "name": pa.array([f"{n} 号供应商有限公司" for n in range(size)]),
        "account": pa.array([f"{6_222_000_000_000_000 + n}" for n in range(size)]),
        "legal_representative": pa.nulls(size, pa.string()),
        "registered_on": pa.array(days.astype(np.int32)).cast(pa.date32()),
        "annual_purchases_minor": pa.array(purchases),
        "previous_purchases_minor": pa.array(before, mask=rng.random(size) < 0.2),  # noqa: PLR2004
        "other_exposure_minor": pa.array(other, mask=rng.random(size) < 0.4),  # noqa: PLR2004
        "cooperation_years": _some(rng, np.round(rng.exponential(3, size), 1), 0.05),
        "orders_12m": pa.array(rng.poisson(20, size).astype(np.float64)),
        "invoices_12m": pa.array(rng.poisson(16, size).astype(np.float64)),
        "returns_rate": _some(rng, np.round(rng.beta(1, 40, size), 4), 0.1),
        "late_delivery_rate": _some(rng, np.round(rng.beta(1, 15, size), 4), 0.1),
        "payment_days": pa.array(rng.choice([30.0, 45, 60, 75, 90, 120, 150], size)),
    }
    return pa.table(columns).cast(SCHEMA)


def _some(rng: np.random.Generator, values: Any, unknown: float) -> pa.Array:
    return pa.array(values, mask=rng.random(len(values)) < unknown)


def _codes(size: int, rng: np.random.Generator) -> Any:
    """True USCCs of department 9, category 1, by GB 32100 and GB 11714."""
    letters = np.frombuffer(USCC_ALPHABET.encode(), np.uint8)
    place = np.empty((size, 18), np.int64)
    place[:, :2] = 9, 1
    division = rng.integers(*_DIVISIONS, size)
    for digit in range(6):
        place[:, 7 - digit] = division // 10**digit % 10
    place[:, 8:16] = rng.integers(0, len(USCC_ALPHABET), (size, 8))
    # Distinct: the number in base 31 stands in the last places of the organisation's eight.
    number = np.arange(size)
    for digit in range(5):
        place[:, 15 - digit] = number // 31**digit % 31
    text = letters[np.minimum(place, 30)]
    own = np.array([_ORGANISATION.index(c) for c in USCC_ALPHABET])[place[:, 8:16]]
    check = (-(own @ np.array([3, 7, 9, 10, 5, 8, 4, 2]))) % 11
    text[:, 16] = np.frombuffer(b"0123456789X", np.uint8)[check]
    value = np.zeros(256, np.int64)
    value[letters] = np.arange(len(letters))
    weights = np.array([pow(3, n, 31) for n in range(17)])
    text[:, 17] = letters[-(value[text[:, :17]] @ weights) % 31]
    return np.ascontiguousarray(text).view("S18").ravel().astype("U18")
