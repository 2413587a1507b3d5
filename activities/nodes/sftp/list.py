"""List files on a server by SFTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Listing
from activities.transfer.looking import list_files
from activities.transfer.telling import Remotes
from workflows.spec import Effect


class List(Listing, OnSftp):
    """Which server, and what on it."""


@node("sftp.list", needs=SFTP, effect=Effect.READ, timeout=timedelta(minutes=2), label="path")
async def list_folder(server: FileServer[OnSftp], params: List) -> Remotes:
    """List files on a server by SFTP, as a folder holds them or as a pattern finds them.

    Links are listed as what they are: neither file nor folder.

    ```yaml
    - id: reports
      do: sftp.list
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: "out/*.csv"
    - assert: "${{ reports.count > 0 }}"
    ```
    """
    async with server.connect(params) as files:
        return await list_files(files, params)
