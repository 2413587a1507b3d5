"""Tell whether a server has a file or folder by SFTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Naming
from activities.transfer.looking import exists
from activities.transfer.telling import Found
from workflows.spec import Effect


class Exists(Naming, OnSftp):
    """Which server, and what on it."""


@node("sftp.exists", needs=SFTP, effect=Effect.READ, timeout=timedelta(minutes=1), label="path")
async def exists_at(server: FileServer[OnSftp], params: Exists) -> Found:
    """Tell whether a server has a file or folder by SFTP.

    ```yaml
    - id: report
      do: sftp.exists
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: out/may.csv
    - if: "${{ report.exists }}"
      then:
        - set: {late: false}
    ```
    """
    async with server.connect(params) as files:
        return await exists(files, params)
