"""Text whose encoding nobody has told."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""What files begin with that tell it, longer ones before those they begin with."""
_CANDIDATES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1255", "cp932", "gb18030", "big5", "euc_kr"]
_WESTERN = "cp1252"
_CENTRAL = "cp1250"
_LETTERS_ELSEWHERE = re.compile(r"[a-z][\u00b3\u00b9\u00bf][a-z]|[\u00b3\u00b9\u00bf\u00a3][a-z\u00f3]{2}")
"""Marks in the middle of words, where cp1250 has letters of Polish."""
_CHUNK = 1024 * 1024
_SAMPLE = 64 * 1024


def find_encoding(path: Path) -> str:
    """Tell how a text is written: as its byte-order mark says, as UTF-8 if it can be, else what is most likely.

    Western European text without a mark is taken for cp1252; cp1250 can be told from it for Polish only.
    """
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            return name
    wide = _wide(start)
    if wide is not None:
        return wide
    return "utf-8" if _is_utf8(path) else _likely(path)


def _wide(start: bytes) -> str | None:
    """Recognise UTF-16 without a mark by the zeros that every other byte of plain text is."""
    zeros = [start[place::2].count(0) * 3 > len(start) for place in (0, 1)]
    return {(True, False): "utf-16-be", (False, True): "utf-16-le"}.get((zeros[0], zeros[1]))


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _likely(path: Path) -> str:
    sample = _around_foreign(path)
    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    found = best.encoding if best else _WESTERN
    if found in {_WESTERN, _CENTRAL}:
        text = sample.decode(_WESTERN, errors="replace")
        return _CENTRAL if _LETTERS_ELSEWHERE.search(text) else _WESTERN
    return found


def _around_foreign(path: Path) -> bytes:
    """Give the lines that hold more than ASCII, as many as tell enough."""
    sample = b""
    with path.open("rb") as file:
        while len(sample) < _SAMPLE and (line := file.readline(_SAMPLE)):
            if not line.isascii():
                sample += line
    return sample
