"""Tell whether a server has a file or folder by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Naming
from activities.transfer.looking import exists
from activities.transfer.telling import Found
from workflows.spec import Effect


class Exists(Naming, OnFtp):
    """Which server, and what on it."""


@node("ftp.exists", needs=FTP, effect=Effect.READ, timeout=timedelta(minutes=1), label="path")
async def exists_at(server: FileServer[OnFtp], params: Exists) -> Found:
    """Tell whether a server has a file or folder by FTP.

    ```yaml
    - id: report
      do: ftp.exists
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: out/may.csv
    - if: "${{ report.exists }}"
      then:
        - set: {late: false}
    ```
    """
    async with server.connect(params) as files:
        return await exists(files, params)
