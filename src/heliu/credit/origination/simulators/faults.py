"""Seeded faults: whether the n-th asking of a reference fails, the same on every machine."""

import hashlib
from dataclasses import dataclass, field

from heliu.ground.errors import Outage


@dataclass(frozen=True, slots=True)
class Odds:
    """How often something goes wrong, in permille of askings; the sum is at most 1000."""

    down: int = 0
    pending: int = 0
    wrong_subject: int = 0
    stale: int = 0
    lost_answer: int = 0  # done, but the answer never arrives


@dataclass(slots=True)
class Dice:
    """Draws a fault for each asking from the seed, the reference and how often it was asked."""

    seed: int
    odds: Odds
    asked: dict[str, int] = field(default_factory=dict)

    def fault(self, reference: str) -> str | None:
        """The name of the fault that strikes this asking, or None. Raises Outage for "down"."""
        times = self.asked[reference] = self.asked.get(reference, 0) + 1
        digest = hashlib.sha256(f"{self.seed}/{reference}/{times}".encode()).digest()
        drawn = int.from_bytes(digest[:8], "big") % 1000
        for name in self.odds.__slots__:
            drawn -= getattr(self.odds, name)
            if drawn < 0:
                if name == "down":
                    raise Outage("the simulated system is down")
                return name
        return None


def number_of(text: str, below: int) -> int:
    """A number in [0, below) that is always the same for `text`."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % below
