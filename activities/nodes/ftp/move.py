"""Move or rename a file or folder on a server by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Moving
from activities.transfer.changing import move
from activities.transfer.telling import Placed
from workflows.spec import Effect


class Move(Moving, OnFtp):
    """Which server, and what on it."""


@node("ftp.move", needs=FTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=1), label="path")
async def move_file(server: FileServer[OnFtp], params: Move) -> Placed:
    """Move or rename a file or folder on a server by FTP.

    Where an attempt before this one came to nothing that can be told, a file that is at its new path only counts as
    moved.

    ```yaml
    - do: ftp.move
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: out/may.csv
        to: "done/may-${{ run.id[-4:] }}.csv"
    ```
    """
    async with server.connect(params) as files:
        return await move(server, files, params)
