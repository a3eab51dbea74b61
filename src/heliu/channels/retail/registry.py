"""The desk's routes and the places of its tab bar, in one list."""

from typing import Final

from heliu.channels.pages.api import Entry, Pages
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

pages: Final = Pages("retail")

for _entry in (
    Entry("/m/accounts", "house", Text("首页", "Home"), Right.TRANSFERS_MAKE),
    Entry("/m/transfers", "wallet", Text("转账", "Transfers"), Right.TRANSFERS_MAKE),
    Entry("/m/bills", "receipt", Text("缴费", "Bills"), Right.BILLS_PAY),
    Entry("/m/family", "users-three", Text("家人", "Family"), Right.FAMILY_MANAGE),
):
    pages.entry(_entry)
