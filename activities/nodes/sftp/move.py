"""Move or rename a file or folder on a server by SFTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Moving
from activities.transfer.changing import move
from activities.transfer.telling import Placed
from workflows.spec import Effect


class Move(Moving, OnSftp):
    """Which server, and what on it."""


@node("sftp.move", needs=SFTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=1), label="path")
async def move_file(server: FileServer[OnSftp], params: Move) -> Placed:
    """Move or rename a file or folder on a server by SFTP.

    Where an attempt before this one came to nothing that can be told, a file that is at its new path only counts as
    moved.

    ```yaml
    - do: sftp.move
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: out/may.csv
        to: "done/may-${{ run.id[-4:] }}.csv"
    ```
    """
    async with server.connect(params) as files:
        return await move(server, files, params)
