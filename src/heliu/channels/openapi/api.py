"""Door of the open API desk."""

from heliu.channels.openapi.acts import BULK_PATH, PATHS
from heliu.channels.openapi.application import Api, create_api, create_app
from heliu.channels.openapi.examples import RECEIVABLE_VIEW
from heliu.channels.openapi.examples import RESULTS as RESULT_EXAMPLES

__all__ = [
    "BULK_PATH",
    "PATHS",
    "RECEIVABLE_VIEW",
    "RESULT_EXAMPLES",
    "Api",
    "create_api",
    "create_app",
]
