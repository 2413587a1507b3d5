"""Delete files on a server by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Naming
from activities.transfer.changing import delete
from activities.transfer.telling import Removed
from workflows.spec import Effect


class Delete(Naming, OnFtp):
    """Which server, and what on it."""


@node("ftp.delete", needs=FTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=2), label="path")
async def delete_files(server: FileServer[OnFtp], params: Delete) -> Removed:
    """Delete a file on a server by FTP, or files by wildcards; it is fine if there is none.

    ```yaml
    - do: ftp.delete
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: "out/*.tmp"
    ```
    """
    async with server.connect(params) as files:
        return await delete(files, params)
