"""The only door of the voucher desk."""

from heliu.books.vouchers.domain.command import (
    Accept,
    Approve,
    Command,
    Finance,
    FinancingKind,
    Freeze,
    Issue,
    Redeem,
    Release,
    Split,
    TitleCommand,
    Transfer,
    Unfreeze,
    Void,
    child_fragment,
    voucher_id,
    whole_fragment,
)
from heliu.books.vouchers.domain.event import VoucherEvent
from heliu.books.vouchers.domain.invoice import Backing
from heliu.books.vouchers.domain.register import (
    Financing,
    Fragment,
    Register,
    Standing,
    Status,
    Title,
    Voucher,
)
from heliu.books.vouchers.domain.tenor import TenorRule
from heliu.books.vouchers.domain.waterfall import Payout
from heliu.books.vouchers.laws import rebuild, voucher_violations
from heliu.books.vouchers.postings import Event, deposit
from heliu.books.vouchers.reading import (
    Disclosure,
    Holding,
    View,
    currency_of,
    disclose,
    holdings,
    view,
)
from heliu.books.vouchers.service import Done, carry_out, redeem

__all__ = [
    "Accept",
    "Approve",
    "Backing",
    "Command",
    "Disclosure",
    "Done",
    "Event",
    "Finance",
    "Financing",
    "FinancingKind",
    "Fragment",
    "Freeze",
    "Holding",
    "Issue",
    "Payout",
    "Redeem",
    "Register",
    "Release",
    "Split",
    "Standing",
    "Status",
    "TenorRule",
    "Title",
    "TitleCommand",
    "Transfer",
    "Unfreeze",
    "View",
    "Void",
    "Voucher",
    "VoucherEvent",
    "carry_out",
    "child_fragment",
    "currency_of",
    "deposit",
    "disclose",
    "holdings",
    "rebuild",
    "redeem",
    "view",
    "voucher_id",
    "voucher_violations",
    "whole_fragment",
]
