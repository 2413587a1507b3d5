"""What an IMAP server tells of messages, as records."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from activities.drivers.mail.connection import Answer
from activities.formats.message import Headers, Person, iso_date, read_headers
from activities.sessions.mailing import Found, Reference

FACTS = (
    "(UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (FROM TO CC SUBJECT DATE MESSAGE-ID)])"
)
"""What a record needs."""

IDENTITY = "(UID FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
"""What tells whether a message is one of a Message-ID."""

_BEGINS = re.compile(rb"\d+ \(")
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_MODSEQ = re.compile(rb"\bMODSEQ \((\d+)\)")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ENCLOSED = re.compile(rb'"attachment|"filename\*?|"name\*?"', re.IGNORECASE)


@dataclass(slots=True)
class Told:
    """What was said of one message."""

    line: bytes = b""
    literals: list[bytes] = field(default_factory=list)
    header: bytes = b""

    @property
    def uid(self) -> int | None:
        """Its number."""
        return _number(_UID, self._facts)

    @property
    def size(self) -> int:
        """Bytes."""
        return _number(_SIZE, self._facts) or 0

    @property
    def modseq(self) -> int | None:
        """Counts the changes of the message, where the server does."""
        return _number(_MODSEQ, self._facts)

    @property
    def _facts(self) -> bytes:
        """The line without what strangers wrote: the name of a file may look like a fact."""
        return _STRING.sub(b'""', self.line)

    @property
    def flags(self) -> list[str]:
        """System flags and keywords."""
        found = _FLAGS.search(self._facts)
        return found[1].decode(errors="replace").split() if found else []

    @property
    def received(self) -> dt.datetime | None:
        """When it arrived."""
        found = _ARRIVED.search(self.line)
        written = iso_date(found[1].decode(errors="replace").strip().replace("-", " ", 2)) if found else None
        return dt.datetime.fromisoformat(written) if written else None

    def record(self, folder: str, validity: int) -> Found:
        """Write it down."""
        headers = read_headers(self.header)
        flags = {flag.lower() for flag in self.flags}
        reference = Reference(folder, validity, self.uid or 0, headers.message_id)
        sender = next(iter(headers.people("From")), Person("", ""))
        received = self.received
        return Found(
            ref=str(reference),
            folder=folder,
            uid=reference.uid,
            message_id=reference.message_id,
            sender=sender.address,
            from_name=sender.name,
            to=_addresses(headers, "To"),
            cc=_addresses(headers, "Cc"),
            subject=headers.get("Subject") or "",
            date=headers.date,
            received=received.isoformat() if received else None,
            size=self.size,
            seen="\\seen" in flags,
            flagged="\\flagged" in flags,
            answered="\\answered" in flags,
            keywords=[flag for flag in self.flags if not flag.startswith("\\")],
            has_attachments=bool(_ENCLOSED.search(self.line)) if b"BODYSTRUCTURE" in self._facts else None,
        )


def told_of(answer: Answer) -> Iterator[Told]:
    """Give what was said of each message."""
    told: Told | None = None
    for part in answer:
        line, literal = part if isinstance(part, tuple) else (part or b"", None)
        if _BEGINS.match(line):
            if told is not None:
                yield told
            told = Told()
        if told is None:
            continue
        told.line += line
        if literal is None:
            continue
        if b"HEADER.FIELDS" in line:
            told.header = literal
        else:
            told.literals.append(literal)
    if told is not None:
        yield told


def _addresses(headers: Headers, name: str) -> list[str]:
    return [person.address for person in headers.people(name)]


def _number(pattern: re.Pattern[bytes], line: bytes) -> int | None:
    found = pattern.search(line)
    return int(found[1]) if found else None
