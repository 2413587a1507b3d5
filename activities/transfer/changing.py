"""What becomes of files and folders on a server."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from contextlib import contextmanager
from typing import Any

from activities.sessions.transfer import FileServer, RemoteFile, RemoteFiles
from activities.transfer.asking import Moving, Naming, Removing
from activities.transfer.finding import DEEPEST, above_of, is_pattern, matching, missing, target_of, walk
from activities.transfer.telling import Made, Placed, Removed
from workflows.errors import AetherError, RequestRefusedError, ServerFailedError


async def move(server: FileServer[Any], files: RemoteFiles, params: Moving) -> Placed:
    """Give a file or folder another path."""
    to = target_of(params.to, params.path.rstrip("/").rpartition("/")[2])
    source, target = await files.look(params.path), await files.look(to)
    if source is None and target is not None and server.again:
        return Placed(path=to)  # an earlier attempt has come that far
    if source is None:
        raise await missing(files, params.path)
    if target is not None and (not params.overwrite or "folder" in {source.kind, target.kind}):
        raise _taken(to, target)
    try:
        await (files.rename if target is None else files.replace)(params.path, to)
    except (RequestRefusedError, ServerFailedError) as failure:
        raise (await _reason(files, params.path, to, overwrite=params.overwrite)) or failure from failure
    return Placed(path=to)


async def delete(files: RemoteFiles, params: Naming) -> Removed:
    """Remove files; it is fine if there is none."""
    if is_pattern(params.path):
        found = [each.path for each in await matching(files, params.path) if each.kind == "file"]
    else:
        place = await files.look(params.path)
        if place is not None and place.kind == "folder":
            raise RequestRefusedError(f"expected a file, found a folder: {params.path!r}; remove_folder removes those")
        found = [params.path] if place is not None else []
    done: list[str] = []
    with after(done):
        for path in found:
            try:
                await files.delete(path)
            except RequestRefusedError:
                if await files.look(path) is not None or await _itself(files, path) is not None:
                    raise  # a name that the server shows otherwise than it has it is only in the list
            else:
                done.append(path)
    return Removed(count=len(done))


async def make_folder(files: RemoteFiles, path: str) -> Made:
    """Have a folder and those it is in."""
    place = await files.look(path)
    if place is not None and place.kind != "folder":
        raise RequestRefusedError(f"expected a folder at {path!r} or nothing, found a file")
    if place is None:
        above = above_of(path)
        if above:
            await make_folder(files, above)
        try:
            await files.make_folder(path)
        except (RequestRefusedError, ServerFailedError):  # another run may have been faster
            place = await files.look(path)
            if place is None or place.kind != "folder":
                raise
    return Made(made=place is None)


async def remove_folder(files: RemoteFiles, params: Removing) -> Removed:
    """Remove a folder; it is fine if there is none."""
    place = await _itself(files, params.path)
    if place is None:
        return Removed(count=0)
    if place.kind != "folder":
        raise RequestRefusedError(f"expected a folder, found a file or a link: {params.path!r}")
    inside = [each async for each in walk(files, params.path, DEEPEST)] if params.recursive else []
    if not params.recursive and await files.inside(params.path):
        raise RequestRefusedError(f"the folder {params.path!r} is not empty; set 'recursive: true' to remove all in it")
    done: list[RemoteFile] = []
    with after(done):
        for each in (*reversed(inside), place):
            await (files.remove_folder if each.kind == "folder" else files.delete)(each.path)
            done.append(each)
    return Removed(count=len(done))


@contextmanager
def after(done: Sized) -> Iterator[None]:
    """What fails once something was done has acted, whatever it did itself."""
    try:
        yield
    except AetherError as error:
        if len(done):
            error.acted = True
        raise


async def _reason(files: RemoteFiles, path: str, to: str, *, overwrite: bool) -> RequestRefusedError | None:
    """Why something cannot be moved, which servers do not say: the next attempt took another run's move for its own."""
    if await files.look(path) is None:
        return RequestRefusedError(f"{path!r} is there no more; somebody else may have taken it")
    if (target := await files.look(to)) is not None:
        return None if overwrite else _taken(to, target)
    above = above_of(to)
    if above and await files.look(above) is None:
        return RequestRefusedError(f"the server has no folder {above!r}; make it with 'make_folder'")
    return None


def _taken(to: str, target: RemoteFile) -> RequestRefusedError:
    hint = "set 'overwrite: true' to replace it" if target.kind == "file" else "a folder cannot be replaced"
    return RequestRefusedError(f"there already is something at {to!r}; {hint}")


async def _itself(files: RemoteFiles, path: str) -> RemoteFile | None:
    """What is at a path, where a link does not pass for what it leads to."""
    above, name = above_of(path), path.rstrip("/").rpartition("/")[2]
    if name in {"", ".", ".."}:
        raise RequestRefusedError(f"expected a folder by its name, found {path!r}")
    folder = above or ("/" if path.startswith("/") else ".")
    if await files.look(folder) is None:
        return None
    return next((each for each in await files.inside(folder) if each.name == name), None)
