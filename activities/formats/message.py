"""Messages as mail servers keep them: read whatever is wrong with them, and without holding large files in memory."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser, BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from typing_extensions import override

from activities.formats.hypertext import text_of_html

_LARGE = 256 * 1024
"""From this many bytes on, what is enclosed stays in its file."""
_PIECE = 1024 * 1024
_IS_BASE64 = re.compile(rb"content-transfer-encoding:\s*base64", re.IGNORECASE)
_HOLDS_MESSAGE = re.compile(rb"content-type:\s*message/", re.IGNORECASE)
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHERS = bytes(set(range(256)) - set(_ALPHABET))
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message comes from or goes to."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """A file that goes with a message."""

    name: str
    """As the sender wrote it: not to be trusted."""
    kind: str
    """Its media type."""
    inline: bool
    """Whether it is shown in the text, as a picture is."""
    size: int
    """Bytes, decoded."""
    _content: bytes | None
    _source: Path
    _place: tuple[int, int] = (0, 0)

    def write(self, to: Path) -> None:
        """Write what it holds to a file."""
        if self._content is not None:
            to.write_bytes(self._content)
            return
        with self._source.open("rb") as source, to.open("wb") as file:
            for piece in _decoded(source, *self._place):
                file.write(piece)


@dataclass(frozen=True, slots=True)
class Headers:
    """What stands above a message, decoded."""

    fields: tuple[tuple[str, str], ...]
    """All of them, in order."""
    written: tuple[tuple[str, str], ...]
    """The same with their encoded words."""

    def get(self, name: str) -> str | None:
        """The first of a name."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    def people(self, name: str) -> list[Person]:
        """The addresses of all of a name.

        They are told apart before words are decoded: a comma or an address in an encoded word is part of a name.
        """
        written = [value for key, value in self.written if key.lower() == name.lower()]
        return [Person(address, _decode(person)) for person, address in getaddresses(written) if address]

    @property
    def message_id(self) -> str | None:
        """What names it among all messages."""
        return next(iter(_MESSAGE_ID.findall(self.get("Message-ID") or "")), None)

    @property
    def talk(self) -> list[str]:
        """The Message-IDs of the talk that it belongs to, its own last."""
        return list(
            dict.fromkeys(_MESSAGE_ID.findall(f"{self.get('References') or ''} {self.get('Message-ID') or ''}"))
        )

    @property
    def date(self) -> str | None:
        """When it was written, as an ISO time."""
        return iso_date(self.get("Date"))


@dataclass(frozen=True, slots=True)
class Content:
    """A whole message."""

    headers: Headers
    text: str
    """What it says in plain text, even if it is written in HTML only."""
    html: str | None
    parts: tuple[Part, ...]


def read_headers(content: bytes) -> Headers:
    """Read what stands above a message."""
    return _headers(BytesHeaderParser().parsebytes(content))


def read_message(path: Path) -> Content:
    """Read a message from a file, which must stay there for as long as its parts are wanted."""
    mark = f"X-{uuid4().hex}"
    message = BytesParser(_Unopened).parsebytes(b"".join(_without_large(path, mark.encode())))
    plain: list[str] = []
    pages: list[str] = []
    parts: list[Part] = []
    for leaf in _leaves(message):
        if _is_text(leaf):
            (pages if leaf.get_content_subtype() == "html" else plain).append(_text(leaf))
        else:
            parts.append(_part(leaf, path, mark, len(parts) + 1))
    html = pages[0] if pages else None
    text = "\n".join(plain) if plain else text_of_html(html or "")
    return Content(_headers(message), text, html, tuple(parts))


class _Unopened(Message):
    """A part whose messages are left as they are, as files."""

    @override
    def get_content_type(self) -> str:
        """Tell parsers that a message in a message is anything else."""
        return super().get_content_type().replace("message/", "application/x-message-")

    @property
    def kind(self) -> str:
        """The media type."""
        return super().get_content_type()


def iso_date(text: str | None) -> str | None:
    """Give a date of mail as an ISO time; None where it cannot be read."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    if found is None:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).isoformat()


def _without_large(path: Path, mark: bytes) -> Iterator[bytes]:
    """Give a message without its large files, and say in a header of each where it is.

    Base64 has no `-`, so a line that begins with one ends it, whatever else is broken.
    """
    cut = True
    with path.open("rb") as file:
        while lines := list(_head(file)):
            head = b"".join(lines)
            cut = cut and not _HOLDS_MESSAGE.search(head)  # what is in a message in a message is part of its file
            yield from lines[:-1]
            start = file.tell()
            held, size = _body(file, large=cut and bool(_IS_BASE64.search(head)))
            if held is None:
                yield b"%s: %d %d %d\r\n" % (mark, start, file.tell() - start, size)
            yield lines[-1]
            yield held or b""


def _head(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines up to the first empty one."""
    for line in iter(file.readline, b""):
        yield line
        if not line.strip():
            return


def _body(file: BinaryIO, *, large: bool) -> tuple[bytes | None, int]:
    """Give what comes before the next line that begins with `--`, or None and its decoded size if that is large."""
    lines: list[bytes] | None = []
    letters = 0
    while True:
        place = file.tell()
        line = file.readline()
        if not line or line.startswith(b"--"):
            file.seek(place)
            return (None if lines is None else b"".join(lines)), letters * 3 // 4
        letters += len(line.translate(None, _OTHERS)) if large else 0
        if lines is not None:
            lines.append(line)
            if letters > _LARGE:
                lines = None


def _decoded(source: BinaryIO, start: int, size: int) -> Iterator[bytes]:
    source.seek(start)
    rest = b""
    while size > 0 and (piece := source.read(min(size, _PIECE))):
        size -= len(piece)
        rest += piece.translate(None, _OTHERS)
        whole = len(rest) // 4 * 4
        yield base64.b64decode(rest[:whole])
        rest = rest[whole:]
    if len(rest) > 1:
        yield base64.b64decode(rest + b"=" * (4 - len(rest)))


def _leaves(message: _Unopened) -> Iterator[_Unopened]:
    """Give the parts that hold something; a message in a message is one."""
    payload = message.get_payload()
    if isinstance(payload, list):
        for part in payload:
            if isinstance(part, _Unopened):
                yield from _leaves(part)
    else:
        yield message


def _is_text(part: Message) -> bool:
    return (
        part.get_content_type() in {"text/plain", "text/html"}
        and part.get_content_disposition() != "attachment"
        and part.get_filename() is None
    )


def _text(part: Message) -> str:
    content = _payload(part)
    charset = part.get_content_charset() or "utf-8"
    for encoding in (charset, "utf-8", "cp1252"):
        try:
            return content.decode(encoding).replace("\r\n", "\n")
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", errors="replace").replace("\r\n", "\n")


def _part(part: _Unopened, source: Path, mark: str, number: int) -> Part:
    kind = part.kind
    inline = part.get_content_disposition() == "inline" or "Content-ID" in part
    name = _decode(_unfolded(part.get_filename() or "")) or _invented(part, number)
    place = str(part.get(mark, "")).split()
    if place:
        start, length, size = map(int, place)
        return Part(name, kind, inline, size, None, source, (start, length))
    content = _payload(part)
    return Part(name, kind, inline, len(content), content, source)


def _payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _invented(part: _Unopened, number: int) -> str:
    if part.kind == "message/rfc822":
        return f"{read_headers(_payload(part)).get('Subject') or f'message-{number}'}.eml"
    return f"attachment-{number}{mimetypes.guess_extension(part.kind) or '.bin'}"


def _headers(message: Message) -> Headers:
    written = tuple((name, _unfolded(str(value))) for name, value in message.raw_items())
    return Headers(tuple((name, _decode(value)) for name, value in written), written)


def _unfolded(written: str) -> str:
    """Read a header on one line, whatever encoding its bytes have."""
    return _SPACE.sub(" ", _bytes_read(written.encode("utf-8", "surrogateescape"), None)).strip()


def _decode(written: str) -> str:
    """Decode the encoded words of a header; line breaks that come out of them end no line."""
    if "=?" not in written:
        return written
    try:
        pieces = decode_header(written)
    except (HeaderParseError, binascii.Error, ValueError):
        return written
    decoded = "".join(part if isinstance(part, str) else _bytes_read(part, charset) for part, charset in pieces)
    return _SPACE.sub(" ", decoded).strip()


def _bytes_read(content: bytes, charset: str | None) -> str:
    for encoding in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")
