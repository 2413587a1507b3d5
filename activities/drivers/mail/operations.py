"""What is done with an account's mail, over one connection, in one thread at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from activities.drivers.mail.connection import Connection, NotDoneError
from activities.drivers.mail.criteria import fits, has_texts, search_keys, without_unicode
from activities.drivers.mail.names import quoted
from activities.drivers.mail.records import FACTS, IDENTITY, Told, told_of
from activities.sessions.mail import Folder
from activities.sessions.mailing import Criteria, Found, Reference
from workflows.errors import ConfigurationError, RequestRefusedError, ResultTooLargeError

CLAIM = re.compile(r"~[0-9a-f]{16}$")
"""How the name of a folder ends that holds one message for one step."""

_PIECE = 1024 * 1024
_AT_ONCE = 50
_MOST_COUNTED = 100
_MOST_NAMED = 20
_GONE = 410
_PURPOSES = ("all", "archive", "drafts", "flagged", "junk", "sent", "trash")


class Operations:
    """Raises RequestRefusedErrors with status 410 for messages that are not there any more."""

    def __init__(self, connection: Connection, *, largest: int) -> None:
        self.connection = connection
        self._largest = largest

    def folders(self) -> list[Folder]:
        """List all folders, and count what is in them unless they are very many."""
        listed = [(name, flags) for name, flags in self.connection.folders() if "\\noselect" not in flags]
        return [
            self._folder(name, flags, counted=number < _MOST_COUNTED) for number, (name, flags) in enumerate(listed)
        ]

    def special(self, purpose: str) -> str | None:
        """The folder for a purpose, if the server says which it is."""
        return next((name for name, flags in self.connection.folders() if f"\\{purpose}" in flags), None)

    def exists(self, folder: str) -> bool:
        """Whether there is a folder that can hold messages."""
        return folder.upper() == "INBOX" or any(
            name == folder and "\\noselect" not in flags for name, flags in self.connection.folders()
        )

    def create(self, folder: str) -> bool:
        """Have a folder; whether it was missing."""
        if self.exists(folder):
            return False
        try:
            self.connection.create(folder)
        except NotDoneError:
            if not self.exists(folder):  # somebody else may just have made it
                raise
        return True

    def select(self, folder: str, *, readonly: bool) -> int:
        """Open a folder and tell its UIDVALIDITY.

        Raises:
            ConfigurationError: there is none.
        """
        try:
            return self.connection.select(folder, readonly=readonly)
        except NotDoneError as error:
            if self.exists(folder):
                raise
            names = ", ".join(repr(name) for name, _ in islice(self.connection.folders(), _MOST_NAMED))
            raise ConfigurationError(f"{self.connection.name} has no folder {folder!r}; it has {names}") from error

    def search(self, criteria: Criteria, *, newest: bool = False) -> Iterator[Found]:
        """Give the messages that are meant, for as long as no other folder is opened."""
        validity = self.select(criteria.folder, readonly=True)
        rest = Criteria()
        try:
            uids = self.connection.search(search_keys(criteria))
        except NotDoneError as error:
            if not error.ascii:
                raise
            ascii_only, rest = without_unicode(criteria, self.connection.name)
            uids = self.connection.search(search_keys(ascii_only))
        if newest:
            uids.reverse()
        for start in range(0, len(uids), _AT_ONCE):
            some = uids[start : start + _AT_ONCE]
            told = {each.uid: each for each in self._told(some)}
            for uid in some:
                if uid in told and fits(criteria, told[uid].received):
                    record = told[uid].record(criteria.folder, validity)
                    if has_texts(rest, record):
                        yield record

    def look(self, reference: Reference) -> Found:
        """Give one message."""
        self._require(reference, readonly=True)
        for told in self._told([reference.uid]):
            if told.uid == reference.uid:
                return told.record(reference.folder, reference.validity)
        raise self._gone(reference)

    def fetch(self, reference: Reference, to: Path) -> None:
        """Write all of a message to a file, piece by piece."""
        self._require(reference, readonly=True)
        size = next((told.size for told in self._ask(reference, "(UID RFC822.SIZE)")), 0)
        with to.open("wb") as file:
            while size <= self._largest:
                pieces = list(self._ask(reference, f"(BODY.PEEK[]<{file.tell()}.{_PIECE}>)"))
                if not pieces:
                    raise self._gone(reference)  # just now: what was read of it is not all
                piece = next((literal for told in pieces for literal in told.literals), b"")
                file.write(piece)
                if len(piece) < _PIECE:
                    return
                size = max(size, file.tell())  # what it says of its size is not always true
        raise ResultTooLargeError(
            f"message {reference.uid} in folder {reference.folder!r} has {size} bytes, and at most {self._largest} are "
            "read; the setting 'mail.largest' says how many"
        )

    def move(self, reference: Reference, to: str) -> Reference:
        """Move a message and tell its new name; one that is there already stays."""
        if not self._open(reference, readonly=False):
            return self._moved_before(reference, to)
        if reference.folder == to:
            return reference
        self.connection.code("COPYUID")
        if self.connection.offers("MOVE"):
            self.connection.transfer("MOVE", reference.uid, to)
        else:
            if not self._copies(reference, to):
                self.connection.transfer("COPY", reference.uid, to)
            self._remove(reference)
        copied = (self.connection.code("COPYUID") or b"").decode().split()
        self.tidy(reference.folder)
        match copied:
            case [validity, _, uid] if uid.isdigit():
                return Reference(to, int(validity), int(uid), reference.message_id)
            case _:
                return self._moved_before(reference, to)

    def flag(self, reference: Reference, add: Sequence[str], remove: Sequence[str]) -> None:
        """Set and clear flags.

        Raises:
            ConfigurationError: the server keeps no keywords.
        """
        self._require(reference, readonly=False)
        allowed = {flag.lower() for flag in self.connection.permanent()}
        unknown = [flag for flag in add if flag.lower() not in allowed]
        if unknown and not ("\\*" in allowed and all(not flag.startswith("\\") for flag in unknown)):
            raise ConfigurationError(
                f"{self.connection.name} does not keep the flag {unknown[0]!r} in folder {reference.folder!r}, only "
                f"{', '.join(sorted(allowed))}"
            )
        for sign, flags in (("+", add), ("-", remove)):
            if flags:
                self.store(reference.uid, f"{sign}FLAGS.SILENT", flags)

    def store(self, uid: int, how: str, flags: Sequence[str], *condition: str) -> None:
        """Set or clear flags of a message in the open folder."""
        self.connection.command("STORE", str(uid), *condition, how, f"({' '.join(flags)})", changing=True)

    def delete(self, reference: Reference) -> bool:
        """Remove a message for good; whether it was there."""
        if not self._open(reference, readonly=False):
            return False
        self._remove(reference)
        self.tidy(reference.folder)
        return True

    def present(self, reference: Reference) -> bool:
        """Whether a message is where it was found."""
        return self._open(reference, readonly=True)

    def discard(self, reference: Reference, trash: str) -> bool:
        """Move a message into the trash; whether it was there."""
        if not self._open(reference, readonly=False):
            return False
        self.move(reference, trash)
        return True

    def named(self, folder: str, message_id: str) -> list[tuple[Reference, list[str]]]:
        """Give the messages of a Message-ID, and their flags."""
        validity = self.select(folder, readonly=True)
        uids = self.connection.search(f"HEADER Message-ID {quoted(message_id.strip('<> '))}")
        if not uids:
            return []
        answer = self.connection.command("FETCH", ",".join(map(str, uids)), IDENTITY)
        told = [(each, each.record(folder, validity)) for each in told_of(answer)]
        same = [(each, found) for each, found in told if found.message_id == message_id]
        return [(Reference(folder, validity, found.uid, message_id), each.flags) for each, found in same]

    def tidy(self, folder: str) -> None:
        """Remove a folder that was made for one message when that has left it."""
        if CLAIM.search(folder) is None:
            return
        with suppress(NotDoneError):  # somebody else may just have done so
            self.connection.select("INBOX", readonly=True)
            if self.connection.status(folder)[0] == 0:
                self.connection.remove(folder)

    def _folder(self, name: str, flags: frozenset[str], *, counted: bool) -> Folder:
        messages, unseen = self.connection.status(name) if counted else (None, None)
        return Folder(name, messages, unseen, next((each for each in _PURPOSES if f"\\{each}" in flags), None))

    def _told(self, uids: Sequence[int]) -> Iterator[Told]:
        """Ask for what records need; some servers cannot take every message apart."""
        named = ",".join(map(str, uids))
        try:
            answer = self.connection.command("FETCH", named, FACTS)
        except NotDoneError:
            answer = self.connection.command("FETCH", named, FACTS.replace("BODYSTRUCTURE ", ""))
        return told_of(answer)

    def _ask(self, reference: Reference, what: str) -> Iterator[Told]:
        return told_of(self.connection.command("FETCH", str(reference.uid), what))

    def _open(self, reference: Reference, *, readonly: bool) -> bool:
        """Open the folder of a message and tell whether it is there.

        Raises:
            RequestRefusedError: the folder was made anew, so that nobody knows.
        """
        try:
            validity = self.connection.select(reference.folder, readonly=readonly)
        except NotDoneError:
            if self.exists(reference.folder):
                raise
            return False
        if validity != reference.validity:
            raise RequestRefusedError(
                f"the folder {reference.folder!r} was made anew since the message was found, and its number may mean "
                "another one by now; search again",
                status=_GONE,
            )
        return reference.uid in self.connection.search(f"UNDELETED UID {reference.uid}")

    def _require(self, reference: Reference, *, readonly: bool) -> None:
        if not self._open(reference, readonly=readonly):
            raise self._gone(reference)

    def _gone(self, reference: Reference) -> RequestRefusedError:
        known = f" with the Message-ID {reference.message_id!r}" if reference.message_id else ""
        return RequestRefusedError(
            f"message {reference.uid}{known} is not in folder {reference.folder!r} any more: it was moved or deleted",
            status=_GONE,
        )

    def _remove(self, reference: Reference) -> None:
        uid = reference.uid
        self.store(uid, "+FLAGS.SILENT", ["\\Deleted"])
        if self.connection.offers("UIDPLUS"):
            self.connection.command("EXPUNGE", str(uid), changing=True)
        elif self.connection.search("DELETED") == [uid]:  # else it would remove what others have marked
            self.connection.expunge()

    def _moved_before(self, reference: Reference, to: str) -> Reference:
        """Find a message where an earlier attempt has put it."""
        known = reference.message_id if reference.message_id and self.exists(to) else None
        found = self.named(to, known) if known else []
        if not found:
            raise RequestRefusedError(
                f"message {reference.uid} is neither in folder {reference.folder!r} nor in {to!r} any more",
                status=_GONE,
            )
        return found[-1][0]

    def _copies(self, reference: Reference, folder: str) -> bool:
        """Whether an earlier attempt has copied a message, and did not come to remove it.

        Its Message-ID is not enough: whoever writes a message may give it that of another one, and it would be lost.
        """
        if reference.message_id is None:
            return False
        original = self._identity(reference)
        if original is None:
            raise self._gone(reference)
        copies = [self._identity(each) for each, _ in self.named(folder, reference.message_id)]
        self._open(reference, readonly=False)
        return original in copies

    def _identity(self, reference: Reference) -> tuple[object, int] | None:
        """What a copy has from its original: when it arrived, and how large it is."""
        told = next(self._ask(reference, "(UID INTERNALDATE RFC822.SIZE)"), None)
        return None if told is None else (told.received, told.size)
