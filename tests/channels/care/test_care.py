"""The care edition through the real application: few things, plain sentences, nothing unasked."""

import re
from uuid import UUID

import pytest
from tests.channels.retail.branch_office import PIN, Office, hidden

from heliu.channels.care import voice
from heliu.channels.care.api import pages
from heliu.channels.care.domain import sentences
from heliu.channels.care.domain.words import find_amount
from heliu.channels.care.registry import MOST_ACTS, Act, few
from heliu.ground.money import Money
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Role,
    guardianships_of,
)
from heliu.payments.deposits.api import (
    State,
    accounts_of,
    bills_of,
    deposit_violations,
    payees_of,
    transfers_of,
)

MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
HAN = re.compile(r"[一-鿿]+")
ACT = re.compile(r"<(?:a\s[^>]*href|button(?![^>]*data-do=\"(?:say|mask)\")(?![^>]*name=\"size\"))")


def daughter(office: Office) -> UUID:
    """The daughter on the elder's list."""
    with office.database.transaction() as tx:
        found = payees_of(tx, office.home.elder.holder)
    return next(payee.id for payee in found if payee.name == "李娜")


def told(text: str) -> str:
    """The sentence of a page, as it stands there."""
    found = re.search(r'<(p|div)[^>]* id="told"[^>]*>(.*?)</\1>', text, re.DOTALL) or re.search(
        r'<(div) id="told"[^>]*>(.*?)</\1>', text, re.DOTALL
    )
    assert found is not None
    return re.sub(r"<[^>]+>", "", found[2]).strip()


def fixed_pages(office: Office) -> list[str]:
    """Every page of the care edition that the elder can open."""
    with office.database.transaction() as tx:
        transfer = transfers_of(tx, office.home.elder.holder)[0]
        bill = next(b for b in bills_of(tx, office.home.elder.holder) if b.state.value == "due")
    paths = [
        route.path
        for route in pages.routes
        if route.method == "GET" and "{" not in route.path and "guard" not in route.path
    ]
    return [
        *paths,
        f"/care/transfer/to/{daughter(office)}",
        f"/care/transfers/{transfer.id}",
        f"/care/bills/{bill.id}",
    ]


def signed(office: Office, cookies: dict[str, str], amount: str) -> str:
    """Pay the daughter; where that leads."""
    path = f"/care/transfer/to/{daughter(office)}"
    shown = office.post(path, {"amount": amount}, cookies)
    assert shown.status_code == 200, shown.text
    sent = {"amount": amount, "presented": hidden(shown.text, "presented"), "pin": PIN}
    return office.post(f"{path}/sign", sent, cookies).headers["location"]


def test_every_page_offers_few_things_a_heading_and_a_person_to_talk_to(office: Office) -> None:
    cookies = office.enter(office.elder)
    for path in fixed_pages(office):
        text = office.get(path, cookies).text
        main = MAIN.search(text)
        assert main is not None, path
        # The person to talk to stands on every page in the same place and is no act of the page.
        acts = len(ACT.findall(main[0])) - ('href="/care/human"' in main[0] and path != "/care")
        assert acts <= MOST_ACTS + ("/care/bills/" in path), path
        assert 'data-edition="care"' in text, path
        assert "<h1" in text, path
        assert 'href="/care/human"' in text or path == "/care/human", path
        assert "data-until" not in text, f"{path} hurries"


def test_a_page_that_offers_too_much_is_not_built() -> None:
    act = Act(Text("一", "one"), "/care", "r-check")
    assert few([act] * MOST_ACTS)
    with pytest.raises(AssertionError):
        few([act] * (MOST_ACTS + 1))


def test_the_balance_is_said_in_the_words_that_stand_there(office: Office) -> None:
    cookies = office.enter(office.elder)
    said = told(office.get("/care", cookies).text)
    with office.database.transaction() as tx:
        posted = sum(one.posted.minor for one in accounts_of(tx, office.home.elder.holder))
    found = find_amount(said)
    assert found is not None
    assert found[0] == posted
    assert not re.search(r"\d", said)


def test_the_voice_says_the_very_sentence(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    def listens(text: str, *, english: bool) -> bytes:
        heard.append(text)
        assert not english
        return b"RIFF"

    monkeypatch.setattr(voice, "speak", listens)
    cookies = office.enter(office.elder)
    with office.database.transaction() as tx:
        transfer = transfers_of(tx, office.home.elder.holder)[0]
    for page, sound in (
        ("/care", "/care/voice/home"),
        (f"/care/transfers/{transfer.id}", f"/care/voice/transfers/{transfer.id}"),
    ):
        answer = office.get(sound, cookies)
        assert answer.headers["content-type"] == "audio/wav"
        assert heard[-1] == told(office.get(page, cookies).text)
    office.get("/care/voice/lines", cookies)
    assert heard[-1] == re.sub(r"\s+", "", told(office.get("/care/lines", cookies).text))
    assert office.get("/care/voice/secrets", cookies).status_code == 404


def test_without_a_voice_the_page_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heliu.channels.care.voice.shutil.which", lambda _: None)
    cookies = office.enter(office.elder)
    assert "没有服务器语音" in office.get("/care/me", cookies).text
    voice.speak.cache_clear()
    assert office.get("/care/voice/home", cookies).status_code == 404
    assert "data-src" not in office.get("/care", cookies).text


@pytest.mark.skipif(not voice.can_speak(), reason="espeak-ng is not installed (apt install it)")
def test_a_sentence_becomes_a_sound() -> None:
    assert voice.script("您的余额是二百元。", english=False).startswith("nin2 de5 yu2 e2")
    for english in (False, True):
        sound = voice.speak("您好 hello", english=english)
        assert sound is not None
        assert sound[:4] == b"RIFF"
        assert len(sound) > 10_000


def test_a_payment_is_read_back_signed_and_taken_back(office: Office) -> None:
    cookies = office.enter(office.elder)
    path = f"/care/transfer/to/{daughter(office)}"
    shown = office.post(path, {"amount": "200"}, cookies).text
    assert told(shown).startswith("您要付给李娜二百元，收款账号最后四位是")
    receipt = signed(office, cookies, "200")
    held = office.get(receipt, cookies).text
    assert "之前您可以撤回" in told(held)
    assert "撤回转账" in office.get("/care", cookies).text
    assert office.post(f"{receipt}/recall", {}, cookies).status_code == 303
    assert "已经撤回" in told(office.get(receipt, cookies).text)


@pytest.mark.parametrize(
    ("amount", "said"), [("", "请填写此项"), ("一点", "请填写金额"), ("99999999", "可用余额不足")]
)
def test_a_wrong_amount_says_why_beside_its_field(office: Office, amount: str, said: str) -> None:
    path = f"/care/transfer/to/{daughter(office)}"
    shown = office.post(path, {"amount": amount}, office.enter(office.elder))
    assert shown.status_code == 422
    assert said in shown.text
    assert f'value="{amount}"' in shown.text


def test_a_wrong_pin_keeps_the_payment_on_the_screen(office: Office) -> None:
    cookies = office.enter(office.elder)
    path = f"/care/transfer/to/{daughter(office)}"
    shown = office.post(path, {"amount": "20"}, cookies).text
    sent = {"amount": "20", "presented": hidden(shown, "presented"), "pin": "999998"}
    again = office.post(f"{path}/sign", sent, cookies)
    assert again.status_code == 422
    assert "您要付给李娜二十元" in told(again.text)


@pytest.mark.parametrize(
    ("task", "understood", "leads"),
    [
        ("给李娜转两百块", "您要给李娜转二百元，对吗？", "amount=200.00"),
        ("给儿子转两百块", "名单上没有", "/care/transfer"),
        ("交电费", "您要交水电费，对吗？", "/care/bills"),
        ("我还有多少钱", "您的余额是", None),
        ("上月水电多少", "电费、水费共支出", None),
        ("查明细", "您要看最近的钱，对吗？", "/care/lines"),
        ("转账", "您要转账，对吗？", "/care/transfer"),
        ("有人骗我", "马上帮您找真人。", "/care/human"),
        ("天气怎么样", "没有听懂", None),
        ("上月天气多少", "共收入", None),
    ],
)
def test_what_is_said_is_repeated_back_and_nothing_is_done(
    office: Office, task: str, understood: str, leads: str | None
) -> None:
    cookies = office.enter(office.elder)
    with office.database.transaction() as tx:
        before = transfers_of(tx, office.home.elder.holder)
    shown = office.post("/care/say", {"task": task}, cookies)
    assert shown.status_code == 200
    assert understood in told(shown.text)
    assert f'value="{task}"' in shown.text
    assert leads is None or leads in shown.text
    with office.database.transaction() as tx:
        assert transfers_of(tx, office.home.elder.holder) == before


def test_nothing_said_is_nothing_understood(office: Office) -> None:
    cookies = office.enter(office.elder)
    assert office.post("/care/say", {"task": " "}, cookies).status_code == 422
    hostile = office.post("/care/say", {"task": "给<b>转两百块"}, cookies).text
    assert "<b>转" not in hostile


def test_a_bill_is_read_back_and_signed(office: Office) -> None:
    cookies = office.enter(office.elder)
    with office.database.transaction() as tx:
        bill = next(b for b in bills_of(tx, office.home.elder.holder) if b.state.value == "due")
    shown = office.get(f"/care/bills/{bill.id}", cookies).text
    wrong = {"presented": hidden(shown, "presented"), "pin": "000000"}
    again = office.post(f"/care/bills/{bill.id}", wrong, cookies)
    assert again.status_code == 422
    sent = {"presented": hidden(again.text, "presented"), "pin": PIN}
    made = office.post(f"/care/bills/{bill.id}", sent, cookies)
    assert made.status_code == 303
    assert str(bill.id) not in office.get("/care/bills", cookies).text


def test_somebody_new_is_written_down_and_then_asked_how_much(office: Office) -> None:
    cookies = office.enter(office.elder)
    form = {"name": "赵敏", "number": "6217000010008765432", "bank": "105100000017"}
    added = office.post("/care/payee", form, cookies)
    assert added.headers["location"].startswith("/care/transfer/to/")
    wrong = office.post("/care/payee", form | {"number": office.home.market.number}, cookies)
    assert wrong.status_code == 422
    assert "账号与户名不符" in wrong.text
    assert office.post("/care/payee", {}, cookies).status_code == 422


def test_an_elders_first_large_payment_pauses_in_plain_words(office: Office) -> None:
    cookies = office.enter(office.elder)
    form = {"name": "陈晨", "number": "6217000010001111111", "bank": "105100000017"}
    path = office.post("/care/payee", form, cookies).headers["location"]
    shown = office.post(path, {"amount": "8000"}, cookies).text
    assert "那多半是骗局" in shown
    sent = {"amount": "8000", "presented": hidden(shown, "presented"), "pin": PIN}
    receipt = office.post(f"{path}/sign", sent, cookies).headers["location"]
    assert "11月25日" in told(office.get(receipt, cookies).text)
    office.post(f"{receipt}/recall", {}, cookies)


def test_a_guardian_sees_the_order_and_no_balance_and_both_can_end_it(office: Office) -> None:
    cookies = office.enter(office.elder)
    hers = office.enter(office.daughter, Role.GUARDIAN)
    assert (
        office.post("/care/family/invite", {"login": "1", "limit": "1"}, cookies).status_code == 422
    )
    assert office.post("/care/family/invite", {}, cookies).status_code == 422
    form = {"login": office.daughter.login, "limit": "3000"}
    assert office.post("/care/family/invite", form, cookies).status_code == 303
    with office.database.transaction() as tx:
        (bond,) = guardianships_of(tx, office.elder, office.clock.now())
    assert "请您守护" in office.get("/care/family", office.enter(office.daughter)).text
    assert office.post(f"/care/family/{bond.id}/accept", {}, hers).status_code == 303
    receipt = signed(office, cookies, "3000.01")
    assert "在等家人确认" in told(office.get(receipt, cookies).text)
    waiting = receipt.rpartition("/")[2]
    guard = office.get("/care/guard", hers).text
    assert "付给李娜 3,000.01 元" in guard
    assert "余额" not in guard
    shown = office.get(f"/care/guard/{waiting}", hers).text
    assert "付给李娜 3,000.01 元" in shown
    assert office.post(f"/care/guard/{waiting}", {"answer": "no"}, hers).status_code == 303
    assert "没有付出" in told(office.get(receipt, cookies).text)
    assert office.get(f"/care/guard/{waiting}", hers).status_code == 404
    second = signed(office, cookies, "3000.02")
    office.post(f"/care/guard/{second.rpartition('/')[2]}", {"answer": "yes"}, hers)
    office.wait(11)
    cookies, hers = office.enter(office.elder), office.enter(office.daughter, Role.GUARDIAN)
    assert "已经付给李娜" in told(office.get(second, cookies).text)
    assert office.post(f"/care/family/{bond.id}/end", {}, hers).status_code == 303
    assert "请家人守护" in office.get("/care/family", cookies).text
    with office.database.transaction() as tx:
        assert deposit_violations(tx) == []


def test_nobody_sees_what_is_anothers(office: Office) -> None:
    cookies = office.enter(office.stranger)
    with office.database.transaction() as tx:
        transfer = transfers_of(tx, office.home.elder.holder)[0]
        bill = bills_of(tx, office.home.elder.holder)[0]
    for path in (
        f"/care/transfers/{transfer.id}",
        f"/care/transfer/to/{daughter(office)}",
        f"/care/voice/transfers/{transfer.id}",
        f"/care/bills/{bill.id}",
    ):
        assert office.get(path, cookies).status_code == 404, path
    assert office.get("/care/guard", cookies).status_code == 403


def test_many_payees_come_a_few_at_a_time(office: Office) -> None:
    cookies = office.enter(office.elder)
    for n in range(4):
        form = {"name": f"亲友{n}", "number": f"62170000100022222{n}", "bank": "105100000017"}
        office.post("/care/payee", form, cookies)
    first = office.get("/care/transfer", cookies).text
    assert first.count("/care/transfer/to/") == 3
    assert "/care/transfer?from=3" in first
    assert office.get("/care/transfer?from=3", cookies).text.count("/care/transfer/to/") == 3
    assert office.get("/care/transfer?from=x", cookies).status_code == 200


def test_every_page_speaks_english_where_it_is_asked_to(office: Office) -> None:
    cookies = office.enter(office.elder)
    names = {"李建国", "李娜", "福满多菜市场", "社会保险基金", "赵敏", "陈晨", "亲友"}
    billers = {"京能供电", "首都自来水", "蓝焰燃气", "现金存入"}
    shared = {"字", "字的大小", "选填", "指纹", "用通行密钥签名", "改用六位密码", "六位密码"}
    for path in fixed_pages(office):
        text = MAIN.search(office.get(path, cookies, "en").text)
        assert text is not None
        words = set(HAN.findall(re.sub(r"<[^>]+>", " ", text[0])))
        words -= {"没有完成签名", "可以再试一次", "或改用六位密码", "用密码确认"}
        assert words <= names | billers | shared, path


@pytest.mark.parametrize(
    ("state", "waits", "said"),
    [
        (State.HELD, True, "等家人确认"),
        (State.HELD, False, "之前您可以撤回"),
        (State.PAID, False, "已经付给"),
        (State.RECALLED, False, "已经撤回"),
        (State.REFUSED, False, "没有付出"),
        (State.LAPSED, False, "没有付出"),
        (State.FAILED, False, "没有付出"),
    ],
)
def test_how_a_payment_stands_is_one_plain_sentence(
    office: Office,
    state: State,
    waits: bool,  # noqa: FBT001
    said: str,
) -> None:
    with office.database.transaction() as tx:
        one = transfers_of(tx, office.home.elder.holder)[0]
    object.__setattr__(one, "state", state)
    object.__setattr__(one, "waits_for_approval", waits)
    assert said in sentences.transfer(one).zh


def test_what_is_held_is_said_with_the_balance() -> None:
    said = sentences.balance(Money(10_000), Money(9_000))
    assert said.zh == "您的余额是一百元，现在可以用九十元。"
    assert said.en == "Your balance is one hundred yuan; you can use ninety yuan now."
