"""What a server has, and what it is going to have."""

from __future__ import annotations

import asyncio
from typing import Any

from activities.sessions.transfer import FileServer, RemoteFile, RemoteFiles
from activities.transfer.asking import Awaiting, Listing, Naming
from activities.transfer.finding import by_path, existing, found_at, is_pattern, matching, refuse_too_many
from activities.transfer.telling import Found, Remote, Remotes, described, listing
from workflows.duration import format_duration
from workflows.errors import EventExpiredError


async def list_files(files: RemoteFiles, params: Listing) -> Remotes:
    """Tell what is in a folder, or matches a pattern."""
    if is_pattern(params.path):
        found = await matching(files, params.path)
    else:
        place = await existing(files, params.path)
        found = sorted(await files.inside(params.path), key=by_path) if place.kind == "folder" else [place]
    refuse_too_many(found)
    return listing(found)


async def exists(files: RemoteFiles, params: Naming) -> Found:
    """Tell whether there is something."""
    place = await files.look(params.path)
    return Found(exists=place is not None, folder=place is not None and place.kind == "folder")


async def look(files: RemoteFiles, params: Naming) -> Remote:
    """Tell what there is."""
    return described(await existing(files, params.path))


async def wait_for_files(server: FileServer[Any], files: RemoteFiles, params: Awaiting) -> Remotes:
    """Wait until files are there and do not grow any more."""
    loop = asyncio.get_running_loop()
    end = loop.time() + min(params.within.total_seconds(), 0.9 * server.patience)
    before: list[RemoteFile] = []
    while True:
        found = [each for each in await found_at(files, params.path) if each.kind == "file"]
        if found and found == before:
            return listing(found)
        if loop.time() + params.every.total_seconds() > end:
            seen = f"{found[-1].path!r} is still changing" if found else "there is none"
            raise EventExpiredError(f"no file {params.path!r} came within {format_duration(params.within)}: {seen}")
        before = found
        await asyncio.sleep(params.every.total_seconds())
