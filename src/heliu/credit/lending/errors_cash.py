"""Refusals about cash: what came in, what is paid out and to whom, what goes back."""

from heliu.ground.errors import Refusal
from heliu.ground.money import Money
from heliu.ground.text import Text


def cash_unmatched() -> Refusal:
    """A payment whose text names no contract of ours."""
    return Refusal(
        "lending.cash_unmatched",
        Text("附言未写明贷款合同", "the remittance text names no loan of ours"),
        Text(
            "查明后以 heliu loan repay --from nostro 入账，或退回付款人",
            "find out whose it is: heliu loan repay --from nostro, or send it back",
        ),
    )


def cash_ambiguous(contracts: int) -> Refusal:
    """A payment whose text names several contracts: how it is split, a person says."""
    return Refusal(
        "lending.cash_ambiguous",
        Text(f"附言写明了 {contracts} 笔贷款", f"the remittance text names {contracts} loans"),
        Text(
            "按付款人说明逐笔以 heliu loan repay --from nostro 入账",
            "book each part as the payer says: heliu loan repay --from nostro",
        ),
        {"contracts": contracts},
    )


def cash_booked() -> Refusal:
    """The receivable book has this entry already."""
    return Refusal(
        "lending.cash_booked",
        Text("该笔到账已由应收账款融资入账", "the receivable book has booked this entry already"),
        Text("如有误，先更正该笔入账", "if that was wrong, correct it there first"),
    )


def out_to_account() -> Refusal:
    """What is paid out reaches the borrower's account first; a payee is paid from there."""
    return Refusal(
        "lending.out_to_account",
        Text("提款和退款先入借款人账户", "what is paid out goes to the borrower's account with us"),
        Text(
            "以 deposit 入账，需要时指定收款人", "draw to the deposit, and name a payee if need be"
        ),
    )


def payee_account_unknown() -> Refusal:
    """The account of our ledger that is to be paid is not open, or is another's."""
    return Refusal(
        "lending.payee_account_unknown",
        Text("收款账户不存在或不属于收款人", "the payee has no such account with us"),
        Text("核对收款账户", "check the payee's account"),
    )


def payee_is_borrower() -> Refusal:
    """Money that goes on from the borrower's account to the same account goes nowhere."""
    return Refusal(
        "lending.payee_is_borrower",
        Text("收款账户就是入账账户", "the payee's account is the one the money reaches anyway"),
        Text("不填收款人，或指定其他账户", "name no payee, or another account"),
    )


def payee_needed() -> Refusal:
    """The product pays draws of that size to a payee whom papers name (受托支付)."""
    return Refusal(
        "lending.payee_needed",
        Text("该笔提款须受托支付", "a draw of this size is paid to a named payee"),
        Text("提供收款人及购销单据", "name the payee and file the papers that name him"),
    )


def payee_not_agreed() -> Refusal:
    """The contract came from an application whose money goes to one payee (受托支付)."""
    return Refusal(
        "lending.payee_not_agreed",
        Text(
            "合同约定受托支付给申请中的收款人",
            "the contract pays its draws to the payee of the application, and to nobody else",
        ),
        Text("以该收款人的户名和账号提款", "draw to that payee, by the name and account agreed"),
    )


def nothing_overpaid() -> Refusal:
    """Nothing is held that the loan does not ask for."""
    return Refusal(
        "lending.nothing_overpaid",
        Text("该贷款没有多付的款项", "nothing was overpaid on this loan"),
        Text("核对贷款: heliu loan show", "look at the loan: heliu loan show"),
    )


def beyond_overpaid(most: Money) -> Refusal:
    """More is to go back than was overpaid."""
    return Refusal(
        "lending.beyond_overpaid",
        Text(f"退款超过多付的 {most}", f"no more than {most} was overpaid"),
        Text("减少金额，或不填金额以全部退回", "pay back less, or name no amount for all of it"),
        {"most_minor": most.minor},
    )


def refund_account_unknown() -> Refusal:
    """Nobody knows where the money came from, or it came from several accounts."""
    return Refusal(
        "lending.refund_account_unknown",
        Text("不知道多付款项来自哪个账户", "it is not known from which account it came"),
        Text(
            "指明借款人的账户(--name 和 --account)，或分笔退回",
            "name an account of the borrower (--name and --account), or pay back in parts",
        ),
    )


def refund_account_not_his() -> Refusal:
    """Money does not leave to an account that nobody knows to be the borrower's."""
    return Refusal(
        "lending.refund_account_not_his",
        Text("该账户未登记在借款人名下", "the account is not on record as the borrower's"),
        Text(
            "先在客户资料中登记该账户，或退回其本行存款账户",
            "have it recorded in the borrower's party file first, or pay to his deposit with us",
        ),
    )
