"""What the detector finds of planted frauds, on made-up rows and (slow) on the real invoices."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from heliu.app.bench.detect import RECIPES, invented, judged
from heliu.app.bench.plant import Recipe, plant
from heliu.flows.screening.api import SuspicionKind, detect

BAR = 0.95
SURE = 0.8
MOSTLY = 0.6


@pytest.fixture(scope="module")
def honest() -> pa.Table:
    return invented(20_000, seed=3)


def test_planting_again_with_one_seed_gives_the_same_table(honest: pa.Table) -> None:
    recipe = Recipe(cases=5, decoys=5)
    one, other = plant(honest, 1, recipe), plant(honest, 1, recipe)
    assert one.table.equals(other.table)
    assert one.cases == other.cases
    assert not plant(honest, 2, recipe).table.equals(one.table)


def test_planted_rows_are_where_the_truth_says(honest: pa.Table) -> None:
    planted = plant(honest, 1, Recipe(cases=5, decoys=5))
    assert set(planted.cases) == set(SuspicionKind)
    rows = [r for cases in planted.cases.values() for case in cases for r in case]
    rows += [r for decoys in planted.decoys.values() for r in decoys]
    assert len(set(rows)) == len(rows) == planted.table.num_rows - honest.num_rows
    reds = [case[0] for case in planted.cases["inflated_red_letter"]]
    assert all(total < 0 for total in planted.table["total"].take(reds).to_pylist())


@pytest.mark.parametrize("kind", SuspicionKind)
def test_planted_frauds_are_found_among_made_up_rows(honest: pa.Table, kind: SuspicionKind) -> None:
    planted = plant(honest, 5, Recipe(cases=40, decoys=40))
    assert judged(planted, detect(planted.table))[kind]["recall"] >= BAR


def test_what_is_more_likely_than_not_is_seldom_wrong_among_made_up_rows(honest: pa.Table) -> None:
    planted = plant(honest, 5, Recipe(cases=40, decoys=40))
    found = judged(planted, detect(planted.table))
    assert {k: f["precision_sure"] for k, f in found.items() if f["precision_sure"] < SURE} == {}


@pytest.mark.prove
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("recipe", ["tuned", "large invoices"])
def test_planted_frauds_are_found_among_real_rows(
    shared_data: Path, recipe: str, seed: int
) -> None:
    planted = plant(
        pq.read_table(shared_data / "cumcm2020c/invoices.parquet"), seed, RECIPES[recipe]
    )
    found = judged(planted, detect(planted.table))
    assert {kind: round(f["recall"], 3) for kind, f in found.items() if f["recall"] < BAR} == {}
    wrong = {kind: f["precision_sure"] for kind, f in found.items() if f["precision_sure"] < MOSTLY}
    assert wrong == {}
