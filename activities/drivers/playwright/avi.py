"""Films as AVI files with a JPEG picture per frame: any player shows them, and nothing has to be encoded."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_KEY_FRAME = 0x10
_HAS_INDEX = 0x10


def avi(frames: Mapping[int, bytes], *, rate: int) -> bytes:
    """Write a film of JPEG pictures, by the number of the frame they are first seen in; each stays until the next."""
    count = max(frames) + 1
    pieces = [frames.get(number, b"") for number in range(count)]
    width, height = _size(next(iter(frames.values())))
    chunks = [_chunk(b"00dc", piece) for piece in pieces]
    movie = _list(b"movi", b"".join(chunks))
    return _chunk(b"RIFF", b"AVI " + _header(count, rate, width, height) + movie + _index(pieces, chunks))


def _header(count: int, rate: int, width: int, height: int) -> bytes:
    main = struct.pack("<14I", 1_000_000 // rate, 0, 0, _HAS_INDEX, count, 0, 1, 0, width, height, 0, 0, 0, 0)
    stream = struct.pack(
        "<4s4sIHHIIIIIIII4H", b"vids", b"MJPG", 0, 0, 0, 0, 1, rate, 0, count, 0, 0, 0, 0, 0, width, height
    )
    picture = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", width * height * 3, 0, 0, 0, 0)
    streams = _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", picture))
    return _list(b"hdrl", _chunk(b"avih", main) + streams)


def _index(pieces: list[bytes], chunks: list[bytes]) -> bytes:
    entries, offset = [], 4
    for piece, chunk in zip(pieces, chunks, strict=True):
        entries.append(struct.pack("<4sIII", b"00dc", _KEY_FRAME if piece else 0, offset, len(piece)))
        offset += len(chunk)
    return _chunk(b"idx1", b"".join(entries))


def _list(kind: bytes, content: bytes) -> bytes:
    return _chunk(b"LIST", kind + content)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _size(jpeg: bytes) -> tuple[int, int]:
    """Read width and height from the first frame header."""
    place = 2
    while True:
        marker, length = struct.unpack_from(">HH", jpeg, place)
        if 0xFFC0 <= marker <= 0xFFC2:  # noqa: PLR2004 - the headers that JPEG has for common pictures
            height, width = struct.unpack_from(">HH", jpeg, place + 5)
            return width, height
        place += 2 + length
