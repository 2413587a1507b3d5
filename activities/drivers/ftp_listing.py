"""What FTP servers write of their files, in each of the ways they do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from activities.sessions.transfer import RemoteFile

_UNIX = re.compile(
    r"(?P<kind>[-dlbcps])\S{9}\S*\s+\d+\s+\S+\s+\S+\s+(?P<size>\d+)\s+"
    r"\S+\s+\S+\s+\S+\s(?P<name>.+)"
)
_DOS = re.compile(r"\d\d-\d\d-\d\d(?:\d\d)?\s+\d\d:\d\d(?:[AP]M)?\s+(?:(?P<folder><DIR>)|(?P<size>\d+))\s+(?P<name>.+)")
_MOMENT = "%Y%m%d%H%M%S"
_DIGITS = 14


def from_facts(path: str, facts: Mapping[str, str]) -> RemoteFile:
    """What a server tells in the way made for programs (MLSD)."""
    kinds: Mapping[str, Literal["file", "folder", "other"]] = {
        "file": "file", "dir": "folder", "cdir": "folder", "pdir": "folder",
    }  # fmt: skip
    kind = kinds.get(facts.get("type", "").lower(), "other")
    size = int(facts["size"]) if kind == "file" and facts.get("size", "").isdigit() else 0
    return RemoteFile(path, kind, size, _moment(facts.get("modify", "")))


def from_line(line: str) -> RemoteFile | None:
    """What a server writes for people, as Unix or as Windows does it; None for what is no file.

    It says no exact time, so none is told.
    """
    if found := _UNIX.fullmatch(line):
        kind: Literal["file", "folder", "other"] = (
            "folder" if found["kind"] == "d" else "file" if found["kind"] == "-" else "other"
        )
        name = found["name"].partition(" -> ")[0] if found["kind"] == "l" else found["name"]
        return None if name in {".", ".."} else RemoteFile(name, kind, int(found["size"]) if kind == "file" else 0)
    if found := _DOS.fullmatch(line):
        return RemoteFile(found["name"], "folder" if found["folder"] else "file", int(found["size"] or 0))
    return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text[:_DIGITS], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
