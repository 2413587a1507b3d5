"""Remove a folder on a server by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Removing
from activities.transfer.changing import remove_folder
from activities.transfer.telling import Removed
from workflows.spec import Effect


class RemoveFolder(Removing, OnFtp):
    """Which server, and what on it."""


@node("ftp.remove_folder", needs=FTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=5), label="path")
async def remove_folder_at(server: FileServer[OnFtp], params: RemoveFolder) -> Removed:
    """Remove a folder on a server by FTP; it is fine if there is none.

    ```yaml
    - do: ftp.remove_folder
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: archive/2019
        recursive: true
    ```
    """
    async with server.connect(params) as files:
        return await remove_folder(files, params)
