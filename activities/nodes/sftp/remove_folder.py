"""Remove a folder on a server by SFTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Removing
from activities.transfer.changing import remove_folder
from activities.transfer.telling import Removed
from workflows.spec import Effect


class RemoveFolder(Removing, OnSftp):
    """Which server, and what on it."""


@node("sftp.remove_folder", needs=SFTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=5), label="path")
async def remove_folder_at(server: FileServer[OnSftp], params: RemoveFolder) -> Removed:
    """Remove a folder on a server by SFTP; it is fine if there is none.

    ```yaml
    - do: sftp.remove_folder
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: archive/2019
        recursive: true
    ```
    """
    async with server.connect(params) as files:
        return await remove_folder(files, params)
