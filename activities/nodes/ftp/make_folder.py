"""Make a folder on a server by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Naming
from activities.transfer.changing import make_folder
from activities.transfer.telling import Made
from workflows.spec import Effect


class MakeFolder(Naming, OnFtp):
    """Which server, and what on it."""


@node("ftp.make_folder", needs=FTP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=1), label="path")
async def make_folder_at(server: FileServer[OnFtp], params: MakeFolder) -> Made:
    """Make a folder on a server by FTP, and those it is in; it is fine if it is there.

    ```yaml
    - do: ftp.make_folder
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: archive/2026/05
    ```
    """
    async with server.connect(params) as files:
        return await make_folder(files, params.path)
