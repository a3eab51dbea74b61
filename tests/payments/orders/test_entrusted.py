"""Entrusted payment: the rule, the payee in the papers, the account, what the papers leave."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.payments.orders.till import ONWARD, SUPPLIER, TELLER, Till

from heliu.flows.intake.api import (
    Blob,
    Connector,
    Head,
    Kind,
    Line,
    PartyRef,
    Reading,
    Totals,
    TradeDocument,
    file_blobs,
)
from heliu.ground.db import Tx
from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.parties.party.api import Account, Profile, RecordParty, record_parties
from heliu.payments.orders.api import (
    AskEntrusted,
    Entrusted,
    EntrustedRule,
    Evidence,
    Paper,
    PaperKind,
    Payee,
    entrust,
    entrusted_fault,
)
from heliu.payments.orders.domain.entrusted import covered, plain
from heliu.payments.orders.domain.entrusted_law import PROVISIONS, Provision, provision_on, stricter

ALWAYS, NEVER = EntrustedRule(required=True), EntrustedRule(required=False)
PAYEE = Payee("东风铸造有限公司", "6222 0000 1111 2222", ONWARD)
PO, INV, NOTE = PaperKind
YUAN = 100


def paper(kind: PaperKind, number: str, yuan: int, **more: object) -> Paper:
    fixed = {"account": "6222000011112222"} | more
    return Paper(UUID(int=1), kind, number, Money(yuan * YUAN), **fixed)  # type: ignore[arg-type]


def evidence(*papers: Paper, paid: int = 0) -> Evidence:
    return Evidence(SUPPLIER, papers, paid=paid * YUAN)


def code(rule: EntrustedRule, yuan: int, payee: Payee, known: Evidence) -> str | None:
    refusal = entrusted_fault(rule, Money(yuan * YUAN), payee, known)
    return None if refusal is None else refusal.code


@pytest.mark.parametrize(
    ("rule", "yuan", "asked"),
    [
        (NEVER, 10, False),
        (ALWAYS, 10, True),
        (EntrustedRule(required=True, above=Money(1_000)), 10, False),
        (EntrustedRule(required=True, above=Money(1_000)), 11, True),
    ],
)
def test_a_rule_asks_where_it_is_required_and_above_its_amount(
    rule: EntrustedRule, yuan: int, *, asked: bool
) -> None:
    assert rule.asks(Money(yuan * YUAN)) is asked
    assert (code(rule, yuan, PAYEE, evidence()) is not None) is asked


INVOICE = paper(INV, "I1", 100)
REGISTERED = Evidence(
    SUPPLIER,
    (replace(INVOICE, account=None),),
    frozenset({"东风铸造有限公司"}),
    frozenset({"6222000011112222"}),
)


@pytest.mark.parametrize(
    ("payee", "known", "expected"),
    [
        (PAYEE, evidence(INVOICE), None),
        (PAYEE, REGISTERED, None),
        (replace(PAYEE, name="另一家公司"), REGISTERED, "entrusted.account_differs"),
        (replace(PAYEE, account="1"), REGISTERED, "entrusted.account_differs"),
        (replace(PAYEE, account="1"), evidence(INVOICE), "entrusted.account_differs"),
        (replace(PAYEE, uscc=None), evidence(INVOICE), "entrusted.payee_unidentified"),
        (replace(PAYEE, uscc=SUPPLIER), evidence(INVOICE), "entrusted.payee_is_borrower"),
        (PAYEE, evidence(), "entrusted.payee_not_in_evidence"),
        (PAYEE, evidence(paper(NOTE, "C1", 9)), "entrusted.payee_not_in_evidence"),
        (PAYEE, evidence(replace(INVOICE, void=True)), "entrusted.evidence_void"),
        (PAYEE, evidence(INVOICE, replace(INVOICE, void=True)), "entrusted.evidence_void"),
        (PAYEE, evidence(INVOICE, paid=1), "entrusted.evidence_exceeded"),
        (PAYEE, evidence(paper(PO, "O1", 99)), "entrusted.evidence_exceeded"),
        (PAYEE, evidence(paper(PO, "O1", 99), paper(INV, "I1", 1)), None),
    ],
)
def test_the_payee_must_be_in_papers_that_cover_the_amount(
    payee: Payee, known: Evidence, expected: str | None
) -> None:
    assert code(ALWAYS, 100, payee, known) == expected


@pytest.mark.parametrize(
    ("papers", "yuan"),
    [
        ([], 0),
        ([paper(PO, "O1", 100)], 100),
        ([paper(PO, "O1", 100), paper(INV, "I1", 40, order_no="O1")], 100),
        ([paper(PO, "O1", 100), *(paper(INV, n, 55, order_no="O1") for n in ("I1", "I2"))], 110),
        ([paper(INV, "I1", 40, order_no="O9"), paper(INV, "I2", 5)], 45),
        ([paper(INV, "I1", 40), paper(INV, "I1", 30)], 30),
        ([paper(INV, "I1", 40), paper(NOTE, "C1", 15, invoice_no="I1")], 25),
        ([paper(INV, "I1", 40), paper(NOTE, "C1", 15)], 25),
        ([paper(INV, "I1", 40), paper(NOTE, "C1", 90, invoice_no="I1"), paper(INV, "I2", 5)], 5),
        ([paper(INV, "I1", 40, void=True), paper(INV, "I2", 5)], 5),
    ],
)
def test_what_papers_cover_counts_each_trade_once(papers: list[Paper], yuan: int) -> None:
    assert covered(papers, "CNY") == Money(yuan * YUAN)
    assert covered(papers, "USD") == Money(0, "USD")


papers_of_any_kind = st.lists(
    st.builds(
        Paper,
        st.just(UUID(int=1)),
        st.sampled_from(PaperKind),
        st.sampled_from("123"),
        st.integers(0, 10**6).map(Money),
        void=st.booleans(),
        order_no=st.sampled_from([None, "1", "2"]),
        invoice_no=st.sampled_from([None, "1", "2"]),
    ),
    max_size=8,
)


@given(papers_of_any_kind, papers_of_any_kind)
def test_filing_papers_again_or_voiding_one_never_covers_more(
    papers: list[Paper], others: list[Paper]
) -> None:
    naming = [p for p in papers if p.kind is not NOTE]
    assert covered([*naming, *naming], "CNY") == covered(naming, "CNY")
    assert covered([*papers, *(o for o in others if o.kind is NOTE)], "CNY") <= covered(
        naming, "CNY"
    )
    assert covered(papers, "CNY") <= Money(sum(p.amount.minor for p in naming))


def test_names_and_accounts_are_compared_in_one_way_of_writing() -> None:
    assert plain("ＡＢＣ 公司 ") == plain("abc公司")


LATER = Provision(
    EntrustedRule(required=True, above=Money(1)), date(2026, 7, 1), "later", "counsel"
)


@pytest.mark.parametrize(
    ("on", "source"),
    [
        (date(2024, 6, 30), None),
        (date(2026, 6, 30), PROVISIONS[0].source),
        (date(2026, 7, 1), "later"),
    ],
)
def test_the_law_of_the_day_is_the_latest_that_has_begun(on: date, source: str | None) -> None:
    provision = provision_on(on, (LATER, *PROVISIONS))
    assert (provision and provision.source) == source


def test_the_stricter_of_programme_and_law_holds() -> None:
    (law,) = PROVISIONS
    small, large = Money.of("10000000"), Money.of("10000000.01")
    assert stricter(NEVER, law, small) == NEVER
    assert stricter(NEVER, law, large) == law.rule
    assert stricter(ALWAYS, law, small) == ALWAYS
    assert stricter(NEVER, law, Money.of("99999999", "USD")) == NEVER
    assert stricter(NEVER, None, large) == NEVER
    assert law.blocks(large)
    assert not LATER.blocks(large)


class OnePaper:
    """A connector of the test's own: a line `kind,number,seller,buyer,account,yuan` is a paper."""

    name = "one-paper"

    def recognises(self, head: Head) -> bool:
        return head.name.endswith(".paper")

    def read(self, blob: Blob, head: Head) -> Reading:
        del head
        kind, number, seller, buyer, account, yuan = blob.data.decode().split(",")
        worth = Decimal(yuan)
        document = TradeDocument(
            Kind(kind),
            number,
            "/",
            date(2026, 7, 1),
            "CNY",
            PartyRef("seller", seller, account or None),
            PartyRef("buyer", buyer),
            lines=(Line("1", "/line", {}, net=worth),),
            totals=Totals() if number == "unsaid" else Totals(payable=worth),
        )
        return Reading({}, (document,))


def filed(tx: Tx, bank: Till, *lines: str) -> None:
    connectors: list[Connector] = [OnePaper()]
    blobs = [Blob("test", "1.paper", f"{n:064x}", line.encode()) for n, line in enumerate(lines, 7)]
    outcomes = file_blobs(tx, TELLER, connectors, blobs, bank.clock.now())
    assert [outcome.refusal for outcome in outcomes] == [None] * len(lines)


def asked(bank: Till, *yuan: int, payee: Payee = PAYEE, production: bool = False) -> list[object]:
    asks = [
        AskEntrusted(SUPPLIER, payee, Money(y * YUAN), ALWAYS, bank.clock.today()) for y in yuan
    ]
    with bank.database.transaction() as tx:
        answers = entrust(tx, asks, production=production)
    return [a.code if isinstance(a, Refusal) else a for a in answers]


def test_filed_papers_are_used_up_by_questions_of_a_batch_and_by_orders(bank: Till) -> None:
    line = f"invoice,I1,{ONWARD},{SUPPLIER},6222000011112222,100"
    with bank.database.transaction() as tx:
        filed(tx, bank, line, f"invoice,I2,{ONWARD},SOMEONE,6222000011112222,900")
    first, second, third = asked(bank, 60, 50, 40)
    assert isinstance(first, Entrusted)
    assert isinstance(third, Entrusted)
    assert second == "entrusted.evidence_exceeded"
    paid = replace(bank.order("a", 60 * YUAN, PAYEE), entrusted=first)
    placed = bank.placed(paid)
    assert placed[0].order.entrusted == first
    assert asked(bank, 41) == ["entrusted.evidence_exceeded"]
    assert len(first.documents) == 1


def test_the_register_knows_the_account_under_the_payees_name(bank: Till) -> None:
    with bank.database.transaction() as tx:
        filed(tx, bank, f"order,O1,{ONWARD},{SUPPLIER},,100")
        assert asked(bank, 60) == ["entrusted.account_differs"]
        profile = Profile(ONWARD, PAYEE.name, accounts=(Account("6222000011112222"),))
        record_parties(tx, TELLER, [RecordParty(profile, date(2026, 1, 1), bank.clock.now())])
    (answer,) = asked(bank, 60)
    assert isinstance(answer, Entrusted)


def test_an_order_that_states_no_total_is_worth_its_lines(bank: Till) -> None:
    with bank.database.transaction() as tx:
        filed(tx, bank, f"order,unsaid,{ONWARD},{SUPPLIER},6222000011112222,100")
    answers = asked(bank, 100, 1)
    assert isinstance(answers[0], Entrusted)
    assert answers[1] == "entrusted.evidence_exceeded"


def test_what_nobody_asks_for_needs_no_papers(bank: Till) -> None:
    ask = AskEntrusted(SUPPLIER, PAYEE, Money(1), NEVER, bank.clock.today())
    with bank.database.transaction() as tx:
        assert entrust(tx, [ask], production=True) == [None]


def test_an_unverified_law_blocks_what_it_governs_in_production(bank: Till) -> None:
    assert asked(bank, 10_000_001, production=True) == ["entrusted.law_unverified"]
    assert asked(bank, 10_000_001) == ["entrusted.payee_not_in_evidence"]
