"""Messages that exactly one step gets, although many look for them.

A message is taken by moving it into a folder of the step's own, named after the step's key: where the step is
repeated, it finds there what it took. That alone is not enough: servers may move as if they copied and deleted, and
then give the same message to two (Dovecot does). So a step first makes sure that it is the only one: where the server
can (CONDSTORE), by a mark that it sets on condition that nobody has touched the message since; else by making a folder
named after the message, which only one can make.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from itertools import islice

from activities.drivers.mail.connection import NotDoneError
from activities.drivers.mail.operations import Operations
from activities.drivers.mail.records import told_of
from activities.sessions.mailing import Criteria, Found, Reference, read_reference
from workflows.errors import RequestRefusedError

_MARK = "aether-"
_MOST = 100
_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


class Taking:
    """One step that takes one message."""

    def __init__(self, operations: Operations, key: str, into: str) -> None:
        digest = sha256(key.encode()).hexdigest()[:16]
        self._operations = operations
        self._connection = operations.connection
        self._mark = f"{_MARK}{digest}"
        self._into = into
        self._folder = f"{into}/{_UNFIT.sub('-', key)[:60].strip('-')}~{digest}"

    def take(self, criteria: Criteria) -> Found | None:
        """Take the oldest message that is meant and not taken by another step."""
        held = self._held()
        if held is not None:
            return held
        found = list(islice(self._operations.search(criteria), _MOST))
        found.sort(key=lambda each: self._mark not in each.keywords)  # what an earlier attempt marked comes first
        if not found:
            return None
        self._operations.create(self._into)
        for each in found:
            if self._moved(read_reference(each.ref)):
                return self._held()
        self._operations.tidy(self._folder)
        return None

    def _held(self) -> Found | None:
        """What this step has taken; nothing says any more that it is taking it."""
        names = {name for name, _ in self._connection.folders()}
        if self._folder not in names:
            return None
        found = next(self._operations.search(Criteria(folder=self._folder)), None)
        if found is None:
            return None
        for name in names:
            if name.endswith(f"/{self._mark}"):
                self._unlock(name)
        reference = read_reference(found.ref)
        if self._mark in found.keywords:
            self._operations.flag(reference, [], [self._mark])
        return self._operations.look(reference)

    def _moved(self, reference: Reference) -> bool:
        """Try to move a message into the step's own folder."""
        self._operations.select(reference.folder, readonly=False)
        if self._connection.offers("CONDSTORE") and "\\*" in self._connection.permanent():
            return self._marked(reference.uid) and self._brought(reference)
        with self._locked(reference) as alone:
            return alone and self._brought(reference)

    def _brought(self, reference: Reference) -> bool:
        self._operations.create(self._folder)
        try:
            self._operations.move(reference, self._folder)
        except RequestRefusedError:
            if self._operations.present(reference):
                raise
            return False  # somebody else had it
        return True

    def _marked(self, uid: int) -> bool:
        """Mark a message, unless another step has."""
        told = next(told_of(self._connection.command("FETCH", str(uid), "(UID FLAGS MODSEQ)")), None)
        if told is None or told.uid != uid or any(_is_of_another(flag, self._mark) for flag in told.flags):
            return False
        if self._mark in told.flags:
            return True
        self._connection.code("MODIFIED")
        self._operations.store(uid, "+FLAGS.SILENT", [self._mark], f"(UNCHANGEDSINCE {told.modseq})")
        return self._connection.code("MODIFIED") is None

    @contextmanager
    def _locked(self, reference: Reference) -> Iterator[bool]:
        """Be the only one who moves a message, or learn that somebody else is.

        What says so stays where it breaks off, with the name of the step, which goes on with it when it is repeated.
        """
        place = sha256(f"{reference.folder}/{reference.validity}/{reference.uid}".encode()).hexdigest()[:16]
        lock = f"{self._into}/message {reference.uid} {place}"
        own = f"{lock}/{self._mark}"
        try:
            self._connection.create(lock)
        except NotDoneError:
            if not self._operations.exists(own):
                yield False
                return
        else:
            self._connection.create(own)
        yield True
        self._unlock(own)

    def _unlock(self, own: str) -> None:
        with suppress(NotDoneError):
            self._connection.remove(own)
            self._connection.remove(own.rpartition("/")[0])


def _is_of_another(flag: str, mark: str) -> bool:
    return flag.startswith(_MARK) and flag != mark
