"""What a file is by its looks, for people who have given the wrong one."""

from __future__ import annotations

from pathlib import Path

_STARTS = {
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"II*\0": "a picture (TIFF)",
    b"MM\0*": "a picture (TIFF)",
    b"{\\rtf": "rich text (.rtf)",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b"<?xml": "XML",
}
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READ = 2 * 2**20
_PARTS = {
    b"word/": "a Word document (.docx)",
    b"xl/": "an Excel workbook (.xlsx)",
    b"ppt/": "a presentation (.pptx)",
    b"mimetypeapplication/vnd.oasis": "an OpenDocument file (.odt, .ods)",
}


def looks_like(path: Path) -> str:
    """Say what a file begins like, as the end of a sentence; nothing if that is not known."""
    with path.open("rb") as file:
        start = file.read(_READ)
    if not start:
        return "; it is empty"
    kind = _kind(start)
    return f"; it looks like {kind}" if kind else ""


def _kind(start: bytes) -> str | None:
    if start.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in start:
            return "an Office file that is protected by a password"
        if "WordDocument".encode("utf-16-le") in start:
            return "a Word document of the old format (.doc)"
        return "an Office file of an old format (.doc, .xls), or one that is protected by a password"
    if start.startswith(_ZIP):
        return next((kind for part, kind in _PARTS.items() if part in start), "a ZIP archive")
    return next((kind for mark, kind in _STARTS.items() if start.lstrip().lower().startswith(mark.lower())), None)
