"""Tell the size and age of a file on a server by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Naming
from activities.transfer.looking import look
from activities.transfer.telling import Remote
from workflows.spec import Effect


class Look(Naming, OnFtp):
    """Which server, and what on it."""


@node("ftp.look", needs=FTP, effect=Effect.READ, timeout=timedelta(minutes=1), label="path")
async def look_at(server: FileServer[OnFtp], params: Look) -> Remote:
    """Tell the size and age of a file on a server by FTP.

    ```yaml
    - id: report
      do: ftp.look
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: out/may.csv
    - assert: "${{ report.size > 0 }}"
    ```
    """
    async with server.connect(params) as files:
        return await look(files, params)
