"""What the tests of origination share: a borrower that passes, and a hand that does the routine."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from heliu.credit.origination.api import (
    THE_BANK,
    AcceptOffer,
    Application,
    Attach,
    BankAccount,
    BorrowerKind,
    CheckKyb,
    Day,
    Decide,
    Dice,
    Document,
    FileApplication,
    Filing,
    Identity,
    KybEvidence,
    Licence,
    Odds,
    Outside,
    Owner,
    Payee,
    Property,
    RecordConsent,
    RecordKey,
    Review,
    Scope,
    SignContract,
    Signer,
    SimulatedLists,
    SimulatedRegistry,
    SimulatedReports,
    SimulatedSigner,
    Standing,
    accept_offers,
    attach,
    check_kyb,
    decide,
    errands,
    file_applications,
    find,
    keep_documents,
    record_answers,
    record_consents,
    record_keys,
    review,
    run,
    sign,
    to_sign,
)
from heliu.credit.products.api import (
    catalogue,
    propose_loan_product,
    read_loan_product,
    release_loan_product,
)
from heliu.credit.regulation.api import Profile, in_force
from heliu.ground.actor import Actor
from heliu.ground.clock import FixedClock
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.ids import derived_id
from heliu.ground.money import Money
from heliu.parties.party.api import (
    Account,
    RecordParty,
    Relation,
    RelationKind,
    complete_uscc,
    record_parties,
)
from heliu.parties.party.api import Profile as Registered

START = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
MILL = complete_uscc("9133010072845671")
BUYER = complete_uscc("9131000060734551")
CLERK, SECOND = Actor("clerk"), Actor("second")
BORROWER_KEY, BANK_KEY = SimulatedSigner(b"b" * 32), SimulatedSigner(b"k" * 32)


def yuan(amount: str) -> Money:
    return Money.of(amount)


def key(*words: object) -> UUID:
    return derived_id("test", *map(str, words))


MILL_REGISTERED = Registered(
    uscc=MILL,
    name_zh="余杭纺织有限公司",
    legal_representative="沈一",
    registered_on=date(2015, 5, 4),
    accounts=(Account("6222000011112222"),),
    relations=(
        Relation(RelationKind.SHAREHOLDER, "沈一", share=Decimal("0.60")),
        Relation(RelationKind.SHAREHOLDER, "陆二", share=Decimal("0.10")),
    ),
)
SHOWN = KybEvidence(
    licence=Licence(MILL, "余杭纺织有限公司", "沈一", None),
    owners=(Owner("沈一", Decimal("0.60")),),
    account=BankAccount("6222000011112222", "余杭纺织有限公司"),
)
PERSON = KybEvidence(
    identity=Identity("林三", "counter"), account=BankAccount("6222000099998888", "林三")
)
WORKING_CAPITAL = Filing(
    borrower_kind=BorrowerKind.ENTERPRISE,
    borrower=MILL,
    product_code="working-capital",
    product_version=1,
    amount=yuan("500000"),
    base_rate=Decimal("0.0485"),
    tenor_days=180,
    purpose="采购棉纱",
    turnover=yuan("60000000"),
    payee=Payee("海宁棉纱有限公司", "6222000033334444"),
    inputs={"months_trading": 130, "purpose_stated": True},
)
RECEIVABLE = replace(
    WORKING_CAPITAL,
    product_code="receivable-with-recourse",
    amount=yuan("300000"),
    tenor_days=90,
    inputs={"assignment_notified": True, "days_to_due": 90},
    property=Property(yuan("500000"), BUYER, "INV-2026-0031", date(2026, 6, 1)),
)
CONSUMER = Filing(
    borrower_kind=BorrowerKind.PERSON,
    borrower="C0012345",
    product_code="consumer-instalment",
    product_version=1,
    amount=yuan("60000"),
    base_rate=Decimal("0.065"),
    tenor_days=300,
    purpose="装修",
    turnover=yuan("400000"),
)


@dataclass
class Desk:
    """The desk on a database: every routine step by one word, with the clock in hand."""

    tx: Tx
    clock: FixedClock
    outside: Outside
    profile: Profile = Profile.STANDARD
    actor: Actor = CLERK
    steps: dict[str, int] = field(default_factory=dict)

    @property
    def day(self) -> Day:
        return Day(in_force(self.clock.today(), self.profile), self.clock.now())

    def file(self, filing: Filing, name: str = "one") -> Application:
        return self.done(self.filed([FileApplication(key(name), filing)]))

    def filed(self, commands: Sequence[FileApplication]) -> list[Application | Refusal]:
        return file_applications(self.tx, self.actor, commands, self.day)

    def papers(self, now: Application, *kinds: str) -> Application:
        kept = keep_documents(self.tx, self.actor, [kind.encode() for kind in kinds], START)
        self.tx.finish()  # what was kept is proven at the end of its transaction
        documents = tuple(
            Document(kind, identity)
            for kind, identity in zip(kinds, kept, strict=True)
            if isinstance(identity, UUID)
        )
        command = Attach(self.next_key(now), now.id, documents)
        return self.done(attach(self.tx, self.actor, [command], self.day))

    def know(self, now: Application, shown: KybEvidence = SHOWN) -> Application:
        command = CheckKyb(self.next_key(now), now.id, shown)
        return self.done(check_kyb(self.tx, self.actor, [command], self.day))

    def consent(self, subject: str = MILL, days: int = 365, wait: int = 0) -> UUID:
        begins = self.clock.today() + timedelta(wait)
        identity = key("consent", subject, begins, days)
        command = RecordConsent(
            *(identity, subject, Scope.CREDIT_REPORT, "a" * 64, begins, begins + timedelta(days))
        )
        (given,) = record_consents(self.tx, self.actor, [command], self.day)
        assert not isinstance(given, Refusal)
        return identity

    def gather(self, outside: Outside | None = None) -> list[Application | Refusal]:
        asked = errands(self.tx, self.day)
        answered = run(outside or self.outside, asked)
        return record_answers(self.tx, self.actor, answered, self.day)

    def complete(self, filing: Filing, name: str = "one") -> Application:
        """File and bring everything that is asked for before a decision."""
        now = self.file(filing, name)
        self.papers(now, *_PAPERS[filing.product_code])
        self.know(now, SHOWN if filing.borrower == MILL else PERSON)
        self.consent(filing.borrower)
        self.gather()
        return find(self.tx, [now.id])[now.id]

    def decide(self, now: Application, **standing: object) -> Application:
        return self.done(self.decided(now, **standing))

    def decided(self, now: Application, **standing: object) -> list[Application | Refusal]:
        zero = Standing(Money(0, now.filing.amount.currency), existing=True)
        standings = {now.filing.borrower: replace(zero, **standing)}  # type: ignore[arg-type]
        command = Decide(self.next_key(now), now.id)
        return decide(self.tx, self.actor, [command], self.day, standings)

    def agree(self, now: Application, *, agree: bool = True) -> Application:
        command = Review(self.next_key(now), now.id, agree)
        return self.done(review(self.tx, SECOND, [command], self.day))

    def accept(self, now: Application) -> Application:
        command = AcceptOffer(self.next_key(now), now.id)
        return self.done(accept_offers(self.tx, self.actor, [command], self.day))

    def sign(self, now: Application, signer: Signer) -> Application:
        return self.done(sign(self.tx, self.actor, [self.signature(now, signer)], self.day))

    def signature(self, now: Application, signer: Signer) -> SignContract:
        party = now.filing.borrower if signer is Signer.BORROWER else THE_BANK
        pen = BORROWER_KEY if signer is Signer.BORROWER else BANK_KEY
        said = RecordKey(party, pen.public_key, date(2026, 1, 1))
        (recorded,) = record_keys(self.tx, self.actor, [said], self.day)
        assert not isinstance(recorded, Refusal)
        assert now.contract is not None
        at = self.clock.now()
        message = to_sign(now.id, now.contract.text_sha256, signer, at)
        return SignContract(
            *(self.next_key(now), now.id, signer, recorded.id, pen.sign(message), at)
        )

    def signed(self, filing: Filing, name: str = "one") -> Application:
        """From nothing to a contract both sides signed."""
        offered = self.decide(self.complete(filing, name))
        taken = self.accept(offered)
        self.sign(taken, Signer.BORROWER)
        return self.sign(taken, Signer.BANK)

    def next_key(self, now: Application) -> UUID:
        step = self.steps[str(now.id)] = self.steps.get(str(now.id), 0) + 1
        return key(now.id, step)

    def done(self, outcomes: list[Application | Refusal]) -> Application:
        (outcome,) = outcomes
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome


_PAPERS = {
    "working-capital": ("licence", "articles", "financial_statement", "purchase_contract"),
    "receivable-with-recourse": ("licence", "articles", "sales_contract", "invoice"),
    "consumer-instalment": ("identity", "income_proof"),
}


def outside_of(clock: FixedClock, odds: Odds = Odds(), seed: int = 1) -> Outside:  # noqa: B008 - frozen
    dice = Dice(seed, odds)
    return Outside(
        SimulatedReports(clock, dice), SimulatedRegistry(clock, dice), SimulatedLists(clock, dice)
    )


@cache
def products() -> tuple[dict[str, Any], ...]:
    """The products applied for here, as the catalogue has them, and a consumer's of their kind."""
    bodies = {body["product"]: body for _, body in map(read_loan_product, catalogue())}
    kind = bodies["instalment-equal-instalment"]
    bounds = kind["bounds"] | {"principal": {"least": "500", "most": "200000"}}
    bodies["consumer-instalment"] = kind | {
        "product": "consumer-instalment",
        "bounds": bounds,
        "eligibility": [],
    }
    return tuple(bodies[filing.product_code] for filing in (WORKING_CAPITAL, RECEIVABLE, CONSUMER))


def desk_on(tx: Tx) -> Desk:
    clock = FixedClock(START)
    for body in products():
        propose_loan_product(tx, CLERK, body, START)
        release_loan_product(tx, SECOND, body["product"], body["version"], START)
    record_parties(tx, CLERK, [RecordParty(MILL_REGISTERED, date(2026, 1, 1), START)])
    return Desk(tx, clock, outside_of(clock))
