"""Refusals of the collateral desk: what is so, and what would cure it."""

from uuid import UUID

from heliu.ground.errors import Refusal
from heliu.ground.text import Text


def receipt_offered_already(lot_id: UUID) -> Refusal:
    """The custodian's receipt line stands registered with other particulars."""
    return Refusal(
        "collateral.receipt_offered_already",
        Text("该仓单行已登记且内容不同", "this receipt line is registered with other particulars"),
        Text(
            "核对仓单号；出库后再入库的货物须出具新仓单",
            "check the number; goods stored again need a new receipt",
        ),
        {"lot": str(lot_id)},
    )


def goods_offered_elsewhere(batch: str) -> Refusal:
    """The same marked goods stand under another receipt."""
    return Refusal(
        "collateral.goods_offered_elsewhere",
        Text("同一批货物已在另一仓单项下登记", "the same goods stand under another receipt"),
        Text(
            "由仓库核实批号并注销重复仓单", "have the custodian check the mark, cancel one receipt"
        ),
        {"batch": batch},
    )


def lot_impossible(lot_id: UUID, why: Text) -> Refusal:
    """The offer says what cannot be."""
    return Refusal(
        "collateral.lot_impossible",
        Text(f"仓单内容不可能：{why.zh}", f"this cannot be a lot: {why.en}"),
        Text("改正后重新登记", "correct it and offer it again"),
        {"lot": str(lot_id)},
    )


def debt_impossible(contract_id: UUID) -> Refusal:
    """A debt is not negative, and a buy-back or a seizure needs one."""
    return Refusal(
        "collateral.debt_impossible",
        Text("所欠金额不可能", "the debt cannot be"),
        Text("按当日结清金额填写", "say what closes the contract that day"),
        {"contract": str(contract_id)},
    )


def unknown_lot(lot_id: UUID) -> Refusal:
    """No such lot was offered."""
    return Refusal(
        "collateral.unknown_lot",
        Text("没有该批货物", "there is no such lot"),
        Text("先登记仓单", "offer its receipt first"),
        {"lot": str(lot_id)},
    )


def unknown_goods(goods: str) -> Refusal:
    """The bank has no policy for these goods, so it does not lend on them."""
    return Refusal(
        "collateral.unknown_goods",
        Text(f"本行不接受货物 {goods} 作押品", f"the bank does not lend on goods {goods}"),
        Text("选择目录内的货物及其计量单位", "choose goods of the book, in their unit"),
        {"goods": goods},
    )


def not_attested(lot_id: UUID, why: Text) -> Refusal:
    """The custodian's document does not support the lot."""
    return Refusal(
        "collateral.not_attested",
        Text(
            f"保管方单据不支持该批货物：{why.zh}", f"the document does not attest the lot: {why.en}"
        ),
        Text("由保管方出具一致的入库单据", "have the custodian send a document that agrees"),
        {"lot": str(lot_id)},
    )


def not_the_custodian(lot_id: UUID) -> Refusal:
    """Somebody else than the custodian speaks for the goods."""
    return Refusal(
        "collateral.not_the_custodian",
        Text("只有保管方可以确认货物", "only the custodian may speak for the goods"),
        Text("由保管方经其自己的连接报送", "have the custodian send it over its own connection"),
        {"lot": str(lot_id)},
    )


def same_person(lot_id: UUID) -> Refusal:
    """Who offered a lot does not verify it."""
    return Refusal(
        "collateral.same_person",
        Text("登记人不得自行核实", "who offered a lot does not verify it"),
        Text("由另一人核实", "have another person verify it"),
        {"lot": str(lot_id)},
    )


def not_verified(lot_id: UUID) -> Refusal:
    """Goods are pledged only after the custodian attested them."""
    return Refusal(
        "collateral.not_verified",
        Text("货物尚未核实", "the lot is not verified"),
        Text("先由保管方单据核实", "have it verified by its custodian's document first"),
        {"lot": str(lot_id)},
    )


def pledged_already(lot_id: UUID) -> Refusal:
    """A lot is pledged once in its life."""
    return Refusal(
        "collateral.pledged_already",
        Text("该批货物已质押", "the lot is pledged already"),
        Text(
            "选择其他货物；解押后的货物须出具新仓单",
            "choose other goods; what was released needs a new receipt",
        ),
        {"lot": str(lot_id)},
    )


def not_the_owner(lot_id: UUID) -> Refusal:
    """Only the owner pledges his goods."""
    return Refusal(
        "collateral.not_the_owner",
        Text("出质人不是货物所有人", "the pledgor does not own the lot"),
        Text("由所有人出质，或提供过户单据", "have the owner pledge it, or show its transfer"),
        {"lot": str(lot_id)},
    )


def currency_differs(lot_id: UUID) -> Refusal:
    """Goods cover debts of the currency they are priced in."""
    return Refusal(
        "collateral.currency_differs",
        Text(
            "货物计价币种与借款币种不同", "the goods are priced in another currency than the debt"
        ),
        Text("选择同币种计价的货物", "choose goods priced in the currency of the debt"),
        {"lot": str(lot_id)},
    )


def terms_differ(contract_id: UUID) -> Refusal:
    """The contract's collateral was agreed on other terms."""
    return Refusal(
        "collateral.terms_differ",
        Text("该合同的押品条款已另有约定", "the collateral of this contract was agreed otherwise"),
        Text("按已约定的条款追加", "add goods on the terms agreed"),
        {"contract": str(contract_id)},
    )


def nothing_pledged(contract_id: UUID) -> Refusal:
    """The contract has no collateral."""
    return Refusal(
        "collateral.nothing_pledged",
        Text("该合同没有押品", "nothing is pledged for this contract"),
        Text("先办理质押", "pledge goods first"),
        {"contract": str(contract_id)},
    )


def lot_not_pledged(lot_id: UUID) -> Refusal:
    """A lot that is to leave does not secure this contract."""
    return Refusal(
        "collateral.lot_not_pledged",
        Text("该批货物未质押给本合同", "this lot does not secure the contract"),
        Text("核对货物编号: heliu collateral show", "check the lots: heliu collateral show"),
        {"lot": str(lot_id)},
    )


def payment_exceeds(contract_id: UUID) -> Refusal:
    """More is said to be paid than was financed, or in another currency."""
    return Refusal(
        "collateral.payment_exceeds",
        Text(
            "已还本金超过融资额或币种不同", "paid exceeds what was financed, or differs in currency"
        ),
        Text("核对还款记录", "check the repayments"),
        {"contract": str(contract_id)},
    )


def not_breached(contract_id: UUID) -> Refusal:
    """Goods are seized only after a call was not met."""
    return Refusal(
        "collateral.not_breached",
        Text("追加保证未逾期，不得处置押品", "no margin call is breached: goods may not be seized"),
        Text("补足期满仍未补足后再处置", "wait until the cure date has passed"),
        {"contract": str(contract_id)},
    )


def no_cost(contract_id: UUID) -> Refusal:
    """A buy-back needs the price the goods were paid at."""
    return Refusal(
        "collateral.no_cost",
        Text("货物未载购货价款，无法计算回购额", "the goods do not say what they cost"),
        Text("登记时填写购货价款", "offer goods paid in advance with their cost"),
        {"contract": str(contract_id)},
    )


def unknown_instruction(instruction_id: UUID) -> Refusal:
    """No such instruction was given to this custodian."""
    return Refusal(
        "collateral.unknown_instruction",
        Text("没有发给该保管方的该指令", "no such instruction was given to this custodian"),
        Text("按收到的指令编号回复", "answer with the number of the instruction received"),
        {"instruction": str(instruction_id)},
    )


def answered_already(instruction_id: UUID) -> Refusal:
    """An instruction is answered once."""
    return Refusal(
        "collateral.answered_already",
        Text("该指令已有不同的回复", "the instruction was answered otherwise"),
        Text("如需更正，请联系本行", "call the bank to correct an answer"),
        {"instruction": str(instruction_id)},
    )


def price_by_owner(source: str) -> Refusal:
    """Who pledged goods does not set their price."""
    return Refusal(
        "collateral.price_by_owner",
        Text("出质人不得为其货物报价", "who pledged the goods does not set their price"),
        Text("采用交易所或第三方价格", "use an exchange's or a third party's price"),
        {"source": source},
    )


def price_differs(price_id: UUID) -> Refusal:
    """One source says two prices of one day."""
    return Refusal(
        "collateral.price_differs",
        Text("同一来源当日已有不同价格", "this source gave another price for that day"),
        Text("更正价格请用次日的报价", "correct it by the next day's price"),
        {"price": str(price_id)},
    )


def price_from_tomorrow(source: str) -> Refusal:
    """A price is of today or before."""
    return Refusal(
        "collateral.price_from_tomorrow",
        Text("价格日期晚于今日", "the price is of a day to come"),
        Text("在报价日当天或之后报送", "send it on its day or later"),
        {"source": source},
    )


def nothing_to_confirm(price_id: UUID) -> Refusal:
    """Only a wild price waits for a person."""
    return Refusal(
        "collateral.nothing_to_confirm",
        Text("没有待确认的该价格", "no such price waits to be confirmed"),
        Text("只确认被标记为异常的价格", "confirm prices that were found wild"),
        {"price": str(price_id)},
    )
