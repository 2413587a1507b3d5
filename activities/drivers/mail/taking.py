"""Messages that exactly one step gets, although many look for them.

A message is taken by moving it into a folder of the step's own, named after the step's key: where the step is
repeated, it finds there what it took. Of two steps that move the same message, only one finds it in its folder. Servers
may move as if they copied and deleted, so two could; where they can (CONDSTORE), a step first marks the message on
condition that nobody has touched it since, which only one can.
"""

from __future__ import annotations

import re
from hashlib import sha256
from itertools import islice

from activities.drivers.mail.connection import NotDoneError
from activities.drivers.mail.operations import Operations
from activities.drivers.mail.records import told_of
from activities.sessions.mailing import Criteria, Found, read_reference
from workflows.errors import ConfigurationError

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
        self._folder = f"{into}/{_UNFIT.sub('-', key)[:60].strip('-')}~{digest}"

    def take(self, criteria: Criteria) -> Found | None:
        """Take the oldest message that is meant and not taken by another step."""
        held = self._held()
        if held is not None:
            return held
        found = list(islice(self._operations.search(criteria), _MOST))
        found.sort(key=lambda each: self._mark not in each.keywords)  # what an earlier attempt marked comes first
        for each in found:
            if self._moved(each):
                held = self._held()
                if held is not None:
                    return held
        self._operations.tidy(self._folder)
        return None

    def _held(self) -> Found | None:
        """What this step has taken."""
        if not self._operations.exists(self._folder):
            return None
        found = next(self._operations.search(Criteria(folder=self._folder)), None)
        if found is not None and self._mark in found.keywords:
            self._operations.flag(read_reference(found.ref), [], [self._mark])  # people may put it back one day
            found = self._operations.look(read_reference(found.ref))
        return found

    def _moved(self, found: Found) -> bool:
        """Try to move a message into the step's own folder."""
        self._operations.select(found.folder, readonly=False)
        marking = self._connection.offers("CONDSTORE") and "\\*" in self._connection.permanent()
        if not marking and not self._connection.offers("MOVE"):
            raise ConfigurationError(
                f"{self._connection.name} can neither move messages nor mark them on a condition (MOVE, CONDSTORE), so "
                "that nobody can take one for himself; have one run at a time look for messages, with mail.search"
            )
        if marking and not self._marked(found.uid):
            return False
        self._operations.create(self._folder)
        self._operations.select(found.folder, readonly=False)
        try:
            if self._connection.offers("MOVE"):
                self._connection.transfer("MOVE", found.uid, self._folder)
            else:
                self._operations.move(read_reference(found.ref), self._folder)
        except NotDoneError:
            if found.uid in self._connection.search(f"UID {found.uid}"):
                raise
            return False  # somebody else was faster
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


def _is_of_another(flag: str, mark: str) -> bool:
    return flag.startswith(_MARK) and flag != mark
