"""Use case: agree contracts on released product versions, each with its terms snapshotted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from heliu.books.evidence.api import record
from heliu.credit.benchmarks.api import Quote, Wanted, quotes_on
from heliu.credit.engine.api import Status, schedule
from heliu.credit.lending import errors, facts, store
from heliu.credit.lending.claiming import Rests, claim_invoices, sides_of
from heliu.credit.lending.domain.agreed import Asked, agreed_terms, priced_from
from heliu.credit.lending.domain.applied import says_the_same
from heliu.credit.lending.domain.contract import APPLICATION, Contract, Moment, Open, Papers
from heliu.credit.lending.encoding import digest
from heliu.credit.limits.api import Axis, LineKey, axes
from heliu.credit.origination.api import Accepted, accepted
from heliu.credit.products.api import (
    LoanKind,
    LoanProduct,
    ProductVersion,
    Programme,
    in_force,
    loan_product_history,
    loan_product_unknown,
    loan_products_in_force,
    unknown_inputs,
    unmet,
)
from heliu.ground.actor import Actor
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.party.api import uscc_fault

_OF_PROGRAMME: Final = frozenset({Axis.PROGRAMME, Axis.OBLIGOR, Axis.GROUP})
_OBLIGOR: Final = Text("付款人(买方)", "the obligor")
_BORROWER: Final = Text("借款人的有效统一社会信用代码", "a borrower with a valid USCC")
_PROGRAMME: Final = Text("生效的方案", "a programme in force")
_BASE: Final = Text("单据价值", "what the papers are worth (base value)")


@dataclass(frozen=True, slots=True)
class Opened:
    """The contract of a command; `again`: it had been opened before."""

    contract_id: UUID
    again: bool = False


def contract_id(key: UUID) -> UUID:
    """The id of the contract that the command of this key opens."""
    return derived_id("contract", key.hex)


def open_contracts(
    tx: Tx, actor: Actor, commands: Sequence[Open], at: Moment
) -> list[Opened | Refusal]:
    """Agree a contract for each command, in order; a refusal refuses only its own command.

    A key that is known answers with its contract if the command says the same, else refusal
    `lending.key_reused`. The invoices it rests on are claimed for it. Nothing is lent yet.
    """
    if not commands:
        return []
    known = store.numbers(tx, [contract_id(command.key) for command in commands])
    said = {id_: seen for id_, (_, seen) in known.items()}
    outcomes: list[Opened | Refusal] = []
    new: dict[UUID, tuple[Open, Contract, Papers]] = {}
    shelf = _Shelf.load(tx, commands)
    for command in commands:
        identity, mark = contract_id(command.key), digest(command)
        if identity in said:
            same = said[identity] == mark
            outcomes.append(Opened(identity, again=True) if same else errors.key_reused())
            continue
        agreed = _agree(shelf, command, at)
        if isinstance(agreed, Refusal):
            outcomes.append(agreed)
            continue
        said[identity] = mark
        new[identity] = (command, *agreed)
        outcomes.append(Opened(identity))
    rests = [
        Rests(one, one, command.evidence, sides_of(agreed.borrower_uscc, agreed.obligor_uscc))
        for one, (command, agreed, _) in new.items()
    ]
    lost = claim_invoices(tx, actor, rests, at.now)
    _save(tx, actor, {one: agreed for one, agreed in new.items() if one not in lost}, at)
    return [
        lost.get(outcome.contract_id, outcome) if isinstance(outcome, Opened) else outcome
        for outcome in outcomes
    ]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Products and programmes in force by code and day; versions and applications as named."""

    products: Mapping[tuple[str, date], ProductVersion]
    versions: Mapping[tuple[str, int], ProductVersion]
    programmes: Mapping[tuple[str, date], Programme]
    accepted: Mapping[UUID, Accepted]
    quotes: Mapping[Wanted, Quote]

    @classmethod
    def load(cls, tx: Tx, commands: Sequence[Open]) -> "_Shelf":
        days = {command.on for command in commands}
        codes = sorted({command.product for command in commands})
        named = sorted({command.programme for command in commands if command.programme})
        applications = [one for c in commands for one in c.evidence.get(APPLICATION, ())]
        exact = {command.product for command in commands if command.version is not None}
        products = {
            (code, on): version
            for on in days
            for code, version in loan_products_in_force(tx, codes, on).items()
        }
        versions = {
            (code, version.product.version): version
            for code in exact
            for version in loan_product_history(tx, code)
            if version.released_at is not None
        }
        shelved = (*products.values(), *versions.values())
        priced = [one for v in shelved for on in days if (one := priced_from(v.product, on))]
        return cls(
            products,
            versions,
            {
                (code, on): programme
                for on in days
                if named
                for code, programme in in_force(tx, named, on).items()
            },
            accepted(tx, applications) if applications else {},
            quotes_on(tx, priced),
        )

    def product(self, command: Open) -> ProductVersion | None:
        """The version that a command asks for, if it counts on its day."""
        if command.version is None:
            return self.products.get((command.product, command.on))
        named = self.versions.get((command.product, command.version))
        counts = named is not None and named.product.effective_from <= command.on
        return named if counts else None


def _agree(shelf: _Shelf, command: Open, at: Moment) -> tuple[Contract, Papers] | Refusal:
    version = shelf.product(command)
    if version is None or version.product.kind is not LoanKind.LOAN:
        return loan_product_unknown(command.product)
    product = version.product
    refusal = _application_fault(shelf, product, command) or _fault(product, command, at)
    if refusal is not None:
        return refusal
    lines = _limit_lines(product, command, shelf)
    if isinstance(lines, Refusal):
        return lines
    quoted = _quoted(shelf, product, command)
    if isinstance(quoted, Refusal):
        return quoted
    assert product.terms is not None, "a loan has terms"
    asked = Asked(command.principal, command.annual_rate, command.on, command.periods, quoted)
    terms = agreed_terms(product.terms, asked)
    try:
        plan = schedule(terms, command.on)
    except Refusal as impossible:
        return impossible
    contract = Contract(
        no=0,
        id=contract_id(command.key),
        product_no=version.no,
        borrower_uscc=command.borrower_uscc,
        obligor_uscc=command.obligor_uscc,
        programme=command.programme,
        limit_lines=lines,
        currency=command.principal.currency,
        principal=command.principal.minor,
        annual_rate=command.annual_rate,
        opened_on=command.on,
        matures_on=max(row.due_date for row in plan.instalments),
        terms=terms,
    )
    base = None if command.base_value is None else command.base_value.minor
    return contract, Papers(1, product.stages[0].stage, base)


def _quoted(shelf: _Shelf, product: LoanProduct, command: Open) -> Decimal | Refusal | None:
    """The quote that the contract's rate is priced from, if its product prices from one."""
    wanted = priced_from(product, command.on)
    if wanted is None:
        return None
    quote = shelf.quotes.get(wanted)
    if quote is None:
        return errors.no_quote(wanted.benchmark, wanted.tenor, wanted.on)
    assert product.terms is not None, "what is priced from a quote has terms"
    span = product.terms["rate"]["spread"]
    least, most = Decimal(span["least"]), Decimal(span["most"])
    if not least <= command.annual_rate - quote.rate <= most:
        return errors.out_of_bounds("spread", least, most)
    return quote.rate


def _application_fault(shelf: _Shelf, product: LoanProduct, command: Open) -> Refusal | None:
    for named in command.evidence.get(APPLICATION, ()):
        agreed = shelf.accepted.get(named)
        if agreed is None:
            return errors.application_not_complete(None)
        if not says_the_same(command, product, agreed):
            return errors.application_differs()
    return None


def _fault(product: LoanProduct, command: Open, at: Moment) -> Refusal | None:
    currency = command.principal.currency
    if currency not in product.currencies:
        return errors.currency_not_lent(currency, product.currencies)
    if command.base_value is not None and command.base_value.currency != currency:
        return errors.currency_not_lent(command.base_value.currency, [currency])
    if command.on > at.business_date:
        return errors.in_the_future(at.business_date)
    if uscc_fault(command.borrower_uscc) is not None:
        return errors.party_missing(_BORROWER)
    obligor = command.obligor_uscc
    if product.parties.obligor is not None and (obligor is None or uscc_fault(obligor)):
        return errors.party_missing(_OBLIGOR)
    return (
        _bounds_fault(product, command)
        or _inputs_fault(product, command)
        or _papers_fault(product, command)
    )


def _bounds_fault(product: LoanProduct, command: Open) -> Refusal | None:
    bounds, currency = product.bounds, command.principal.currency
    least = Money.of(bounds.principal.least, currency)
    most = Money.of(bounds.principal.most, currency)
    if not least <= command.principal <= most:
        return errors.out_of_bounds("principal", least, most)
    span = bounds.annual_rate
    if not command.annual_rate.is_finite() or not span.least <= command.annual_rate <= span.most:
        return errors.out_of_bounds("annual_rate", span.least, span.most)
    if not bounds.periods.least <= command.periods <= bounds.periods.most:
        return errors.out_of_bounds("periods", bounds.periods.least, bounds.periods.most)
    return None


def _inputs_fault(product: LoanProduct, command: Open) -> Refusal | None:
    if names := unknown_inputs(product.eligibility, command.inputs):
        return errors.inputs_unknown(names)
    if missing := unmet(product.eligibility, command.inputs):
        return errors.not_eligible(missing)
    return None


def _papers_fault(product: LoanProduct, command: Open) -> Refusal | None:
    stage = product.stages[0]
    if missing := [kind for kind in stage.evidence if not command.evidence.get(kind)]:
        return errors.papers_missing(missing)
    if stage.advance_rate is not None and command.base_value is None:
        return errors.party_missing(_BASE)
    return None


def _limit_lines(
    product: LoanProduct, command: Open, shelf: _Shelf
) -> tuple[LineKey, ...] | Refusal:
    wanted = {Axis(axis) for axis in product.limits}
    currency = command.principal.currency
    programme = shelf.programmes.get((command.programme or "", command.on))
    if (command.programme is not None and programme is None) or (
        wanted & _OF_PROGRAMME and programme is None
    ):
        return errors.party_missing(_PROGRAMME)
    if programme is not None and programme.currency != currency:
        return errors.currency_not_lent(currency, [programme.currency])
    lines = {
        Axis.SUPPLIER: LineKey(Axis.SUPPLIER, command.borrower_uscc, currency),
        Axis.PRODUCT: LineKey(Axis.PRODUCT, product.code, currency),
    }
    if programme is not None:
        of_programme = axes(programme, command.borrower_uscc)
        lines |= {key.axis: key for key in of_programme if key.axis in _OF_PROGRAMME}
    return tuple(lines[axis] for axis in Axis if axis in wanted)


def _save(
    tx: Tx, actor: Actor, new: Mapping[UUID, tuple[Open, Contract, Papers]], at: Moment
) -> None:
    if not new:
        return
    store.add_contracts(
        tx,
        [store.NewContract(c, digest(command), command.inputs) for command, c, _ in new.values()],
        actor,
        at,
    )
    known = store.numbers(tx, list(new))
    numbers = {identity: no for identity, (no, _) in known.items()}
    store.add_stages(
        tx,
        [
            store.NewStage(
                *(numbers[identity], papers, derived_id("first stage", identity.hex)),
                *(digest(command), command.evidence, command.on),
            )
            for identity, (command, _, papers) in new.items()
        ],
        actor,
        at,
    )
    store.set_states(
        tx,
        [
            store.NewState(numbers[identity], Status.PENDING, 0, None, 0, 0, {}, ())
            for identity in new
        ],
    )
    contracts = [contract for _, contract, _ in new.values()]
    facts.tell_opened(tx, [(c, command.product) for command, c, _ in new.values()], at.now)
    record(tx, [facts.proof_of_contract(contract) for contract in contracts])
