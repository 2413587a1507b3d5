"""Delete files on a server by SFTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Naming
from activities.transfer.changing import delete
from activities.transfer.telling import Removed
from workflows.spec import Effect


class Delete(Naming, OnSftp):
    """Which server, and what on it."""


@node("sftp.delete", needs=SFTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=2), label="path")
async def delete_files(server: FileServer[OnSftp], params: Delete) -> Removed:
    """Delete a file on a server by SFTP, or files by wildcards; it is fine if there is none.

    ```yaml
    - do: sftp.delete
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: "out/*.tmp"
    ```
    """
    async with server.connect(params) as files:
        return await delete(files, params)
