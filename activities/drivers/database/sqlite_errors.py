"""What SQLite's errors mean to a run: who must act."""

from __future__ import annotations

import sqlite3

from activities.secrets import masked
from workflows.errors import (
    AetherError,
    InvalidFileError,
    InvalidParamsError,
    MachineError,
    RequestRefusedError,
    ServerFailedError,
)

_MEANINGS = (
    (RequestRefusedError, ("SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG"), "refuses the data: "),
    (ServerFailedError, ("SQLITE_BUSY", "SQLITE_LOCKED"), "is in use by somebody else: "),
    (ServerFailedError, ("SQLITE_INTERRUPT",), "was not done within the connection's 'statement_timeout': "),
    (
        InvalidParamsError,
        ("SQLITE_READONLY",),
        "may only be read by this step or on this connection: ",
    ),
    (InvalidFileError, ("SQLITE_NOTADB", "SQLITE_CORRUPT"), "is no SQLite file, or a damaged one: "),
    (
        MachineError,
        ("SQLITE_CANTOPEN", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM", "SQLITE_PERM"),
        "cannot be used on this robot: ",
    ),
    (InvalidParamsError, ("SQLITE_AUTH",), "lets no statement reach other files: "),
)
"""What errors mean, by the beginnings of their names."""


def explained(error: sqlite3.Error | OverflowError) -> AetherError:
    """Sort an error by who must act; a statement that fails is undone."""
    name: str = getattr(error, "sqlite_errorname", None) or ""
    said = masked(" ".join(str(error).split()))
    if isinstance(error, OverflowError | sqlite3.DataError):
        return RequestRefusedError(f"the database refuses the data: {said}")
    for kind, names, meaning in _MEANINGS:
        if name.startswith(names):
            return kind(f"the database {meaning}{said}", acted=False, code=name)
    return InvalidParamsError(f"the database cannot do it: {said}", acted=False, code=name or None)
