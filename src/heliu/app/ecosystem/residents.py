"""The people of the demonstration: somebody of every role, at home in the ecosystem's enterprises.

All are invented. They are made known as everybody is (enrolled, granted, a PIN set after the
one-time code); only that a stranger may come in as one of them is the demonstration's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from heliu.app.ecosystem.plan import Plan
from heliu.app.samples.firms import BEILING, CORES
from heliu.channels.entrance.api import Demonstration, Trial, home_of
from heliu.ground.actor import SYSTEM
from heliu.ground.db import Database, Tx
from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.identity.api import (
    Enrol,
    Enrolled,
    Grant,
    Membership,
    Role,
    Rp,
    Settings,
    close_session,
    enrol,
    enter_by_code,
    grant,
    open_session,
    session_of,
    set_pin,
)

PIN: Final = "258036"
_USUAL: Final = Settings()
_CARE: Final = Settings(edition="care", size=1)


@dataclass(frozen=True, slots=True)
class Resident:
    """One of the people: who he is, what he does here, and at which enterprise (code of the cast).

    `shown` is whether the front page offers him; the others are there for what two must do.
    """

    key: str
    name: str
    login: str
    role: Role
    title: Text
    does: Text
    firm: str | None = None
    icon: str = "d-user-circle"
    settings: Settings = _USUAL
    shown: bool = True

    @property
    def home(self) -> str:
        """Where he begins."""
        # Which enterprise he acts for changes nothing in it.
        party = BEILING.uscc if self.firm else None
        return home_of(Membership(self.role, party), self.settings.edition)

    @property
    def tint(self) -> str:
        """The colour of his side of the counter: enterprises, people, the bank."""
        return _TINTS.get(self.role, "sky")


_TINTS: Final[Mapping[Role, str]] = {
    Role.SUPPLIER: "",
    Role.ENTERPRISE_MAKER: "",
    Role.ENTERPRISE_CHECKER: "",
    Role.RETAIL: "dawn",
    Role.GUARDIAN: "dawn",
}

RESIDENTS: Final = (
    Resident(
        "supplier", "史润生", "13900000001", Role.SUPPLIER,
        Text("供应商老板", "Supplier"),
        Text("今天能收多少钱，两下就融到手", "What can be paid today, in two taps"),
        "A01", "d-hand-coins",
    ),
    Resident(
        "enterprise_maker", "何敏", "13900000011", Role.ENTERPRISE_MAKER,
        Text("核心企业经办", "Core enterprise, maker"),
        Text("接单据、提交应付、邀请供应商", "Connects, proposes payables, invites suppliers"),
        "HH", "d-file-text",
    ),
    Resident(
        "enterprise_checker", "郑洁", "13900000012", Role.ENTERPRISE_CHECKER,
        Text("核心企业复核", "Core enterprise, checker"),
        Text("成批确认应付，看到期与资金", "Confirms payables, sees what falls due"),
        "HH", "d-check-circle",
    ),
    Resident(
        "retail", "林悦", "13900000021", Role.RETAIL,
        Text("个人客户", "Retail customer"),
        Text("账户、可撤回的转账、账单与问答", "Accounts, recallable transfers, bills, answers"),
        icon="d-wallet",
    ),
    Resident(
        "elder", "林桂芳", "13900000022", Role.RETAIL,
        Text("长辈", "An elder"),
        Text("关怀版：字大、事少、能读给您听", "Care edition: large, few, read aloud"),
        icon="d-text-aa", settings=_CARE,
    ),
    Resident(
        "guardian", "林小川", "13900000023", Role.GUARDIAN,
        Text("家庭守护人", "Family guardian"),
        Text("只看风险，不看余额；大额一同把关", "Sees risks, never balances; approves with"),
        icon="d-users-three",
    ),
    Resident(
        "credit_officer", "周叙", "C1001", Role.CREDIT_OFFICER,
        Text("信贷经理", "Credit officer"),
        Text("证据、决定与重放，处理待办", "Evidence, decisions and replay, cases"),
        icon="d-receipt",
    ),
    Resident(
        "risk", "吴桐", "R1001", Role.RISK,
        Text("风险经理", "Risk"),
        Text("改方案先看后果，再由第二人发布", "A change with its consequence, then released"),
        icon="d-chart-line-up",
    ),
    Resident(
        "post_loan", "孙亚", "P1001", Role.POST_LOAN,
        Text("贷后经理", "Post-loan"),
        Text("到期前预警，催收队列", "Warned before the due date; collection"),
        icon="d-bell",
    ),
    Resident(
        "data_steward", "钱若", "D1001", Role.DATA_STEWARD,
        Text("数据管家", "Data steward"),
        Text("企业与贸易的关系图", "Graphs of enterprises and trades"),
        icon="d-bank",
    ),
    Resident(
        "operations", "冯远", "O1001", Role.OPERATIONS,
        Text("运营", "Operations"),
        Text("大屏、日终、总账与差错", "The wall, the end of day, the ledger"),
        icon="d-clock-countdown",
    ),
    Resident(
        "security", "陈默", "S1001", Role.SECURITY,
        Text("安全", "Security"),
        Text("人员、权限与安全事件", "People, rights and security events"),
        icon="d-shield-check",
    ),
    Resident(
        "other_supplier", "孟嘉", "13900000002", Role.SUPPLIER, Text("另一家供应商", "Another"),
        Text("", ""), "B01", shown=False,
    ),
    Resident(
        "other_maker", "罗晴", "13900000013", Role.ENTERPRISE_MAKER, Text("另一家经办", "Another"),
        Text("", ""), "BL", shown=False,
    ),
    Resident(
        "second_risk", "褚言", "R1002", Role.RISK, Text("第二位风险经理", "A second person"),
        Text("", ""), shown=False,
    ),
    Resident(
        "second_security", "卫宁", "S1002", Role.SECURITY, Text("第二位安全员", "A second person"),
        Text("", ""), shown=False,
    ),
)  # fmt: skip


def demonstration(plan: Plan) -> Demonstration:
    """Everybody as whom a stranger may come in."""
    trials = [
        Trial(
            one.key, one.icon, one.tint, one.title, one.does, one.login,
            _membership(one, plan), shown=one.shown,
        )
        for one in RESIDENTS
    ]  # fmt: skip
    return Demonstration(trials, PIN)


def move_in(database: Database, plan: Plan, rp: Rp, now: datetime) -> None:
    """Make everybody known, give him his role and set his PIN; `now` is the wall clock's."""
    with database.transaction() as tx:
        commands = [Enrol(one.login, one.name, one.settings) for one in RESIDENTS]
        enrolled = [_sure(outcome) for outcome in enrol(tx, SYSTEM, commands, now)]
        grants = [Grant(one.login, one.role, _membership(one, plan).party) for one in RESIDENTS]
        for granted in grant(tx, SYSTEM, grants, now):
            assert isinstance(granted, Membership), granted
        for one in enrolled:
            _choose_pin(tx, rp, one, now)


def _choose_pin(tx: Tx, rp: Rp, enrolled: Enrolled, now: datetime) -> None:
    """As a person does it: in by the one-time code, a PIN, and out."""
    person = enter_by_code(tx, enrolled.code, now)
    assert not isinstance(person, Refusal), person
    session = session_of(tx, open_session(tx, person, None, "", now), now)
    assert session is not None, "it was opened now"
    set_pin(tx, rp, session, PIN, now)
    close_session(tx, session, now)


def _sure(outcome: Enrolled | Refusal) -> Enrolled:
    assert isinstance(outcome, Enrolled), outcome
    return outcome


def _membership(one: Resident, plan: Plan) -> Membership:
    firms = {firm.code: firm for firm in (*CORES, *(s.firm for s in plan.cast))}
    return Membership(one.role, firms[one.firm].uscc if one.firm else None)
