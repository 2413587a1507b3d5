"""Files that go with letters: from a run's workspace into them, and safely out of them."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from activities.formats.message import Part
from activities.node import Result
from activities.sessions.files import Workspace
from activities.sessions.mail import Enclosure
from activities.sessions.writing import Attachment
from workflows.errors import InvalidParamsError

_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*/\\]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_LONGEST = 120


class SavedFile(Result):
    """A file that came with a message."""

    name: str
    """What the sender called it."""
    path: str | None
    """Where it was saved in the run's workspace, if it was."""
    type: str
    """Its media type, e.g. `application/pdf`."""
    size: int
    """Bytes."""
    inline: bool
    """Whether it is shown in the text, as a picture is."""


@asynccontextmanager
async def enclosed(
    workspace: Workspace, attachments: Sequence[str | Attachment], *, largest: int
) -> AsyncIterator[tuple[Enclosure, ...]]:
    """Have files of the run at hand, to go with a letter.

    Raises:
        InvalidParamsError: they are larger than any letter may be.
    """
    named = [
        (each, PurePosixPath(each).name) if isinstance(each, str) else (each.path, each.name) for each in attachments
    ]
    size = sum(workspace.entry(path).size for path, _ in named)
    if size > largest:
        raise InvalidParamsError(
            f"the attachments have {size} bytes, and at most {largest} are sent; see the setting 'mail.largest'"
        )
    async with AsyncExitStack() as stack:
        yield tuple([Enclosure(name, await stack.enter_async_context(workspace.reading(path))) for path, name in named])


async def own_enclosures(parts: Iterable[Part], directory: Path) -> tuple[Enclosure, ...]:
    """Have the files of a message at hand, to go with another letter."""
    made = []
    for number, part in enumerate(parts):
        place = directory / str(number)
        await asyncio.to_thread(part.write, place)
        made.append(Enclosure(safe_name(part.name), place))
    return tuple(made)


async def save_parts(
    workspace: Workspace, parts: Iterable[Part], *, folder: str, pattern: str = "*", inline: bool = False
) -> list[SavedFile]:
    """Save the files of a message that fit a pattern; a name that is taken gets a number."""
    saved: list[SavedFile] = []
    for part in parts:
        name = safe_name(part.name)
        if not fits_name(part, pattern, inline=inline):
            continue
        path = _free(workspace, folder, name, {each.path for each in saved})
        async with workspace.writing(path) as place:
            await asyncio.to_thread(part.write, place)
        saved.append(file_of(part, path, workspace.entry(path).size))
    return saved


def fits_name(part: Part, pattern: str, *, inline: bool) -> bool:
    """Whether a file is one of those that are wanted."""
    return (inline or not part.inline) and fnmatchcase(safe_name(part.name).lower(), pattern.lower())


def file_of(part: Part, path: str | None = None, size: int | None = None) -> SavedFile:
    """Tell of a file, saved or not."""
    return SavedFile(
        name=part.name, path=path, type=part.kind, size=part.size if size is None else size, inline=part.inline
    )


def safe_name(name: str) -> str:
    """Make a file's name of what a stranger wrote: one that leads nowhere else and is fine on every system."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(mark for mark in last if unicodedata.category(mark) not in {"Cc", "Cf", "Cs"})
    plain = _UNFIT.sub("_", kept).strip(" .") or "attachment"
    if _DEVICES.match(plain):
        plain = f"_{plain}"
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > _LONGEST // 4:
        stem, ending = plain, ""
    return _shortened(stem) + (f".{ending}" if ending else "")


def _shortened(stem: str) -> str:
    return stem.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .") or "attachment"


def _free(workspace: Workspace, folder: str, name: str, taken: set[str | None]) -> str:
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    number = 1
    path = _joined(folder, name)
    while path in taken or workspace.exists(path):
        number += 1
        path = _joined(folder, f"{stem} ({number}){dot}{ending}")
    return path


def _joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder.strip("/.") else name
