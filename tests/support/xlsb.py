"""Binary workbooks (.xlsb) made by hand: nothing that writes them is at hand where tests run."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from io import BytesIO

from pydantic import JsonValue

_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/worksheets/sheet1.bin" ContentType="application/vnd.ms-excel.worksheet"/>
</Types>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>'
)


def xlsb(sheet: str, rows: Sequence[Sequence[JsonValue]], merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """A workbook of one sheet; text that begins with `#` becomes an error of number 42 (`#N/A`)."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _relation("officeDocument", "xl/workbook.bin"))
        archive.writestr("xl/_rels/workbook.bin.rels", _relation("worksheet", "worksheets/sheet1.bin"))
        archive.writestr("xl/workbook.bin", _workbook(sheet))
        archive.writestr("xl/worksheets/sheet1.bin", _sheet(rows, merged))
    return buffer.getvalue()


def _relation(kind: str, target: str) -> str:
    return _RELATIONS.format(office=_OFFICE, kind=kind, target=target)


def _workbook(sheet: str) -> bytes:
    bundle = _record(156, struct.pack("<II", 0, 1) + _text("rId1") + _text(sheet))
    return _record(131) + _record(143) + bundle + _record(144) + _record(132)


def _sheet(rows: Sequence[Sequence[JsonValue]], merged: Sequence[tuple[int, int, int, int]]) -> bytes:
    width = max(map(len, rows))
    content = _record(129) + _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1)) + _record(145)
    for number, row in enumerate(rows):
        content += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        content += b"".join(_cell(column, value) for column, value in enumerate(row))
    content += _record(146)
    if merged:
        content += _record(177, struct.pack("<I", len(merged)))
        content += b"".join(_record(176, struct.pack("<IIII", *area)) for area in merged) + _record(178)
    return content + _record(130)


def _cell(column: int, value: JsonValue) -> bytes:
    place = struct.pack("<II", column, 0)
    match value:
        case bool():
            return _record(4, place + struct.pack("<B", value))
        case int() | float():
            return _record(5, place + struct.pack("<d", value))
        case str() if value.startswith("#"):
            return _record(3, place + struct.pack("<B", 42))
        case str():
            return _record(6, place + _text(value))
        case _:
            return b""


def _record(kind: int, body: bytes = b"") -> bytes:
    name = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length, size = b"", len(body)
    while size >= 128:
        length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
    return name + length + bytes([size]) + body


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<I", len(encoded) // 2) + encoded
