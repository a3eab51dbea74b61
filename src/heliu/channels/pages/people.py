"""What the people at the door are called in their role."""

from collections.abc import Mapping
from typing import Final

from heliu.ground.text import Text
from heliu.parties.identity.api import OF_THE_STAFF, Role

NO_ROLE: Final = Text("未选择身份", "no role chosen")
ROLE_TEXT: Final[Mapping[Role, Text]] = {
    Role.SUPPLIER: Text("供应商", "Supplier"),
    Role.RETAIL: Text("个人客户", "Customer"),
    Role.GUARDIAN: Text("家庭守护人", "Family guardian"),
    Role.ENTERPRISE_MAKER: Text("核心企业经办", "Core enterprise, maker"),
    Role.ENTERPRISE_CHECKER: Text("核心企业复核", "Core enterprise, checker"),
    Role.CREDIT_OFFICER: Text("信贷经理", "Credit officer"),
    Role.RISK: Text("风险经理", "Risk"),
    Role.POST_LOAN: Text("贷后管理", "Post-loan"),
    Role.DATA_STEWARD: Text("数据管理", "Data steward"),
    Role.OPERATIONS: Text("运营", "Operations"),
    Role.SECURITY: Text("安全", "Security"),
}
# Who works at a desk: dense pages with a side navigation.
OF_THE_DESK: Final = OF_THE_STAFF | {Role.ENTERPRISE_MAKER, Role.ENTERPRISE_CHECKER}
