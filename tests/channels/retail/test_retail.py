"""The mobile bank of people, through the real application: what they see, sign and take back."""

import re
from uuid import uuid4

import pytest
from tests.channels.retail.branch_office import PIN, Office, hidden

from heliu.channels.retail.api import pages
from heliu.channels.retail.views import month_of
from heliu.ground.money import Money
from heliu.parties.identity.api import Role, guardianships_of
from heliu.payments.deposits.api import (
    LockKind,
    PayIn,
    State,
    accounts_of,
    bills_of,
    deposit_violations,
    locks_of,
    pay_in,
    payees_of,
    transfers_of,
)
from heliu.payments.deposits.api import When as At

HAN = re.compile(r"[一-鿿]+")


def written(office: Office, **change: str) -> dict[str, str]:
    """A transfer to the daughter as somebody types it."""
    form = {
        "account": str(office.home.elder.id),
        "amount": "200",
        "name": "李娜",
        "number": office.home.daughter.number,
        "bank": "",
        "purpose": "transfer",
        "memo": "买水果",
    }
    return form | change


def signed(office: Office, cookies: dict[str, str], form: dict[str, str], pin: str = PIN) -> str:
    """Write, check and sign a transfer; where that leads."""
    shown = office.post("/m/transfers/new", form, cookies)
    assert shown.status_code == 200, shown.text
    sent = form | {"presented": hidden(shown.text, "presented"), "pin": pin}
    return office.post("/m/transfers/sign", sent, cookies).headers["location"]


def held(office: Office) -> list[State]:
    """How the elder's transfers stand, youngest first."""
    with office.database.transaction() as tx:
        return [one.state for one in transfers_of(tx, office.home.elder.holder)]


def test_the_home_shows_all_money_and_what_waits(office: Office) -> None:
    shown = office.get("/m/accounts", office.enter(office.elder))
    assert shown.status_code == 200
    with office.database.transaction() as tx:
        posted = sum(one.posted.minor for one in accounts_of(tx, office.home.elder.holder))
    assert f"{posted // 100:,}" in shown.text
    assert "京能供电" in shown.text
    assert "福满多菜市场" in shown.text


def test_a_balance_shows_the_journal_lines_it_was_computed_from(office: Office) -> None:
    shown = office.get(f"/m/accounts/{office.home.elder.id}", office.enter(office.elder)).text
    assert "这个余额是怎么算出来的" in shown
    assert "日记账序号" in shown
    past = office.get(
        f"/m/accounts/{office.home.elder.id}?month=2026-10&at=2026-11-24T11:59",
        office.enter(office.elder),
    ).text
    assert "时账本所知" in past
    assert "这个月没有动账" in past


def test_a_transfer_is_shown_signed_held_and_taken_back(office: Office) -> None:
    cookies = office.enter(office.elder)
    receipt = signed(office, cookies, written(office))
    shown = office.get(receipt, cookies).text
    assert "撤回这笔转账" in shown
    assert 'data-until="' in shown
    assert "撤回" in office.get("/m/accounts", cookies).text
    back = office.post(f"{receipt}/recall", {}, cookies)
    assert back.status_code == 303
    assert "已撤回" in office.get(receipt, cookies).text
    office.wait(11)
    assert held(office)[0] is State.RECALLED


def test_what_is_not_taken_back_is_paid(office: Office) -> None:
    cookies = office.enter(office.elder)
    receipt = signed(office, cookies, written(office, amount="1.01"))
    office.wait(11)
    cookies = office.enter(office.elder)
    shown = office.get(receipt, cookies).text
    assert "已付出" in shown
    assert "撤回这笔转账" not in shown
    late = office.post(f"{receipt}/recall", {}, cookies)
    assert late.status_code in {409, 422}
    assert "撤回时间已过" in late.text
    with office.database.transaction() as tx:
        assert deposit_violations(tx) == []


def test_a_wrong_pin_pays_nothing_and_loses_nothing_typed(office: Office) -> None:
    cookies, form = office.enter(office.elder), written(office, amount="33.44")
    shown = office.post("/m/transfers/new", form, cookies).text
    before = held(office)
    sent = form | {"presented": hidden(shown, "presented"), "pin": "000001"}
    again = office.post("/m/transfers/sign", sent, cookies)
    assert again.status_code == 422
    assert 'role="alert"' in again.text
    assert hidden(again.text, "amount") == "33.44"
    assert held(office) == before
    sent = form | {"presented": hidden(again.text, "presented"), "pin": PIN}
    assert office.post("/m/transfers/sign", sent, cookies).status_code == 303
    assert len(held(office)) == len(before) + 1


def test_a_form_sent_twice_pays_once(office: Office) -> None:
    cookies, form = office.enter(office.elder), written(office, amount="5")
    shown = office.post("/m/transfers/new", form, cookies).text
    before = len(held(office))
    sent = form | {"presented": hidden(shown, "presented"), "pin": PIN, "_key": str(uuid4())}
    first = office.post("/m/transfers/sign", sent, cookies)
    again = office.post("/m/transfers/sign", sent, cookies)
    assert first.headers["location"] == again.headers["location"]
    assert len(held(office)) == before + 1


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"amount": ""}, "amount", "请填写此项"),
        ({"amount": "abc"}, "amount", "请填写金额"),
        ({"amount": "99999999"}, "amount", "可用余额不足"),
        ({"name": "王芳"}, "name", "账号与户名不符"),
        ({"number": "881560000000999995"}, "number", "本行没有这个账号"),
        ({"number": "6222000011112222"}, "bank", "开户行行号"),
        ({"account": "x"}, "account", "请选择其中一项"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    office: Office, change: dict[str, str], field: str, said: str
) -> None:
    form = written(office, **change)
    shown = office.post("/m/transfers/new", form, office.enter(office.elder))
    assert shown.status_code == 422
    assert re.search(rf'id="f-{field}-e">[^<]*{said}', shown.text)
    assert 'value="买水果"' in shown.text


def test_an_account_of_another_cannot_be_paid_from(office: Office) -> None:
    form = written(office, account=str(office.home.daughter.id))
    shown = office.post("/m/transfers/new", form, office.enter(office.elder))
    assert shown.status_code == 422
    assert "没有这个账户" in shown.text


def test_nobody_sees_what_is_anothers(office: Office) -> None:
    cookies = office.enter(office.stranger)
    with office.database.transaction() as tx:
        transfer = transfers_of(tx, office.home.elder.holder)[0]
        bill = bills_of(tx, office.home.elder.holder)[0]
    assert office.get(f"/m/accounts/{office.home.elder.id}", cookies).status_code == 404
    assert office.get(f"/m/transfers/{transfer.id}", cookies).status_code == 404
    assert office.post(f"/m/transfers/{transfer.id}/recall", {}, cookies).status_code in {404, 422}
    assert office.get(f"/m/bills/{bill.id}", cookies).status_code in {303, 404}
    assert "京能" not in office.get("/m/bills", cookies).text


def test_a_bill_is_signed_and_being_paid(office: Office) -> None:
    cookies = office.enter(office.elder)
    with office.database.transaction() as tx:
        due = [b for b in bills_of(tx, office.home.elder.holder) if b.state.value == "due"]
    shown = office.get(f"/m/bills/{due[0].id}", cookies).text
    sent = {"presented": hidden(shown, "presented"), "pin": PIN}
    made = office.post(f"/m/bills/{due[0].id}", sent, cookies)
    assert made.status_code == 303
    assert "正在付款" in office.get("/m/bills", cookies).text
    assert office.get(f"/m/bills/{due[0].id}", cookies).status_code in {409, 422}


def test_a_question_is_answered_with_its_rows_and_its_query(office: Office) -> None:
    shown = office.get("/m/ask?q=上月水电多少", office.enter(office.elder)).text
    assert "2026年10月1日至2026年10月31日，电费、水费共支出 306.00 元，一共 2 笔。" in shown
    assert "SELECT j.business_date" in shown
    assert "没有听懂" in office.get("/m/ask?q=你好", office.enter(office.elder)).text
    hostile = office.get("/m/ask?q=<script>alert(1)</script>", office.enter(office.elder)).text
    assert "<script>alert" not in hostile


def test_a_lock_is_set_and_its_relaxation_waits(office: Office) -> None:
    cookies = office.enter(office.daughter)

    def lock(**form: str) -> int:
        return office.post("/m/locks", form, cookies).status_code

    assert lock(kind="single", single="1000") == 303
    assert lock(kind="single", act="off") == 303
    assert lock(kind="night", starts="22:00", ends="07:00") == 303
    assert lock(kind="night", starts="22:00", ends="22:00") == 422
    assert lock(kind="night", starts="x", ends="22:00") == 422
    assert lock(kind="payees") == 303
    assert lock(kind="daily", daily="x") == 422
    assert lock(kind="doors") == 422
    assert "已申请放宽" in office.get("/m/locks", cookies).text
    with office.database.transaction() as tx:
        standing = locks_of(tx, office.home.daughter.holder, office.clock.now())
    assert standing[LockKind.SINGLE].lock.amount == Money(100_000)
    assert standing[LockKind.SINGLE].waiting is not None
    assert standing[LockKind.PAYEES].lock.locked


def test_a_payee_is_put_on_the_list_and_taken_off(office: Office) -> None:
    cookies = office.enter(office.elder)
    form = {"name": "赵敏", "number": "6217 0000 1000 8765 432", "bank": "105100000017"}
    added = office.post("/m/payees/new", form, cookies)
    assert added.headers["location"].startswith("/m/transfers/new?to=")
    assert "赵敏" in office.get(added.headers["location"], cookies).text
    with office.database.transaction() as tx:
        (payee,) = (p for p in payees_of(tx, office.home.elder.holder) if p.name == "赵敏")
    office.post(f"/m/payees/{payee.id}/remove", {}, cookies)
    assert "赵敏" not in office.get("/m/transfers", cookies).text
    wrong = office.post("/m/payees/new", form | {"bank": ""}, cookies)
    assert wrong.status_code == 422
    assert office.post("/m/payees/new", {"name": ""}, cookies).status_code == 422


def test_family_is_invited_accepted_and_ended_from_either_side(office: Office) -> None:
    elder, daughter = office.enter(office.elder), office.enter(office.daughter)
    wrong = office.post("/m/family/invite", {"login": "12", "limit": "3000"}, elder)
    assert wrong.status_code == 422
    assert office.post("/m/family/invite", {"login": "", "limit": ""}, elder).status_code == 422
    office.post("/m/family/invite", {"login": office.daughter.login, "limit": "3000"}, elder)
    with office.database.transaction() as tx:
        (bond,) = guardianships_of(tx, office.elder, office.clock.now())
    assert "李建国" in office.get("/m/family", daughter).text
    office.post(f"/m/family/{bond.id}/accept", {}, daughter)
    assert "李娜" in office.get("/m/family", elder).text
    office.post(f"/m/family/{bond.id}/end", {}, elder)
    assert "还没有家人守护" in office.get("/m/family", elder).text


def test_a_stranger_without_an_account_is_told_so(office: Office) -> None:
    cookies = office.enter(office.stranger)
    assert "还没有账户" in office.get("/m/accounts", cookies).text
    assert office.get("/m/transfers/new", cookies).status_code == 200


def test_a_guardian_has_no_page_of_accounts(office: Office) -> None:
    cookies = office.enter(office.daughter, Role.GUARDIAN)
    assert office.get("/m/accounts", cookies).status_code == 403
    assert office.get("/m/transfers", cookies).status_code == 403


def test_every_page_speaks_english_where_it_is_asked_to(office: Office) -> None:
    cookies = office.enter(office.elder)
    fixed = [
        route.path for route in pages.routes if route.method == "GET" and "{" not in route.path
    ]
    for path in fixed:
        text = office.get(path, cookies, "en").text
        main = text[text.index("<main") : text.index("</main>")]
        words = set(HAN.findall(re.sub(r"<[^>]+>", " ", main)))
        names = {"李建国", "李娜", "福满多菜市场", "社会保险基金", "现金存入", "赵敏"}
        billers = {"京能供电", "首都自来水", "蓝焰燃气", "买水果", "全部", "选填"}
        assert words <= names | billers, path


@pytest.mark.parametrize(
    ("said", "start"), [("2026-02", "2026-02-01"), ("x", "2026-11-01"), ("2026-13", "2026-11-01")]
)
def test_a_month_is_named_or_it_is_this_one(said: str, start: str, office: Office) -> None:
    assert month_of(said, office.clock.today())[0].isoformat() == start


def test_money_that_came_in_is_seen_at_once(office: Office) -> None:
    with office.database.transaction() as tx:
        now = At(office.clock.now(), office.clock.today())
        came = PayIn(uuid4(), office.home.savings.id, Money(123_456), "利息")
        pay_in(tx, office.ledger, [came], now)
    assert "1,234.56" in office.get("/m/accounts", office.enter(office.elder)).text
