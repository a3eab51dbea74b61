"""Door of the pages desk."""

from heliu.channels.pages.answers import Answer, content, download, inside, page, see_other
from heliu.channels.pages.application import POLICY, PageApplication, Place
from heliu.channels.pages.errors import unknown
from heliu.channels.pages.forms import Form, Upload
from heliu.channels.pages.guard import COOKIE
from heliu.channels.pages.house_pages import pages
from heliu.channels.pages.job import AskedJob, Job
from heliu.channels.pages.jobs import Jobs, Run, Work
from heliu.channels.pages.live import Live
from heliu.channels.pages.people import ROLE_TEXT
from heliu.channels.pages.rendering import Renderer, amount, percent, yuan
from heliu.channels.pages.routing import PUBLIC, Entry, Pages, Route
from heliu.channels.pages.visit import Bench, House, Visit
from heliu.channels.pages.wishes import Wishes

__all__ = [
    "COOKIE",
    "POLICY",
    "PUBLIC",
    "ROLE_TEXT",
    "Answer",
    "AskedJob",
    "Bench",
    "Entry",
    "Form",
    "House",
    "Job",
    "Jobs",
    "Live",
    "PageApplication",
    "Pages",
    "Place",
    "Renderer",
    "Route",
    "Run",
    "Upload",
    "Visit",
    "Wishes",
    "Work",
    "amount",
    "content",
    "download",
    "inside",
    "page",
    "pages",
    "percent",
    "see_other",
    "unknown",
    "yuan",
]
