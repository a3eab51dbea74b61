"""The page of a loan product, for its user: what it is, its stages, and T-accounts of its postings.

Pure: a product in, Markdown out. `docs/products/` is written from it and compared in the tests.
"""

from collections.abc import Iterator
from typing import Final

from heliu.credit.products.loan_product import ACCRUED_FROM, LoanProduct, PostingRow
from heliu.credit.products.loan_product_eligibility import Value
from heliu.ground.text import Text

_HEAD: Final = "<!-- Written from the product file by its test; do not edit. -->"


def product_page(product: LoanProduct) -> str:
    """The page of a product as Markdown, in both languages where it has both."""
    return "\n".join(
        [
            *(_HEAD, f"# {product.name.en} · {product.name.zh}", ""),
            *(f"{product.about.en} {product.about.zh}", ""),
            *_facts(product),
            *_eligibility(product),
            *_stages(product),
            *_postings(product),
        ]
    )


def _facts(product: LoanProduct) -> Iterator[str]:
    bounds = product.bounds
    obligor = product.parties.obligor
    yield from ("| | |", "|---|---|")
    yield f"| product | `{product.code}` v{product.version}, from {product.effective_from} |"
    yield f"| borrower | {_both(product.parties.borrower)} |"
    yield f"| obligor | {_both(obligor) if obligor else '-'} |"
    yield f"| repaid by | {product.repaid_by.value} |"
    yield f"| recourse | {product.recourse.value} |"
    if (test := product.derecognition) is not None:
        answer = "derecognises" if test.seller_derecognises else "does not derecognise"
        yield f"| {test.standard} | the seller {answer}: {_both(test.reason)} |"
    cover = product.collateral
    yield f"| collateral | {cover.kind}{f', at least {cover.coverage}' if cover.coverage else ''} |"
    if cover.coverage:
        yield f"| goods leave | {cover.release.value} |"
    yield f"| currencies | {', '.join(product.currencies)} |"
    yield f"| principal | {bounds.principal.least} to {bounds.principal.most} |"
    yield f"| annual rate | {bounds.annual_rate.least} to {bounds.annual_rate.most} |"
    yield f"| periods | {bounds.periods.least} to {bounds.periods.most} |"
    yield f"| limits | {', '.join(product.limits) or '-'} |"
    if (terms := product.terms) is not None:
        period, penalty = terms["period"], terms["penalty"]
        yield f"| repayment | {terms['amortisation']}, every {period['every']} {period['unit']} |"
        if (rate := terms.get("rate")) is not None:
            span = f"{rate['spread']['least']} to {rate['spread']['most']}"
            yield f"| priced from | {rate['benchmark']} {rate['tenor']}, spread {span} |"
            yield f"| set anew | {rate['repricing']} |"
        yield f"| day count | {terms['day_count']} |"
        yield f"| draws | {terms['draws']} |"
        yield (
            f"| late | {terms['allowance_days']} days allowed, then {penalty['multiplier']} times "
            f"the rate{', compounding' if penalty['compound'] else ''} |"
        )
        yield f"| waterfall | {' > '.join(terms['waterfall']['order'])} |"
    yield ""


def _eligibility(product: LoanProduct) -> Iterator[str]:
    if not product.eligibility:
        return
    yield from ("## Eligibility", "", "| input | rule | why |", "|---|---|---|")
    for wanted in product.eligibility:
        rules = {"=": wanted.equals, "≥": wanted.at_least, "≤": wanted.at_most}
        said = ", ".join(
            f"{sign} {_plain(rule)}" for sign, rule in rules.items() if rule is not None
        )
        yield f"| `{wanted.input}` ({wanted.type}) | {said or 'given'} | {_both(wanted.why)} |"
    yield ""


def _stages(product: LoanProduct) -> Iterator[str]:
    yield from ("## Stages", "", "| stage | draws | advance rate | risk weight | papers | next |")
    yield "|---|---|---|---|---|---|"
    for stage in product.stages:
        yield (
            f"| `{stage.stage}` {_both(stage.name)} | {'yes' if stage.draws else 'no'} "
            f"| {stage.advance_rate if stage.advance_rate is not None else '-'} "
            f"| {stage.risk_weight} | {', '.join(stage.evidence) or '-'} "
            f"| {', '.join(stage.next) or '-'} |"
        )
    yield ""


def _postings(product: LoanProduct) -> Iterator[str]:
    yield from ("## Postings", "")
    yield "A row books the growth of a cumulative amount, and books it back where it shrinks."
    yield "Accrued amounts are booked by the end of day, all others by the act that moves them."
    yield from ("", "| event | debit | credit | amount | booked by |", "|---|---|---|---|---|")
    for row in product.postings.rows:
        by = "end of day" if row.part >= ACCRUED_FROM else "act"
        yield f"| {row.event} | {row.debit} | {row.credit} | {row.part.word} | {by} |"
    yield from ("", "### T-accounts", "", "```text")
    for name, role in product.postings.accounts.items():
        yield f"{name} ({role.type}, {role.scope.value})"
        yield from _t_account(name, product.postings.rows)
        yield ""
    yield from ("```", "")


def _t_account(name: str, rows: tuple[PostingRow, ...]) -> Iterator[str]:
    debits = [row.part.word for row in rows if row.debit == name]
    credits_ = [row.part.word for row in rows if row.credit == name]
    width = max(map(len, [*debits, "debit"])) + 2
    yield f"  {'debit':<{width}}| credit"
    yield f"  {'-' * width}+{'-' * (max(map(len, [*credits_, 'credit'])) + 1)}"
    for line in range(max(len(debits), len(credits_))):
        left = debits[line] if line < len(debits) else ""
        right = f" {credits_[line]}" if line < len(credits_) else ""
        yield f"  {left:<{width}}|{right}"


def _both(text: Text) -> str:
    return f"{text.en} ({text.zh})"


def _plain(rule: Value) -> str:
    return str(rule).lower() if isinstance(rule, bool) else str(rule)
