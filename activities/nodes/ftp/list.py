"""List files on a server by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Listing
from activities.transfer.looking import list_files
from activities.transfer.telling import Remotes
from workflows.spec import Effect


class List(Listing, OnFtp):
    """Which server, and what on it."""


@node("ftp.list", needs=FTP, effect=Effect.READ, timeout=timedelta(minutes=2), label="path")
async def list_folder(server: FileServer[OnFtp], params: List) -> Remotes:
    """List files on a server by FTP, as a folder holds them or as a pattern finds them.

    Links are listed as what they are: neither file nor folder.

    ```yaml
    - id: reports
      do: ftp.list
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: "out/*.csv"
    - assert: "${{ reports.count > 0 }}"
    ```
    """
    async with server.connect(params) as files:
        return await list_files(files, params)
