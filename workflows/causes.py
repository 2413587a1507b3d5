"""What makes two errors the same incident: their type, and their words without what differs from case to case."""

from __future__ import annotations

import re
from hashlib import sha256

from workflows.call import ErrorValue

_VARYING = re.compile(
    r"""
    '[^'\n]*'|"[^"\n]*"                                    # quoted values
    | [0-9a-fA-F]{8}-[0-9a-fA-F-]{27}                      # UUIDs
    | \d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?   # dates and times
    | \b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{8,}\b                # digests and generated ids
    | \d+(?:[.,]\d+)*                                      # numbers
    """,
    re.VERBOSE,
)


def normalised(message: str) -> str:
    """A message without its numbers, ids, dates and quoted values."""
    return " ".join(_VARYING.sub("#", message).split())


def cause_of(error: ErrorValue) -> str:
    """The type of an error and the fingerprint of its message, e.g. `ElementNotFoundError:3fa2b1c9`."""
    digest = sha256(f"{error.kind}\n{normalised(error.message)}".encode()).hexdigest()
    return f"{error.type}:{digest[:8]}"
