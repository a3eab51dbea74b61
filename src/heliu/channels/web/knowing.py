"""Who may know a fact: the parties it names, and the bank."""

from typing import Final

from heliu.ground.outbox import Fact

PARTIES: Final = "parties"


def parties_of(fact: Fact) -> frozenset[str]:
    """Who (USCC) may know the fact beside the bank; nobody if it does not say."""
    said = fact.body.get(PARTIES, [])
    return frozenset(said) if isinstance(said, list) else frozenset()
