"""Every finding verification can make: code, severity, what it says, and what would cure it.

The user's page docs/generated/findings.md is written from this table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from heliu.flows.verification.domain.catalog_amounts import AMOUNT_RULES
from heliu.flows.verification.domain.catalog_documents import DOCUMENT_RULES
from heliu.flows.verification.domain.findings import Evidence, Finding, FindingSeverity
from heliu.ground.money import Money
from heliu.ground.text import Text


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding; `message` has its facts in braces."""

    code: str
    severity: FindingSeverity
    message: Text
    cure: Text


CATALOG: Final = {
    code: Rule(code, severity, Text(zh, en), Text(cure_zh, cure_en))
    for code, severity, zh, en, cure_zh, cure_en in (*DOCUMENT_RULES, *AMOUNT_RULES)
}
_NO_FACTS: Final[Mapping[str, object]] = MappingProxyType({})


def finding(
    code: str,
    evidence: Sequence[Evidence],
    facts: Mapping[str, object] = _NO_FACTS,
    *,
    effect: Money | None = None,
) -> Finding:
    """The finding `code` with its facts filled in. `effect` (> 0) only for REDUCING findings."""
    rule = CATALOG[code]
    assert effect is None or (effect.minor > 0 and rule.severity is FindingSeverity.REDUCING)
    message = Text(rule.message.zh.format_map(facts), rule.message.en.format_map(facts))
    return Finding(code, rule.severity, message, rule.cure, tuple(evidence), effect)
