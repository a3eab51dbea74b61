"""The user's page of findings says what the code says, in both languages."""

from pathlib import Path

from heliu.flows.verification.api import CATALOG, FindingSeverity

PAGE = Path(__file__).parents[3] / "docs" / "generated" / "findings.md"
TITLES = {
    FindingSeverity.BLOCKING: "Blocking 拦截: nothing is eligible",
    FindingSeverity.REDUCING: "Reducing 扣减: the amount is lowered",
    FindingSeverity.NOTICE: "Notice 提示: worth knowing",
}


def page() -> str:
    """The page, written from the catalogue of findings."""
    parts = ["# Findings of verification 核验发现\n", "Written from the code by its test.\n"]
    for severity, title in TITLES.items():
        rules = sorted(rule.code for rule in CATALOG.values() if rule.severity is severity)
        rows = [
            f"| `{code}` | {CATALOG[code].message.zh}<br>{CATALOG[code].message.en} "
            f"| {CATALOG[code].cure.zh}<br>{CATALOG[code].cure.en} |"
            for code in rules
        ]
        head = ["| code | what was found 发现 | cure 处理 |", "|---|---|---|"]
        parts += [f"## {title}\n", *head, *rows, ""]
    return "\n".join(parts)


def test_the_page_of_findings_is_in_step() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
