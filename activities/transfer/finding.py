"""Which files of a server a path or a pattern means."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence

from activities.sessions.transfer import RemoteFile, RemoteFiles
from activities.workspace import glob_expression
from workflows.errors import AccessDeniedError, PathOutsideWorkspaceError, RequestRefusedError, ResultTooLargeError

MOST = 10_000
"""More files than that are for several steps."""
DEEPEST = 64
"""Folders in folders."""
_WILD = re.compile(r"[*?]")
_MOST_NAMED = 10
_BACKWARDS = frozenset({"", ".", ".."})


async def matching(files: RemoteFiles, pattern: str) -> list[RemoteFile]:
    """What has a path that matches, sorted by path; nothing where the folder before the first wildcard is not there."""
    base = base_of(pattern)
    rest = pattern.removeprefix(base)
    expression = glob_expression(rest)
    depth = DEEPEST if "**" in rest else rest.count("/")
    place = await files.look(base or ".")
    if place is None or place.kind != "folder":
        return []
    found = [
        each async for each in walk(files, base or ".", depth) if expression.fullmatch(each.path.removeprefix(base))
    ]
    return sorted(found, key=by_path)


async def found_at(files: RemoteFiles, path: str) -> list[RemoteFile]:
    """What is at a path or matches a pattern; nothing is fine."""
    if is_pattern(path):
        return await matching(files, path)
    place = await files.look(path)
    return [place] if place is not None else []


async def existing(files: RemoteFiles, path: str) -> RemoteFile:
    """What is at a path.

    Raises:
        RequestRefusedError: nothing is; the message tells what there is instead.
    """
    place = await files.look(path)
    if place is None:
        raise await missing(files, path)
    return place


async def missing(files: RemoteFiles, path: str) -> RequestRefusedError:
    """Say what there is instead."""
    above = above_of(path) or "."
    try:
        if await files.look(above) is None:
            return RequestRefusedError(f"the server has neither {path!r} nor the folder {above!r}")
        names = sorted(each.name for each in await files.inside(above))
    except AccessDeniedError:
        return RequestRefusedError(f"the server has no {path!r}")
    told = ", ".join(map(repr, names[:_MOST_NAMED])) or "nothing"
    more = " and more" if len(names) > _MOST_NAMED else ""
    return RequestRefusedError(f"the server has no {path!r}; the folder {above!r} holds {told}{more}")


async def walk(files: RemoteFiles, folder: str, depth: int) -> AsyncIterator[RemoteFile]:
    """All below a folder, folders before what is in them."""
    left = [(folder, 0)]
    count = 0
    while left:
        place, level = left.pop()
        for each in await files.inside(place):
            if each.name in _BACKWARDS or not set(each.name).isdisjoint("/\\"):
                raise PathOutsideWorkspaceError(f"the server names a file {each.name!r}, which leads elsewhere")
            count += 1
            if count > 10 * MOST:
                raise ResultTooLargeError(
                    f"more than {10 * MOST} files are below {folder!r}; name a folder further down"
                )
            yield each
            if each.kind == "folder" and level < depth:
                left.append((each.path, level + 1))


def is_pattern(path: str) -> bool:
    """Whether a path has wildcards."""
    return _WILD.search(path) is not None


def base_of(pattern: str) -> str:
    """The folder before the first wildcard, with `/` at its end; empty for the one where the user begins."""
    found = _WILD.search(pattern)
    return pattern[: pattern.rindex("/", 0, found.start()) + 1] if found and "/" in pattern[: found.start()] else ""


def above_of(path: str) -> str:
    """The folder something is in; empty for the one where the user begins and the root."""
    return path.rstrip("/").rpartition("/")[0]


def folder_of(path: str) -> str:
    """A folder's path with `/` at its end."""
    return path if not path or path.endswith("/") else f"{path}/"


def target_of(to: str, name: str) -> str:
    """Where a file goes: to a path, or under its own name into a folder."""
    return to + name if to.endswith("/") else to


def by_path(place: RemoteFile) -> str:
    """What files are sorted by."""
    return place.path


def refuse_too_many(found: Sequence[object]) -> None:
    """Leave to several steps what one could not tell of.

    Raises:
        ResultTooLargeError: there are too many.
    """
    if len(found) > MOST:
        raise ResultTooLargeError(f"{len(found)} files match; at most {MOST} can be handled in one step")
