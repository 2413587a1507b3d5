"""Wait for a file on a server by SFTP."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.transfer import SFTP, FileServer, OnSftp
from activities.transfer.asking import Awaiting
from activities.transfer.looking import wait_for_files
from activities.transfer.telling import Remotes
from workflows.spec import Effect


class WaitFile(Awaiting, OnSftp):
    """Which server, and what on it."""


@node("sftp.wait_file", needs=SFTP, effect=Effect.READ, timeout=timedelta(minutes=10), label="path")
async def wait_for_file(server: FileServer[OnSftp], params: WaitFile) -> Remotes:
    """Wait until a file is on a server by SFTP and does not grow any more.

    Where none comes in time, an EventExpiredError (business) says so. For waits of hours, put `sftp.exists` and `wait`
    in a `while`: that holds no robot meanwhile.

    ```yaml
    - id: arrived
      do: sftp.wait_file
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: "out/*.csv"
        within: 30s
        every: 200ms
    - do: sftp.download
      with:
        host: files.example.com
        username: robot
        password: ${{ secret('files-password') }}
        host_key: "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDxfK1kzPZ6yRZr4Q0"
        path: "${{ arrived.files[0].path }}"
    ```
    """
    async with server.connect(params) as files:
        return await wait_for_files(server, files, params)
