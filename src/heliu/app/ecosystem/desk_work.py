"""What the core enterprise's people of the demonstration find on their desk.

The maker has proposed a payable that waits for the checker, and has had a list of suppliers judged,
so that each of them has something to look at and something to do.
"""

from datetime import date, datetime
from typing import Final

from heliu.app.ecosystem.plan import Plan
from heliu.app.ecosystem.residents import RESIDENTS
from heliu.channels.portal.api import Act, Propose, State, payables, propose, take_turn
from heliu.credit.acquisition.api import AcquireCommand, acquire
from heliu.ground.db import Database, Tx
from heliu.ground.ids import derived_id
from heliu.parties.identity.api import Person, person_of_login
from heliu.parties.party.api import complete_uscc

_MAKER: Final = "enterprise_maker"
_SELLER: Final = "A02"
_HEADER: Final = (
    "统一社会信用代码,供应商名称,收款账号,成立日期,年采购额,上年采购额,他行融资余额,合作年限,"
    "近12个月订单数,近12个月发票数,退货率,迟交率,付款天数"
)
_TOWNS: Final = ("青岛", "潍坊", "烟台", "临沂")
_TRADES: Final = ("包装", "线束", "模具", "喷涂", "紧固件", "橡塑")
_LISTED: Final = 24
_WAN: Final = 10_000
_WEAK: Final = 5


def leave_work(
    database: Database, plan: Plan, today: date, times: tuple[datetime, datetime]
) -> None:
    """Propose and judge; `times` are the bank's own instant and the wall clock's."""
    resident = next(one for one in RESIDENTS if one.key == _MAKER)
    chain = next(s.chain for s in plan.cast if s.chain.core.code == resident.firm)
    sellers = [s.firm.uscc for s in plan.cast if s.firm.code == _SELLER]
    at, wall = times
    with database.transaction() as tx:
        maker = person_of_login(tx, resident.login)
        assert maker is not None, "he moved in before"
        _propose(tx, maker, (chain.core.uscc, sellers), today, wall)
        command = AcquireCommand(chain.programme["programme"], supplier_list(), today)
        acquire(tx, maker.actor, command, at)


def supplier_list() -> bytes:
    """A list as an ERP exports it: good, middling and young, and a line with a fault."""
    lines = [_HEADER, *(_line(number) for number in range(_LISTED))]
    return "\n".join([*lines, "不是代码,某某厂,,,1,,,,,,,,"]).encode()


def _propose(
    tx: Tx, maker: Person, firm: tuple[str, list[str]], today: date, wall: datetime
) -> None:
    buyer, sellers = firm
    take_turn(tx, buyer)
    waiting = [
        one
        for one in payables(tx, buyer, today)
        if one.state is State.WAITING and one.receivable.supplier in sellers
    ]
    if waiting:
        wanted = Propose(derived_id("desk work", buyer), buyer, Act.CONFIRM, "", maker.id)
        propose(tx, wanted, waiting[:1], wall)


def _line(number: int) -> str:
    code = complete_uscc(f"91370200MA{number + 40:06d}")
    name = f"{_TOWNS[number % 4]}{_TRADES[number % 6]}{number + 1}号厂"
    bought = (number % 7 + 1) * 180 * _WAN
    weak = number % 6 == _WEAK
    steady, years = number % 5, 0 if weak else number % 9 + 1
    return ",".join(
        str(cell)
        for cell in (
            *(code, name, f"6222{number:012d}", f"{2025 - years * 2}-05-{number % 27 + 1:02d}"),
            *(bought, bought * (9 + steady) // 10, bought // 20 * (number % 3), years),
            *(
                24 + number,
                30 + number,
                "0.35" if weak else f"0.0{steady}",
                f"0.0{number % 6}",
                60 + number % 30,
            ),
        )
    )
