"""Tell the size and age of a file on a server by SFTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Naming
from activities.transfer.looking import look
from activities.transfer.telling import Remote
from workflows.spec import Effect


class Look(Naming, OnSftp):
    """Which server, and what on it."""


@node("sftp.look", needs=SFTP, effect=Effect.READ, timeout=timedelta(minutes=1), label="path")
async def look_at(server: FileServer[OnSftp], params: Look) -> Remote:
    """Tell the size and age of a file on a server by SFTP.

    ```yaml
    - id: report
      do: sftp.look
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: out/may.csv
    - assert: "${{ report.size > 0 }}"
    ```
    """
    async with server.connect(params) as files:
        return await look(files, params)
