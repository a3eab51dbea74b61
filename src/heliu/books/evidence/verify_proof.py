"""Independent check of a printed evidence proof: `python verify_proof.py < proof.json`.

Standard library only, none of the bank's code; RFC 9162, 2.1.3.2 and 2.1.4.2. Exit code 0: true.
"""

import json
import sys
from hashlib import sha256


def climb(start: bytes, at: int, last: int, path: list[bytes]) -> list[str]:
    """Roots (hex) of the old tree, by left siblings only, and of the new one, by all siblings."""
    old = new = start
    for sibling in path:
        if last == 0:
            return []
        if at % 2 or at == last:
            old = sha256(b"\x01" + sibling + old).digest()
            new = sha256(b"\x01" + sibling + new).digest()
            while at and at % 2 == 0:
                at, last = at // 2, last // 2
        else:
            new = sha256(b"\x01" + new + sibling).digest()
        at, last = at // 2, last // 2
    return [] if last else [old.hex(), new.hex()]


def included(proof: dict[str, str], at: int, size: int, path: list[bytes]) -> bool:
    """Whether the leaf is number `at` of the tree of `size` leaves with this root."""
    leaf = sha256(b"\x00" + proof["leaf_data"].encode()).digest()
    return 0 <= at < size and climb(leaf, at, size - 1, path)[1:] == [proof["root"]]


def consistent(proof: dict[str, str], old: int, new: int, path: list[bytes]) -> bool:
    """Whether the tree of `old` leaves is the beginning of the tree of `new` leaves."""
    roots = [proof["old_root"], proof["new_root"]]
    if old in (0, new):  # nothing was before, or nothing was added
        return not path and roots[0] == (roots[1] if old else sha256(b"").hexdigest())
    at, last = old - 1, new - 1
    while at % 2:
        at, last = at // 2, last // 2
    start, *path = path if at else [bytes.fromhex(roots[0]), *path]
    return 0 < old < new and climb(start, at, last, path) == roots


def main() -> None:
    """Read one proof, say whether it is true."""
    proof = json.load(sys.stdin)
    path = [bytes.fromhex(node) for node in proof["path"]]
    if proof["format"] == "heliu-inclusion-proof":
        true = included(proof, proof["leaf_index"], proof["tree_size"], path)
    else:
        true = consistent(proof, proof["old_size"], proof["new_size"], path)
    sys.stdout.write("ok\n" if true else "BROKEN\n")
    sys.exit(not true)


if __name__ == "__main__":
    main()
