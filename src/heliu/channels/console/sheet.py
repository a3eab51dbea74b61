"""A workbook of one sheet (ECMA-376, SpreadsheetML), written row by row; no cell is a formula.

Text is written as inline strings, so that nothing a stranger typed can be taken for a formula.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, Final
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from heliu.ground.clock import BANK_ZONE

MAX_ROWS: Final = 1_048_576
_MAX_TEXT: Final = 32_767
# What XML 1.0 does not allow in a text at all.
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH: Final = date(1899, 12, 30)
_SECONDS: Final = 86_400
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_BOLD, _DAY, _INSTANT, _YUAN = 1, 2, 3, 4
_PARTS: Final = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Heliu" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font/><font><b/></font></fonts><fills count="2"><fill/>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf/>'
    '<xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>",
}

Plain = str | int | Decimal | date | datetime | None


def write_sheet(head: Sequence[str], rows: Iterable[Sequence[Plain]], out: BinaryIO) -> None:
    """Write the workbook; at most MAX_ROWS rows with the head. Instants are told in bank time."""
    with ZipFile(out, "w", ZIP_DEFLATED) as book:
        for name, body in _PARTS.items():
            book.writestr(_part(name), _HEAD + body)
        with book.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            sheet.write(
                f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView '
                'workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/>'
                "</sheetView></sheetViews><sheetData>".encode()
            )
            sheet.write(_row(1, [_text(one, _BOLD) for one in head]))
            for number, row in enumerate(rows, start=2):
                assert number <= MAX_ROWS, "a sheet has a last row"
                sheet.write(_row(number, [_cell(one) for one in row]))
            sheet.write(b"</sheetData></worksheet>")


def _part(name: str) -> ZipInfo:
    # The same rows are the same bytes whenever they are written.
    info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = ZIP_DEFLATED
    return info


def _row(number: int, cells: Sequence[str]) -> bytes:
    return f'<row r="{number}">{"".join(cells)}</row>'.encode()


def _cell(value: Plain) -> str:
    match value:
        case None:
            return "<c/>"
        case str():
            return _text(value, 0)
        case datetime():
            at = value.astimezone(BANK_ZONE)
            part = Decimal(at.hour * 3600 + at.minute * 60 + at.second) / _SECONDS
            return f'<c s="{_INSTANT}"><v>{(at.date() - _EPOCH).days + round(part, 9)}</v></c>'
        case date():
            return f'<c s="{_DAY}"><v>{(value - _EPOCH).days}</v></c>'
        case Decimal():
            style = _YUAN if value.as_tuple().exponent == -2 else 0  # noqa: PLR2004 - two places
            return f'<c s="{style}"><v>{value:f}</v></c>'
        case _:
            return f"<c><v>{value}</v></c>"


def _text(value: str, style: int) -> str:
    kept = escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", value)[:_MAX_TEXT])
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{kept}</t></is></c>'
