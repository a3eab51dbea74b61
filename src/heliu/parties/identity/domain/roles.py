"""Roles and rights: what each kind of person at the door may do; what is not here is denied."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """As whom a person comes in."""

    SUPPLIER = "supplier"
    RETAIL = "retail"
    GUARDIAN = "guardian"
    ENTERPRISE_MAKER = "enterprise_maker"
    ENTERPRISE_CHECKER = "enterprise_checker"
    CREDIT_OFFICER = "credit_officer"
    RISK = "risk"
    POST_LOAN = "post_loan"
    DATA_STEWARD = "data_steward"
    OPERATIONS = "operations"
    SECURITY = "security"


class Right(StrEnum):
    """One thing a page lets somebody see or do."""

    SELF = "self"
    RECEIVABLES_READ = "receivables:read"
    RECEIVABLES_FINANCE = "receivables:finance"
    LOANS_READ = "loans:read"
    LOANS_REPAY = "loans:repay"
    LIMITS_READ = "limits:read"
    VOUCHERS_READ = "vouchers:read"
    VOUCHERS_ACT = "vouchers:act"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_SEND = "documents:send"
    ACCOUNTS_READ = "accounts:read"
    TRANSFERS_MAKE = "transfers:make"
    BILLS_PAY = "bills:pay"
    LOCKS_SET = "locks:set"
    FAMILY_MANAGE = "family:manage"
    GUARD = "guard"
    PAYABLES_READ = "payables:read"
    PAYABLES_PROPOSE = "payables:propose"
    PAYABLES_CONFIRM = "payables:confirm"
    SUPPLIERS_ONBOARD = "suppliers:onboard"
    CONNECTIONS_MANAGE = "connections:manage"
    PROGRAMME_TERMS_READ = "programme-terms:read"
    FORECAST_READ = "forecast:read"
    WALL_READ = "wall:read"
    TRADE_READ = "trade:read"
    DECISIONS_READ = "decisions:read"
    DECISIONS_REPLAY = "decisions:replay"
    CASES_READ = "cases:read"
    CASES_WORK = "cases:work"
    PROGRAMMES_PROPOSE = "programmes:propose"
    PROGRAMMES_RELEASE = "programmes:release"
    PRODUCTS_PROPOSE = "products:propose"
    PRODUCTS_RELEASE = "products:release"
    LEDGER_READ = "ledger:read"
    EOD_READ = "eod:read"
    EOD_RUN = "eod:run"
    EXPORTS_MAKE = "exports:make"
    PEOPLE_MANAGE = "people:manage"
    SECURITY_READ = "security:read"


# In whose name a role acts: an enterprise's (by its USCC), the person's own, or the bank's.
OF_AN_ENTERPRISE: Final = frozenset({Role.SUPPLIER, Role.ENTERPRISE_MAKER, Role.ENTERPRISE_CHECKER})
OF_THE_STAFF: Final = frozenset(
    {
        Role.CREDIT_OFFICER,
        Role.RISK,
        Role.POST_LOAN,
        Role.DATA_STEWARD,
        Role.OPERATIONS,
        Role.SECURITY,
    }
)

# Whoever is logged in, in whatever role: his own devices, settings and messages.
OF_EVERYBODY: Final = frozenset({Right.SELF})

# Who proposes never releases: the maker has no CONFIRM and the checker no PROPOSE; where one role
# has both (RISK), the desk that releases compares the two persons.
_GIVEN: Final = {
    Role.SUPPLIER: {
        Right.RECEIVABLES_READ,
        Right.RECEIVABLES_FINANCE,
        Right.LOANS_READ,
        Right.LOANS_REPAY,
        Right.LIMITS_READ,
        Right.VOUCHERS_READ,
        Right.VOUCHERS_ACT,
        Right.DOCUMENTS_READ,
        Right.DOCUMENTS_SEND,
        Right.ACCOUNTS_READ,
    },
    Role.RETAIL: {
        Right.ACCOUNTS_READ,
        Right.TRANSFERS_MAKE,
        Right.BILLS_PAY,
        Right.LOCKS_SET,
        Right.FAMILY_MANAGE,
    },
    Role.GUARDIAN: {Right.GUARD},
    Role.ENTERPRISE_MAKER: {
        Right.PAYABLES_READ,
        Right.PAYABLES_PROPOSE,
        Right.SUPPLIERS_ONBOARD,
        Right.CONNECTIONS_MANAGE,
        Right.PROGRAMME_TERMS_READ,
        Right.FORECAST_READ,
        Right.DOCUMENTS_READ,
        Right.DOCUMENTS_SEND,
    },
    Role.ENTERPRISE_CHECKER: {
        Right.PAYABLES_READ,
        Right.PAYABLES_CONFIRM,
        Right.PROGRAMME_TERMS_READ,
        Right.FORECAST_READ,
        Right.DOCUMENTS_READ,
    },
    Role.CREDIT_OFFICER: {
        Right.WALL_READ,
        Right.TRADE_READ,
        Right.DECISIONS_READ,
        Right.DECISIONS_REPLAY,
        Right.CASES_READ,
        Right.CASES_WORK,
        Right.PROGRAMMES_PROPOSE,
        Right.PRODUCTS_PROPOSE,
        Right.EXPORTS_MAKE,
    },
    Role.RISK: {
        Right.WALL_READ,
        Right.TRADE_READ,
        Right.DECISIONS_READ,
        Right.DECISIONS_REPLAY,
        Right.CASES_READ,
        Right.PROGRAMMES_PROPOSE,
        Right.PROGRAMMES_RELEASE,
        Right.PRODUCTS_PROPOSE,
        Right.PRODUCTS_RELEASE,
        Right.LEDGER_READ,
        Right.EOD_READ,
        Right.EXPORTS_MAKE,
    },
    Role.POST_LOAN: {
        Right.WALL_READ,
        Right.TRADE_READ,
        Right.CASES_READ,
        Right.CASES_WORK,
        Right.EXPORTS_MAKE,
    },
    Role.DATA_STEWARD: {Right.WALL_READ, Right.TRADE_READ, Right.EXPORTS_MAKE},
    Role.OPERATIONS: {
        Right.WALL_READ,
        Right.CASES_READ,
        Right.CASES_WORK,
        Right.LEDGER_READ,
        Right.EOD_READ,
        Right.EOD_RUN,
        Right.EXPORTS_MAKE,
    },
    Role.SECURITY: {Right.WALL_READ, Right.PEOPLE_MANAGE, Right.SECURITY_READ},
}
RIGHTS_OF: Final[Mapping[Role, frozenset[Right]]] = MappingProxyType(
    {role: frozenset(rights) | OF_EVERYBODY for role, rights in _GIVEN.items()}
)
