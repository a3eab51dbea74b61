"""A batch in rounds: what touches a thing twice is taken in order, each round still a batch."""

from collections import Counter
from collections.abc import Hashable, Sequence


def rounds(subjects: Sequence[Hashable]) -> list[list[int]]:
    """Places of `subjects` in rounds: the first of every subject, then the second, and so on."""
    found: list[list[int]] = []
    met: Counter[Hashable] = Counter()
    for place, subject in enumerate(subjects):
        if met[subject] == len(found):
            found.append([])
        found[met[subject]].append(place)
        met[subject] += 1
    return found
