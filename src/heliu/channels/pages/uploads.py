"""Files people send: looked at before they are opened, refused with a reason if they could harm.

A file is believed for its first bytes, never for its name. What can carry a programme (script in
SVG, HTML or PDF, an executable) is refused whole: nobody of the bank will ever open it.
"""

import io
import re
from collections.abc import Mapping
from typing import Final

from heliu.channels.pages.forms import Upload
from heliu.channels.web.api import Speaker, checked
from heliu.flows.intake.api import Blob, Complaint, Unreadable, expand
from heliu.ground.text import Text

UPLOAD_BYTES: Final = 32 * 2**20
_HEAD: Final = 1024
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_PROGRAMMES: Final = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")
_PDF: Final = b"%PDF-"
# PDF 32000-1, 12.6: actions, scripts and files inside. A name may be spelt with #xx (7.3.5).
_PDF_ACTIVE: Final = re.compile(
    rb"/(JavaScript|JS|Launch|OpenAction|AA|EmbeddedFile|RichMedia|XFA)\b"
)
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_MARKUP: Final = re.compile(rb"<\s*(!doctype\s+html|html|svg|script|iframe)\b", re.IGNORECASE)

EMPTY: Final = Text("文件是空的", "the file is empty")
ACTIVE: Final = Text("文件含有可执行内容", "the file carries a programme")
PROGRAMME: Final = Text("这是程序，不是单据", "this is a programme, not a document")
PAGE: Final = Text("网页和 SVG 图片不收", "web pages and SVG pictures are not taken")


def opened(files: Mapping[str, Upload], source: str, speaker: Speaker) -> list[Blob | Unreadable]:
    """What was sent as the items to be filed, archives opened; what may not be is `Unreadable`."""
    items: list[Blob | Unreadable] = []
    for upload in files.values():
        name = "".join(c if c.isprintable() else "_" for c in upload.name)
        why = unfit(upload.body)
        if why is not None:
            items.append(Unreadable(source, name, Complaint("upload.unfit", "", why)))
        else:
            items += expand(io.BytesIO(upload.body), source, name)
    return [_looked_at(item) for item in checked(speaker, items)]


def is_picture(body: bytes) -> bool:
    """Whether a file is a harmless photograph or PDF: kept as evidence, read by no connector."""
    return body.startswith((*_PICTURES, _PDF)) and unfit(body) is None


def unfit(body: bytes) -> Text | None:
    """Why a file may not come in; None if it may."""
    if not body:
        return EMPTY
    if body.startswith(_PROGRAMMES):
        return PROGRAMME
    if body.lstrip()[: len(_PDF)] == _PDF or _PDF in body[:_HEAD]:
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), body)
        return ACTIVE if _PDF_ACTIVE.search(plain) else None
    if _MARKUP.search(_unspaced(body[: 16 * _HEAD])):
        return PAGE
    return None


def _looked_at(item: Blob | Unreadable) -> Blob | Unreadable:
    """What came out of an archive is looked at like what came by itself."""
    if isinstance(item, Unreadable) or (why := unfit(item.data)) is None:
        return item
    return Unreadable(item.source, item.file, Complaint("upload.unfit", "", why))


def _unspaced(head: bytes) -> bytes:
    """The head of a file without the zero bytes of UTF-16 or UTF-32."""
    return head.replace(b"\0", b"")
