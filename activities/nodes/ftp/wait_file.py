"""Wait for a file on a server by FTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import FTP, FileServer, OnFtp
from activities.transfer.asking import Awaiting
from activities.transfer.looking import wait_for_files
from activities.transfer.telling import Remotes
from workflows.spec import Effect


class WaitFile(Awaiting, OnFtp):
    """Which server, and what on it."""


@node("ftp.wait_file", needs=FTP, effect=Effect.READ, timeout=timedelta(minutes=10), label="path")
async def wait_for_file(server: FileServer[OnFtp], params: WaitFile) -> Remotes:
    """Wait until a file is on a server by FTP and does not grow any more.

    Where none comes in time, an EventExpiredError (business) says so. For waits of hours, put `ftp.exists` and `wait`
    in a `while`: that holds no robot meanwhile.

    ```yaml
    - id: arrived
      do: ftp.wait_file
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: "out/*.csv"
        within: 30s
        every: 200ms
    - do: ftp.download
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        path: "${{ arrived.files[0].path }}"
    ```
    """
    async with server.connect(params) as files:
        return await wait_for_files(server, files, params)
