"""Make a folder on a server by SFTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Naming
from activities.transfer.changing import make_folder
from activities.transfer.telling import Made
from workflows.spec import Effect


class MakeFolder(Naming, OnSftp):
    """Which server, and what on it."""


@node("sftp.make_folder", needs=SFTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=1), label="path")
async def make_folder_at(server: FileServer[OnSftp], params: MakeFolder) -> Made:
    """Make a folder on a server by SFTP, and those it is in; it is fine if it is there.

    ```yaml
    - do: sftp.make_folder
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: archive/2026/05
    ```
    """
    async with server.connect(params) as files:
        return await make_folder(files, params.path)
