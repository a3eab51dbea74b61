"""Refusals of the party desk: what is wrong with a statement about an enterprise."""

from heliu.ground.errors import Refusal
from heliu.ground.text import Text
from heliu.parties.party.domain.enterprise import Profile, RelationKind
from heliu.parties.party.domain.uscc import UsccFault, uscc_fault

_USCC_REASONS = {
    UsccFault.SHAPE: Text(
        "统一社会信用代码应为 18 位规定字符", "a USCC has 18 characters of the standard's alphabet"
    ),
    UsccFault.ORGANISATION_CHECK: Text(
        "组织机构代码校验位不符 (GB 11714)",
        "the organisation code's check character is wrong (GB 11714)",
    ),
    UsccFault.CHECK: Text(
        "统一社会信用代码校验位不符 (GB 32100)", "the USCC's check character is wrong (GB 32100)"
    ),
}
_USCC_CURE = Text("请按营业执照核对代码", "copy the code from the business licence")


def invalid(profile: Profile) -> Refusal | None:
    """Why `profile` cannot be recorded, or None. The texts carry no personal data."""
    if fault := uscc_fault(profile.uscc):
        reason, code = _USCC_REASONS[fault], f"party.uscc_{fault}"
        return Refusal(code, reason, _USCC_CURE, {"uscc": profile.uscc})
    facts = {"uscc": profile.uscc}
    if not profile.name_zh.strip():
        reason = Text("缺少企业名称", "the enterprise's name is missing")
        cure = Text("请补充登记名称", "give the registered name")
        return Refusal("party.name_missing", reason, cure, facts)
    numbers = [account.number for account in profile.accounts]
    if not all(numbers) or len(set(numbers)) < len(numbers):
        reason = Text("银行账户为空或重复", "a bank account is empty or given twice")
        cure = Text("每个账户列一次", "list each account once")
        return Refusal("party.accounts", reason, cure, facts)
    for relation in profile.relations:
        is_holder = relation.kind is RelationKind.SHAREHOLDER
        share_given = relation.share is not None and 0 < relation.share <= 1
        if is_holder != share_given or not (relation.uscc or relation.name):
            reason = Text(
                "关联关系不完整或持股比例不在 (0, 1]",
                "a relation is incomplete, or its share is not in (0, 1]",
            )
            cure = Text("请核对股东名册", "check the register of shareholders")
            return Refusal("party.relation", reason, cure, facts)
    return None
