"""Door of the pages desk."""

from heliu.channels.pages.acting import ask_for
from heliu.channels.pages.answers import Answer, content, download, inside, page, see_other
from heliu.channels.pages.application import POLICY, PageApplication
from heliu.channels.pages.charts import (
    PANEL,
    Chart,
    Day,
    Point,
    Series,
    bars,
    calendar,
    ring,
    sparkline,
    stacked,
    waterfall,
)
from heliu.channels.pages.charts_graph import Edge, Node, cycle_graph, trade_graph
from heliu.channels.pages.errors import unknown
from heliu.channels.pages.forms import Form, Upload
from heliu.channels.pages.guard import COOKIE
from heliu.channels.pages.house_pages import pages
from heliu.channels.pages.job import AskedJob, Job
from heliu.channels.pages.jobs import Jobs, Run, Work
from heliu.channels.pages.live import Live
from heliu.channels.pages.people import ROLE_TEXT
from heliu.channels.pages.purse import (
    Shown,
    account_of,
    holder_of,
    recall_transfer,
    show_bill,
    show_transfer,
    sign_transfer,
    transfer_of,
    when_of,
)
from heliu.channels.pages.rendering import Renderer, amount, percent, yuan
from heliu.channels.pages.routing import PUBLIC, Entry, Pages, Route
from heliu.channels.pages.trade import STAGE_TEXT, Mark, Stage, Step, Trade, outlines, trades
from heliu.channels.pages.trade_drawing import drawn_trade
from heliu.channels.pages.uploads import UPLOAD_BYTES, is_picture, opened
from heliu.channels.pages.visit import Bench, House, Place, Visit
from heliu.channels.pages.wishes import Wishes

__all__ = [
    "COOKIE",
    "PANEL",
    "POLICY",
    "PUBLIC",
    "ROLE_TEXT",
    "STAGE_TEXT",
    "UPLOAD_BYTES",
    "Answer",
    "AskedJob",
    "Bench",
    "Chart",
    "Day",
    "Edge",
    "Entry",
    "Form",
    "House",
    "Job",
    "Jobs",
    "Live",
    "Mark",
    "Node",
    "PageApplication",
    "Pages",
    "Place",
    "Point",
    "Renderer",
    "Route",
    "Run",
    "Series",
    "Shown",
    "Stage",
    "Step",
    "Trade",
    "Upload",
    "Visit",
    "Wishes",
    "Work",
    "account_of",
    "amount",
    "ask_for",
    "bars",
    "calendar",
    "content",
    "cycle_graph",
    "download",
    "drawn_trade",
    "holder_of",
    "inside",
    "is_picture",
    "opened",
    "outlines",
    "page",
    "pages",
    "percent",
    "recall_transfer",
    "ring",
    "see_other",
    "show_bill",
    "show_transfer",
    "sign_transfer",
    "sparkline",
    "stacked",
    "trade_graph",
    "trades",
    "transfer_of",
    "unknown",
    "waterfall",
    "when_of",
    "yuan",
]
