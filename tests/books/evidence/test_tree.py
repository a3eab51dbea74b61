"""The Merkle tree against the recursion of RFC 9162, section 2.1, written down naively here."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.books.evidence.domain import tree

# Leaves, roots and paths of the tests of Google's certificate-transparency repository
# (merkletree/merkle_tree_test.cc); RFC 9162 kept the hashing of RFC 6962 that they were made for.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(131)
LEAVES = [tree.hash_leaf(n.to_bytes(2)) for n in SIZES]


def naive_root(leaves: list[bytes]) -> bytes:
    match leaves:
        case []:
            return sha256(b"").digest()
        case [leaf]:
            return leaf
        case _:
            k = naive_split(len(leaves))
            return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], *, known: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known=known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], known=False), naive_root(leaves[:k])]


def grown(leaves: list[bytes]) -> tuple[tree.Frontier, dict[tree.Node, bytes]]:
    frontier = tree.Frontier()
    stored = {tree.Node(0, place): leaf for place, leaf in enumerate(leaves)}
    for leaf in leaves:
        stored.update(frontier.push(leaf))
    return frontier, stored


ALL_STORED = grown(LEAVES)[1]


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    frontier, _ = grown([tree.hash_leaf(data) for data in CT_LEAVES[:size]])
    assert frontier.root().hex() == CT_ROOTS[size]


def test_the_paths_are_those_of_certificate_transparency() -> None:
    _, stored = grown([tree.hash_leaf(data) for data in CT_LEAVES])
    inclusion = tree.roots(tree.inclusion_ranges(5, 8), stored)
    consistency = tree.roots(tree.consistency_ranges(6, 8), stored)
    assert [node.hex() for node in inclusion] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [node.hex() for node in consistency] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


@pytest.mark.parametrize("size", SIZES)
def test_root_and_every_inclusion_path_are_the_recursion_s(size: int) -> None:
    leaves = LEAVES[:size]
    root = tree.fold([ALL_STORED[node] for node in tree.peak_nodes(0, size)])
    assert root == naive_root(leaves) == grown(leaves)[0].root()
    paths = [list(tree.roots(tree.inclusion_ranges(m, size), ALL_STORED)) for m in range(size)]
    assert paths == [naive_path(m, leaves) for m in range(size)]


@pytest.mark.parametrize("size", SIZES)
def test_every_consistency_path_is_the_recursion_s(size: int) -> None:
    leaves = LEAVES[:size]
    paths = [
        list(tree.roots(tree.consistency_ranges(m, size), ALL_STORED)) for m in range(1, size + 1)
    ]
    assert paths == [naive_subproof(m, leaves, known=True) for m in range(1, size + 1)]
    assert tree.consistency_ranges(0, size) == []


@given(old=st.integers(0, 130), batches=st.lists(st.integers(0, 40), max_size=4))
def test_growing_in_batches_stores_and_proves_the_same(old: int, batches: list[int]) -> None:
    size = min(130, old)
    for batch in batches:
        frontier = tree.Frontier(size, [ALL_STORED[n] for n in tree.peak_nodes(0, size)])
        end = min(130, size + batch)
        new = [pair for leaf in LEAVES[size:end] for pair in frontier.push(leaf)]
        assert all(ALL_STORED[node] == digest for node, digest in new)
        assert frontier.root() == naive_root(LEAVES[:end])
        size = end


@given(st.integers(1, 2**40), st.data())
def test_proofs_of_a_huge_log_need_few_nodes(size: int, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, size - 1))
    ranges = tree.inclusion_ranges(position, size)
    assert len(ranges) <= size.bit_length()
    assert len(tree.needed(ranges)) <= 2 * size.bit_length()
