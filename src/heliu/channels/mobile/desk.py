"""The desk's table of pages, and what its tab bar shows."""

from typing import Final

from heliu.channels.pages.api import Entry, Pages
from heliu.ground.text import Text
from heliu.parties.identity.api import Right

pages: Final = Pages("mobile")

for entry in (
    Entry("/m", "house", Text("首页", "Home"), Right.RECEIVABLES_READ),
    Entry("/m/loans", "hand-coins", Text("融资", "Loans"), Right.LOANS_READ),
    Entry("/m/documents", "file-text", Text("单据", "Papers"), Right.DOCUMENTS_READ),
    Entry("/m/more", "user-circle", Text("更多", "More"), Right.RECEIVABLES_READ),
):
    pages.entry(entry)
