"""Three kinds of no: Refusal (the bank's), Fault (our bug), Outage (another's failure)."""

from collections.abc import Mapping

from heliu.ground.text import Text


class Refusal(Exception):
    """The bank says no: a stable code, the reason, the cure and the facts it rests on.

    `facts` hold ids, codes and amounts only: no personal data, no account numbers (logs have
    other readers).
    """

    def __init__(
        self, code: str, reason: Text, cure: Text, facts: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(f"{code}: {reason.en} -> {cure.en}")
        self.code, self.reason, self.cure, self.facts = code, reason, cure, dict(facts or {})


class Fault(Exception):
    """Our own bug or broken data: stop, roll back, tell operations."""


class Surprise(Exception):
    """A hopeful transaction took for granted what is not so: it is to be done again, asking."""


class Outage(Exception):
    """Another's failure (database, rail, disk): safe to retry with the same key."""
