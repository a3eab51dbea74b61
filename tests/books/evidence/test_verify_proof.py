"""The independent verifier: alone in its own process, and not to be fooled by any flipped bit."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heliu.books.evidence import verify_proof
from heliu.books.evidence.api import Entry, append, prove_consistency, prove_inclusion
from heliu.ground.db import Tx
from heliu.ground.ids import derived_id

Proof = dict[str, Any]
SCRIPT = Path(verify_proof.__file__)


@pytest.fixture
def proofs(tx: Tx) -> dict[str, Proof]:
    things = [Entry("payment", derived_id("p", str(n)), {"minor": n}) for n in range(23)]
    append(tx, things)
    inclusion = prove_inclusion(tx, things[13].subject_id)
    consistency = prove_consistency(tx, 11)
    return {"inclusion": inclusion.to_json(), "consistency": consistency.to_json()}


def run(text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT)], input=text, text=True, capture_output=True, check=False
    )


def true(proof: Proof) -> bool:
    path = [bytes.fromhex(node) for node in proof["path"]]
    if proof["format"] == "heliu-inclusion-proof":
        return verify_proof.included(proof, proof["leaf_index"], proof["tree_size"], path)
    return verify_proof.consistent(proof, proof["old_size"], proof["new_size"], path)


def flip(hexes: str, bit: int) -> str:
    raw = bytearray(bytes.fromhex(hexes))
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return raw.hex()


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_it_accepts_what_the_bank_prints_knowing_nothing_of_the_bank(
    proofs: dict[str, Proof], kind: str
) -> None:
    done = run(json.dumps(proofs[kind]))
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")
    assert "heliu." not in "".join(
        line for line in SCRIPT.read_text().splitlines() if "import" in line
    )


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_it_says_broken_and_exits_with_one(proofs: dict[str, Proof], kind: str) -> None:
    proof = proofs[kind]
    proof["path"][0] = flip(proof["path"][0], 5)
    done = run(json.dumps(proof))
    assert (done.returncode, done.stdout) == (1, "BROKEN\n")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"path": ["zz"], "format": "x"}'])
def test_garbage_is_no_proof(text: str) -> None:
    done = run(text)
    assert done.returncode != 0
    assert "ok" not in done.stdout


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
@pytest.mark.parametrize("bit", range(256))
def test_every_flipped_bit_of_every_hash_fails(
    proofs: dict[str, Proof], kind: str, bit: int
) -> None:
    proof = proofs[kind]
    roots = [key for key in proof if key.endswith("root")]
    spoiled = [{**proof, key: flip(proof[key], bit)} for key in roots]
    for place, node in enumerate(proof["path"]):
        path = [*proof["path"][:place], flip(node, bit), *proof["path"][place + 1 :]]
        spoiled.append({**proof, "path": path})
    assert true(proof)
    assert not any(true(bad) for bad in spoiled)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000), st.integers(0, 6))
def test_every_flipped_bit_of_the_leaf_fails(
    proofs: dict[str, Proof], place: int, bit: int
) -> None:
    proof = proofs["inclusion"]
    data = bytearray(proof["leaf_data"].encode())
    data[place % len(data)] ^= 1 << bit
    assert not true({**proof, "leaf_data": data.decode()})


CHANGES: dict[str, Callable[[Proof], Proof]] = {
    "a step is missing": lambda p: {**p, "path": p["path"][:-1]},
    "a step is doubled": lambda p: {**p, "path": [*p["path"], p["path"][-1]]},
    "steps are swapped": lambda p: {**p, "path": p["path"][::-1]},
    "there is no path": lambda p: {**p, "path": []},
}


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_path_of_another_shape_fails(proofs: dict[str, Proof], kind: str, change: str) -> None:
    assert run(json.dumps(CHANGES[change](proofs[kind]))).stdout != "ok\n"


@pytest.mark.parametrize("index", [-1, *range(13), *range(14, 24)])
def test_a_leaf_at_another_index_fails(proofs: dict[str, Proof], index: int) -> None:
    assert not true({**proofs["inclusion"], "leaf_index": index})


@pytest.mark.parametrize("size", [-1, 0, 10, 12, 23, 24])
def test_another_old_size_fails(proofs: dict[str, Proof], size: int) -> None:
    assert not true({**proofs["consistency"], "old_size": size})


def test_nothing_before_and_nothing_added_need_no_path(tx: Tx) -> None:
    append(tx, [Entry("payment", derived_id("p"), {})])
    for old in (0, 1):
        proof = prove_consistency(tx, old).to_json()
        assert proof["path"] == []
        assert true(proof)
        assert not true({**proof, "old_root": "00" * 32})
